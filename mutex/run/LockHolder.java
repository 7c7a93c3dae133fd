package mutex.run;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import mutex.remote.Failover;
import mutex.remote.HoldClientCall;
import mutex.remote.HoldClientCall.HoldEnd;
import mutex.remote.PeerChoice;
import mutex.status.LockClient;
import mutex.text.Durations;
import mutex.text.ExitCode;
import mutex.text.Printable;

/**
 * Holds a lock of a peer for a program: asks for it, keeps asking how long it is certain to be held, and gives it back.
 * Whatever happens comes as an event and is handled on the one thread that calls {@link #run}.
 */
abstract class LockHolder {

    private static final long ANSWER_WITHIN = 10_000; // milliseconds, beyond the wait itself
    private static final long CLOSE_WITHIN = 1_000;
    private static final int QUESTIONS_A_TERM = 8;
    private static final long UNPROMISED = 7_000; // how long we go on without an answer from a peer that promises nothing

    private final TimedEvents events = new TimedEvents();
    final LockOptions options;
    private final String verb;
    private final long began = System.nanoTime();
    private final Failover failover;
    private HoldClientCall call;
    private int calls; // how many there were; what comes of an earlier one does not count
    private long question;
    private long askedAt; // as of Uptime
    private volatile Integer code; // to exit with; null as long as there is something to do
    private Integer codeOnceClosed; // null until the lock is being given back
    private volatile String peer; // the one that is asked
    private String gone; // what became of the peer before it; null once that was said
    private boolean over; // whether the call has ended
    private long fence;
    volatile boolean held;
    private boolean told; // whether the person is told who holds the lock, or will be
    private boolean waiting; // the request was taken in
    private boolean answered; // the first question since it is held
    private boolean looking; // for another peer, as this one cannot use locks

    LockHolder(String verb, LockOptions options) {
        this.verb = verb;
        this.options = options;
        failover = new Failover(options.peers.size(), options.attempt,
                options.waitMillis == 0 ? Long.MAX_VALUE : TimeUnit.MILLISECONDS.toNanos(options.waitMillis));
    }

    /** Asks for the lock, has what follows done, and gives the exit code. */
    int run() {
        Signals.tell(name -> events.post(() -> signal(name)));
        open();
        while (code == null) {
            try {
                events.next();
            } catch (InterruptedException e) {
                end(ExitCode.SIGNAL + Signals.NUMBERS.get("INT"), null);
            }
        }
        return code;
    }

    private void open() {
        over = true; // there is no call yet
        answerWithin(ANSWER_WITHIN);
        if (options.peers.size() == 1) {
            openAt(options.peers.get(0));
            return;
        }
        CompletableFuture.runAsync(() -> {
            try {
                String chosen = PeerChoice.of(options.peers, options.tls);
                whileWanted(() -> openAt(chosen));
            } catch (IOException e) {
                whileWanted(() -> end(ExitCode.NOT_NOW, e.getMessage() + "; start one, or name others: --peer host:port,host:port"));
            }
        });
    }

    private void openAt(String chosen) {
        long left = failover.left();
        if (left == 0) {
            end(ExitCode.NOT_NOW, "[" + options.name + "] not acquired in time: "
                    + (gone == null ? "the peer at " + peer + " is gone" : gone));
            return;
        }
        if (gone != null) {
            say(gone + "; goes on with the one at " + chosen);
            gone = null;
        }
        peer = chosen;
        over = false;
        call = HoldClientCall.open(peer, options.tls, client(), options.locks, options.attempt,
                left == Long.MAX_VALUE ? 0 : Math.max(1, TimeUnit.NANOSECONDS.toMillis(left)), notice(), new CallListener(++calls));
        answerWithin(ANSWER_WITHIN);
    }

    /** This peer can use no locks now; if another can, the request goes on there. */
    private void lookForAnother() {
        if (looking) {
            return;
        }
        looking = true;
        int number = calls;
        CompletableFuture.supplyAsync(this::readyPeer).whenComplete((ready, failed) -> post(() -> {
            looking = false;
            if (ready != null && !ready.equals(peer) && number == calls && !over && !held && codeOnceClosed == null) {
                gone = "the peer at " + peer + " cannot use locks now";
                call.close();
                openAt(ready);
            }
        }));
    }

    private String readyPeer() {
        try {
            return PeerChoice.ready(options.peers, options.tls);
        } catch (IOException interrupted) {
            return null;
        }
    }

    /** Whoever waits at a terminal is told for what, once; with --verbose whoever waits is, again and again. */
    private void tellLater() {
        if (told || options.attempt || !options.verbose && !WaitReport.isRead()) {
            return;
        }
        told = true;
        WaitReport.later(() -> !held && code == null, this::peer, options, options.verbose, line -> whileWanted(() -> {
            if (!held) {
                say(line);
            }
        }));
    }

    /** The peer that is asked, host:port. */
    final String peer() {
        return peer;
    }

    final void post(Runnable event) {
        events.post(event);
    }

    /** Sets the deadline of what is done now; the one before no longer counts. */
    final void within(long millis, Runnable otherwise) {
        events.within(millis, otherwise);
    }

    private void ask() {
        events.withoutTimer(); // the answer sets it: one question at a time
        askedAt = Uptime.now();
        call.ask(++question);
    }

    // What a subclass does.

    /** Who asks. */
    abstract LockClient client();

    /** How long the program takes to stop, in milliseconds. */
    abstract long notice();

    /** The lock is held, and certain until then; called again and again, first when the lock was acquired. */
    abstract void sure(long fence, StopTimes limits);

    /** The lock is lost, or will be soon. */
    abstract void lose(String reason);

    /** A signal, while the lock is held. */
    abstract void interrupted(String name);

