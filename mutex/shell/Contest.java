package mutex.shell;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import mutex.algorithm.Stamp;
import mutex.net.Asking;
import mutex.net.LocalPeer;
import mutex.node.Effect.Outcome;
import mutex.node.Happening.Kind;
import mutex.node.LockName;
import mutex.trace.Check;
import mutex.trace.Entry;

/** All peers want the lock at once, again and again; then the log is read. */
final class Contest {

    private final List<LocalPeer> peers;
    private final AtomicInteger left;
    private final CountDownLatch running;

    private Contest(List<LocalPeer> peers, int entries) {
        this.peers = peers;
        left = new AtomicInteger(entries);
        running = new CountDownLatch(entries);
    }

    /** Runs it and prints one entry and the check; whether every rule held. */
    static boolean run(List<LocalPeer> peers, int entries, Screen screen) throws InterruptedException {
        Contest contest = new Contest(peers, entries);
        for (LocalPeer peer : peers) {
            contest.meet(peer);
        }
        for (LocalPeer peer : peers) {
            peer.loop().settled().join();
        }
        screen.line("demo: " + peers.size() + " peers want the lock at once, " + entries + " entries ...");
        peers.forEach(contest::ask);
        contest.running.await();
        List<Entry> events = new ArrayList<>();
        for (LocalPeer peer : peers) {
            events.addAll(peer.loop().log(Integer.MAX_VALUE).join());
        }
        story(events, screen);
        Check check = Check.of(LockName.DEFAULT, events);
        int theory = 2 * (peers.size() - 1);
        boolean fits = check.entries() == entries && check.messages() == theory * entries;
        screen.line(String.format(Locale.ROOT, "check: %d entries, %s, %.2f messages an entry (2(N-1) = %d)",
                check.entries(), check.violation().orElse("never two at once, in the order of stamps"),
                check.messages() / (double) check.entries(), theory));
        return check.violation().isEmpty() && fits;
    }

    /** After one entry a peer knows that all others are at the same version of the group. */
    private void meet(LocalPeer peer) {
        CompletableFuture<Void> entered = new CompletableFuture<>();
        peer.loop().ask("meeting", false, Long.MAX_VALUE, new Asking() {
            @Override
            public void entered(Stamp stamp, long fence) {
                entered.complete(null);
            }

            @Override
            public void ended(Outcome outcome, String reason) {}
        }).thenAcceptBoth(entered, (number, done) -> peer.loop().withdraw(number)).join();
    }

    private void ask(LocalPeer peer) {
        if (left.getAndDecrement() <= 0) {
            return;
        }
        CompletableFuture<Long> number = new CompletableFuture<>();
        peer.loop().ask(LockName.DEFAULT, false, Long.MAX_VALUE, new Asking() {
            @Override
            public void entered(Stamp stamp, long fence) {
                number.thenAccept(peer.loop()::withdraw); // the entry may be faster than the number
            }

            @Override
            public void ended(Outcome outcome, String reason) {
                running.countDown();
                ask(peer);
            }
        }).thenAccept(number::complete);
    }

    /** The log of one entry that had to wait for another, message by message. */
    private static void story(List<Entry> events, Screen screen) {
        Stamp chosen = events.stream()
                .filter(event -> event.what().kind() == Kind.DEFER && LockName.DEFAULT.equals(event.what().lock()))
                .map(event -> event.what().stamp()).findFirst().orElseThrow();
        screen.line("the log of the entry with stamp " + chosen + ", in causal order:");
        events.stream()
                .filter(event -> chosen.equals(event.what().stamp()) && LockName.DEFAULT.equals(event.what().lock()))
                .sorted(Comparator.comparingLong(Contest::depth))
                .forEach(event -> screen.line("  " + event.time().substring(11, 26) + "  " + event));
    }

    /** Grows along every causal path. */
    private static long depth(Entry event) {
        long sum = 0;
        for (long count : event.vector().counts()) {
            sum += count;
        }
        return sum;
    }
}
