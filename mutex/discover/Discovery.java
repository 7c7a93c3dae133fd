package mutex.discover;

import java.io.EOFException;
import java.io.IOException;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import mutex.text.Printable;

/**
 * Finds peers while this one runs, by a thread of its own that may block. What it finds are addresses to
 * call at; who is in the group, the group decides.
 */
public final class Discovery implements AutoCloseable {

    private static final int MOST = PeersFile.MOST_PEERS;
    private static final long PAUSE_MILLIS = 1_000; // after a failure
    private static final long LONGEST_PAUSE_MILLIS = 3_000;
    private static final long LEAVE_WITHIN_MILLIS = 3_000; // an agent that stands still, or a name that is looked up, would take far longer

    private final PeerSource source;
    private final Address self;
    private final Consumer<Set<String>> proposed;
    private final Consumer<String> voice;
    private final Consumer<Throwable> failure;
    private final Thread thread = new Thread(this::run, "discover");
    private SortedSet<String> before = new TreeSet<>(); // what was found last
    private String said = ""; // what is wrong; empty while all is well
    private volatile boolean closed;

    private Discovery(PeerSource source, Address self, Consumer<Set<String>> proposed, Consumer<String> voice, Consumer<Throwable> failure) {
        this.source = source;
        this.self = self;
        this.proposed = proposed;
        this.voice = voice;
        this.failure = failure;
        thread.setDaemon(true);
    }

    /** How peers are found; checked, but not begun. */
    public static final class Found {
        private final PeerSource source;

        private Found(PeerSource source) {
            this.source = source;
        }

        /**
         * Begins to look.
         *
         * @param self where this peer listens
         * @param proposed is given all addresses that were found, whenever they have changed; by the thread of the discovery
         * @param voice takes lines for a person; by the thread of the discovery
         * @param failure is told what was thrown that no network throws; by the thread of the discovery, which goes on in any case
         */
        public Discovery start(Address self, Consumer<Set<String>> proposed, Consumer<String> voice, Consumer<Throwable> failure) {
            Discovery discovery = new Discovery(source, self, proposed, voice, failure);
            discovery.thread.start();
            return discovery;
        }
    }

    /**
     * Reads {@code serf}, {@code serf:HOST:PORT} or {@code dns:NAME}.
     *
     * @throws IllegalArgumentException in one line that says what was found and what to write instead
     */
    public static Found way(String text) {
        if (text.equals("serf")) {
            return new Found(Serf.at(""));
        } else if (text.startsWith("serf:") && text.length() > "serf:".length()) {
            return new Found(Serf.at(text.substring("serf:".length())));
        } else if (text.startsWith("dns:")) {
            return new Found(Dns.of(text.substring("dns:".length())));
        }
        throw new IllegalArgumentException(Printable.quoted(text) + " is not serf, serf:HOST:PORT or dns:NAME, e.g. --discover serf");
    }

    private void run() {
        long pause = PAUSE_MILLIS;
        while (!closed) {
            try {
                source.follow(self, new PeerSource.Finder() {
                    @Override
                    public void found(SortedSet<String> addresses) {
                        tell(addresses);
                    }

                    @Override
                    public void say(String line) {
                        voice.accept(line);
                    }
                });
            } catch (InterruptedException e) {
                return;
            } catch (IOException | IllegalArgumentException e) {
                pause = longer(pause);
                fail(e instanceof EOFException ? "the other side has ended the connection" : e.getMessage());
            } catch (RuntimeException | Error broken) { // of a source, or of who was told: it is tried again all the same
                pause = longer(pause);
                failed(broken);
            }
            try {
                Thread.sleep(pause);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private long longer(long pause) {
        return said.isEmpty() ? PAUSE_MILLIS : Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
    }

    private void failed(Throwable broken) {
        try {
            failure.accept(broken);
            fail("failed here (" + Printable.brief(broken.toString()) + ")");
        } catch (RuntimeException | Error mute) {
            // nobody hears of it, that is all
        }
    }

    private void fail(String what) {
        String why = source + ": " + what;
        if (!closed && !why.equals(said)) {
            said = why;
            voice.accept(why + "; keeps trying (" + source.advice() + ")");
        }
    }

    private void tell(SortedSet<String> all) {
        SortedSet<String> now = all.stream().limit(MOST).collect(Collectors.toCollection(TreeSet::new));
        if (!said.isEmpty()) {
            voice.accept(source + ": works now");
            said = "";
        }
        say(" finds ", now, before, "");
        say(" no longer finds ", before, now, "; members stay members until \"remove ID\" removes them");
        if (!now.equals(before)) {
            if (all.size() > MOST) {
                voice.accept(source + " finds " + all.size() + " addresses; only " + MOST + ", as many as a group has peers, are tried");
            }
            before = now;
            proposed.accept(now);
        }
    }

    private void say(String what, SortedSet<String> these, SortedSet<String> without, String then) {
        SortedSet<String> rest = new TreeSet<>(these);
        rest.removeAll(without);
        if (!rest.isEmpty()) {
            voice.accept(source + what + String.join(", ", rest) + then);
        }
    }

    /** Stops looking; others no longer find this peer, if that can be had in three seconds. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LEAVE_WITHIN_MILLIS);
        Thread leaving = new Thread(() -> source.leave(self), "discover");
        leaving.setDaemon(true);
        try {
            leaving.start();
            leaving.join(LateNotice.AFTER);
            if (leaving.isAlive()) {
                voice.accept(source + " does not answer yet; waits for it, so that others no longer find this peer");
                TimeUnit.NANOSECONDS.timedJoin(leaving, deadline - System.nanoTime());
            }
            if (leaving.isAlive()) {
                voice.accept(source + " does not answer; others may still find this peer there");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (OutOfMemoryError noThread) {
            voice.accept(source + " is not told that this peer has ended: this machine allows no more threads");
        }
    }
}