    /** Whether to ask once more, a moment later, where the request ended so. */
    boolean asksAgain(HoldEnd end) {
        return false;
    }

    /** How to end when another has the lock, or had it until the wait was over. */
    int refused(HoldEnd end, String reason) {
        return options.conflict;
    }

    // What the peer tells.

    /** Hears of one call; once another was opened, what this one tells does not count. */
    private final class CallListener implements HoldClientCall.HoldListener {

        private final int number;

        CallListener(int number) {
            this.number = number;
        }

        /** Once the lock is being given back, what comes about it does not count either: least of all a late entry. */
        private void whileWanted(Runnable event) {
            LockHolder.this.whileWanted(() -> {
                if (number == calls) {
                    event.run();
                }
            });
        }

        @Override
        public void waiting() {
            whileWanted(LockHolder.this::takenIn);
        }

        @Override
        public void held(long fence) {
            whileWanted(() -> entered(fence));
        }

        @Override
        public void sure(long asked, long millis, long atBestMillis, boolean able) {
            whileWanted(() -> {
                if (asked == question) {
                    answered(millis, atBestMillis, able);
                }
            });
        }

        @Override
        public void leaving() {
            whileWanted(() -> lose("the peer is leaving"));
        }

        @Override
        public void ended(HoldEnd end, String reason) {
            post(() -> {
                if (number == calls) {
                    LockHolder.this.ended(end, reason);
                }
            });
        }
    }

    private void whileWanted(Runnable event) {
        post(() -> {
            if (codeOnceClosed == null) {
                event.run();
            }
        });
    }

    private void takenIn() {
        failover.takenIn();
        waiting = true;
        tellLater();
        if (options.attempt || options.waitMillis > 0) {
            answerWithin((options.attempt ? 0 : options.waitMillis) + ANSWER_WITHIN);
        } else {
            events.withoutDeadline();
        }
        if (failover.looksOn()) {
            ask();
        }
    }

    private void answerWithin(long millis) {
        within(millis, () -> end(ExitCode.NOT_NOW, "the peer at " + peer + " does not answer"));
    }

    private void entered(long fence) {
        held = true;
        this.fence = fence;
        if (options.verbose) {
            say("[" + options.name + "] acquired at " + peer + " after " + Durations.say(System.nanoTime() - began) + ", fence " + fence);
        }
        ask();
        within(ANSWER_WITHIN, () -> lose("the peer at " + peer + " does not say how long it is sure"));
    }

    private void answered(long millis, long atBestMillis, boolean able) {
        if (!held) {
            events.after(Failover.LOOK_EVERY_MILLIS, this::ask);
            if (!able) {
                lookForAnother();
            }
            return;
        }
        long next = atBestMillis == 0 ? 1_000 : Math.max(20, Math.min(1_000, atBestMillis / QUESTIONS_A_TERM));
        events.after(next, this::ask);
        if (!answered) {
            answered = true;
            events.withoutDeadline();
        }
        sure(fence, atBestMillis == 0 ? StopTimes.of(askedAt, UNPROMISED, UNPROMISED, 0) // nobody stops by it
                : StopTimes.of(askedAt, millis, atBestMillis, options.graceMillis));
    }

    private void ended(HoldEnd end, String reason) {
        events.withoutTimer();
        over = true;
        if (codeOnceClosed != null) {
            code = codeOnceClosed;
        } else if (held) {
            lose(end == HoldEnd.UNAVAILABLE ? "the peer at " + peer + " is gone (" + reason + ")" : reason);
        } else {
            notAcquired(end, reason);
        }
    }

    private void notAcquired(HoldEnd end, String reason) {
        switch (end) {
            case REFUSED, PRECEDED, EXPIRED -> {
                if (asksAgain(end)) {
                    within(Failover.AGAIN_AFTER_MILLIS, this::open);
                } else {
                    end(refused(end, reason), null);
                }
            }
            case WRONG -> end(ExitCode.USAGE, reason);
            case FULL -> end(ExitCode.NOT_NOW, reason);
            default -> {
                String told = reason == null ? "it ended the call" : reason;
                if (Failover.isSaid(told) && failover.left() == 0) {
                    end(ExitCode.NOT_NOW, told); // the peer was there to the end of the wait
                } else if (failover.goesOn(told)) {
                    gone = waiting ? "the peer at " + peer + " is gone (" + told + ")" : null;
                    waiting = false;
                    within(Failover.AGAIN_AFTER_MILLIS, this::open);
                } else {
                    end(ExitCode.NOT_NOW, Failover.isSaid(told) ? told
                            : waiting ? "[" + options.name + "] not acquired: the peer at " + peer + " is gone (" + told + ")"
                            : "no peer at " + peer + " (" + told + "); start one, or name another: --peer host:port");
                }
            }
        }
    }

    private void signal(String name) {
        if (held && codeOnceClosed == null) {
            interrupted(name);
        } else if (codeOnceClosed == null) {
            giveBack(ExitCode.SIGNAL + Signals.NUMBERS.get(name));
        }
    }

    /** Gives the lock back, or withdraws the request, and ends so when the peer knows. */
    final void giveBack(int exitCode) {
        codeOnceClosed = exitCode;
        events.withoutTimer();
        if (over) {
            code = exitCode;
        }
        if (call != null) {
            call.close();
        }
        within(CLOSE_WITHIN, () -> code = exitCode);
    }

    final boolean isGivingBack() {
        return codeOnceClosed != null;
    }

    /** Ends without waiting for the peer. */
    final void end(int exitCode, String problem) {
        if (problem != null) {
            say(problem);
        }
        code = exitCode;
    }

    /** Our own words: standard output is the command's. */
    final void say(String line) {
        System.err.println(verb + ": " + Printable.of(line)); // it may have come from the peer
    }
}
