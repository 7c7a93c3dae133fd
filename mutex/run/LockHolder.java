package mutex.run;

import mutex.discover.LateNotice;
import mutex.remote.AwaitedAnswer;
import mutex.remote.Failover;
import mutex.remote.HoldClientCall.HoldEnd;
import mutex.status.LockClient;
import mutex.text.Durations;
import mutex.text.ExitCode;
import mutex.text.Printable;

/**
 * Holds a lock of a peer for a program: asks for it, keeps asking how long it is certain to be held, and gives it back.
 * Whatever happens comes as an event and is handled on the one thread that calls {@link #run}.
 */
abstract class LockHolder {

    static final long ANSWER_WITHIN = 10_000; // milliseconds, beyond the wait itself
    private static final long CLOSE_WITHIN = 1_000;
    private static final int QUESTIONS_A_TERM = 8;
    private static final long UNPROMISED = 7_000; // how long we go on without an answer from a peer that promises nothing

    private final TimedEvents events = new TimedEvents();
    final LockOptions options;
    private final String verb;
    private final long began = System.nanoTime();
    private final FailoverCall call;
    private long question;
    private long askedAt; // as of Uptime
    private volatile Integer code; // to exit with; null as long as there is something to do
    private Integer codeOnceClosed; // null until the lock is being given back
    private long fence;
    volatile boolean held;
    private boolean told; // whether the person is told who holds the lock, or will be
    private boolean toldOfSilence;
    private boolean answered; // the first question since it is held

    LockHolder(String verb, LockOptions options) {
        this.verb = verb;
        this.options = options;
        call = new FailoverCall(this, options);
    }

    /** Asks for the lock, has what follows done, and gives the exit code. */
    int run() {
        Signals.tell(name -> events.post(() -> signal(name)));
        call.open();
        while (code == null) {
            try {
                events.next();
            } catch (InterruptedException e) {
                end(ExitCode.SIGNAL + Signals.NUMBERS.get("INT"), null);
            }
        }
        return code;
    }

    /** Whoever waits at a terminal is told for what, once; with --verbose whoever waits is, again and again. */
    private void tellLater() {
        if (told || options.attempt || !options.verbose && !AwaitedAnswer.isRead()) {
            return;
        }
        told = true;
        WaitReport.later(() -> !held && code == null, this::peer, options, options.verbose, line -> whileWanted(() -> {
            if (!held) {
                say(line);
            }
        }));
    }

    /** The same where the peer says nothing, not even that it has the request: neither does it say what it waits for. */
    final void tellOfSilence() {
        if (!toldOfSilence) {
            events.after(LateNotice.AFTER, () -> {
                if (codeOnceClosed == null && (options.verbose || AwaitedAnswer.isRead())) {
                    toldOfSilence = true;
                    say(call.awaited());
                }
            });
        }
    }

    /** The peer that is asked, host:port. */
    final String peer() {
        return call.peer();
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

    /** What was to run once a period has run, so long ago, at that peer. */
    void hasRun(int where, long agoMillis, long againMillis) {
        giveBack(0);
    }

    // What the peer tells.

    /** Runs it on the one thread, unless the lock is being given back by then. */
    final void whileWanted(Runnable event) {
        post(() -> {
            if (codeOnceClosed == null) {
                event.run();
            }
        });
    }

    final void takenIn() {
        events.withoutTimer();
        boolean looksOn = call.takenIn();
        tellLater();
        if (options.attempt || options.waitMillis > 0) {
            answerWithin((options.attempt ? 0 : options.waitMillis) + ANSWER_WITHIN);
        } else {
            events.withoutDeadline();
        }
        if (looksOn) {
            ask();
        }
    }

    final void answerWithin(long millis) {
        within(millis, () -> end(ExitCode.NOT_NOW, call.silence()));
    }

    final void entered(long fence) {
        held = true;
        this.fence = fence;
        if (options.verbose) {
            say("[" + options.name + "] acquired at " + peer() + " after " + Durations.say(System.nanoTime() - began) + ", fence " + fence);
        }
        ask();
        tellOfSilence();
        within(ANSWER_WITHIN, () -> lose("the peer at " + peer() + " does not say how long it is sure"));
    }

    /** @param asked the number of the question */
    final void answered(long asked, long millis, long atBestMillis, boolean able) {
        if (asked != question) {
            return;
        }
        if (!held) {
            events.after(Failover.LOOK_EVERY_MILLIS, this::ask);
            if (!able) {
                call.lookForAnother();
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

    final void ended(HoldEnd end, String reason) {
        events.withoutTimer();
        if (codeOnceClosed != null) {
            code = codeOnceClosed;
        } else if (held) {
            lose(end == HoldEnd.UNAVAILABLE ? "the peer at " + peer() + " is gone (" + reason + ")" : reason);
        } else {
            notAcquired(end, reason);
        }
    }

    private void notAcquired(HoldEnd end, String reason) {
        switch (end) {
            case REFUSED, PRECEDED, EXPIRED -> {
                if (asksAgain(end)) {
                    within(Failover.AGAIN_AFTER_MILLIS, call::open);
                } else {
                    end(refused(end, reason), null);
                }
            }
            case WRONG -> end(ExitCode.USAGE, reason);
            case FULL -> end(ExitCode.NOT_NOW, reason);
            default -> {
                String problem = call.goOn(reason);
                if (problem != null) {
                    end(ExitCode.NOT_NOW, problem);
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
        if (call.isOver()) {
            code = exitCode;
        }
        call.close();
        within(CLOSE_WITHIN, () -> code = exitCode);
    }

    /** The same, and what ran is not to count. */
    final void giveBackFailed(int exitCode) {
        if (!call.isOver()) {
            call.fail();
        }
        giveBack(exitCode);
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
