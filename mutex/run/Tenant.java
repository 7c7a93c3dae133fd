package mutex.run;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import mutex.net.HoldCall;
import mutex.net.HoldCall.End;

/**
 * Whoever has a lock from a peer while a program runs: asks for it, keeps asking how long it is sure, and gives it
 * back. What happens comes as events and is handled on the one thread that calls {@link #run}.
 */
abstract class Tenant implements HoldCall.Listener {

    private static final long ANSWER_WITHIN = 10_000; // milliseconds, beyond the wait itself
    private static final long CLOSE_WITHIN = 1_000;
    private static final int QUESTIONS_A_TERM = 8;

    private final BlockingQueue<Runnable> events = new LinkedBlockingQueue<>();
    final LockOptions options;
    private final String verb;
    private HoldCall call;
    private long deadline = Long.MAX_VALUE; // of the phase, nanoseconds
    private Runnable atDeadline;
    private long askAt = Long.MAX_VALUE; // when the next question is due, nanoseconds
    private long question;
    private long askedAt; // as of Uptime
    private Integer code; // to exit with; null as long as there is something to do
    private Integer codeOnceClosed; // null until the lock is being given back
    private boolean over; // the call
    private long fence;
    boolean held;

    Tenant(String verb, LockOptions options) {
        this.verb = verb;
        this.options = options;
    }

    /** Asks for the lock, has what follows done, and gives the exit code. */
    int run() {
        Signals.tell(name -> events.add(() -> signal(name)));
        long wait = options.attempt ? 0 : options.waitMillis;
        call = HoldCall.open(options.peer, options.tls, options.name, options.attempt, wait, notice(), this);
        answerWithin(ANSWER_WITHIN);
        while (code == null) {
            turn();
        }
        return code;
    }

    private void turn() {
        long now = System.nanoTime();
        if (now >= askAt) {
            ask();
        }
        if (now >= deadline) {
            deadline = Long.MAX_VALUE;
            atDeadline.run();
            return;
        }
        try {
            Runnable event = events.poll(Math.min(deadline, askAt) - now, TimeUnit.NANOSECONDS);
            if (event != null) {
                event.run();
            }
        } catch (InterruptedException e) {
            end(ExitCode.SIGNAL + Signals.NUMBERS.get("INT"), null);
        }
    }

    void post(Runnable event) {
        events.add(event);
    }

    /** The deadline of what is done now; the one before does not count any more. */
    final void within(long millis, Runnable otherwise) {
        deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        atDeadline = otherwise;
    }

    private void ask() {
        askAt = Long.MAX_VALUE; // the answer sets it: one question at a time
        askedAt = Uptime.now();
        call.ask(++question);
    }

    // What whoever it is does.

    /** How long it takes to stop, in milliseconds. */
    abstract long notice();

    /** The lock is held and sure until then; told again and again, the first time when it is held. */
    abstract void sure(long fence, Limits limits);

    /** The lock is lost, or will be soon. */
    abstract void lose(String reason);

    /** A signal, while the lock is held. */
    abstract void interrupted(String name);

    /** How to end when another has the lock. */
    int refused(String reason) {
        return options.conflict;
    }

    // What comes in.

    @Override
    public void waiting() {
        whileWanted(() -> {
            if (options.attempt || options.waitMillis > 0) {
                answerWithin(options.waitMillis + ANSWER_WITHIN);
            } else {
                deadline = Long.MAX_VALUE;
            }
        });
    }

    private void answerWithin(long millis) {
        within(millis, () -> end(ExitCode.NOT_NOW, "the peer at " + options.peer + " does not answer"));
    }

    @Override
    public void held(long fence) {
        whileWanted(() -> {
            held = true;
            deadline = Long.MAX_VALUE;
            this.fence = fence;
            ask();
        });
    }

    @Override
    public void sure(long number, long millis, long atBestMillis) {
        whileWanted(() -> {
            if (number == question) {
                long next = Math.max(20, Math.min(1_000, atBestMillis / QUESTIONS_A_TERM));
                askAt = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(next);
                sure(fence, Limits.of(askedAt, millis, atBestMillis, options.graceMillis));
            }
        });
    }

    @Override
    public void leaving() {
        whileWanted(() -> lose("the peer is leaving"));
    }

    /** Once the lock is being given back, what comes about it does not count: least of all a late entry. */
    private void whileWanted(Runnable event) {
        post(() -> {
            if (codeOnceClosed == null) {
                event.run();
            }
        });
    }

    @Override
    public void ended(End end, String reason) {
        post(() -> {
            askAt = Long.MAX_VALUE;
            over = true;
            if (codeOnceClosed != null) {
                code = codeOnceClosed;
            } else if (held) {
                lose(end == End.UNAVAILABLE ? "the peer at " + options.peer + " is gone (" + reason + ")" : reason);
            } else {
                notAcquired(end, reason);
            }
        });
    }

    private void notAcquired(End end, String reason) {
        switch (end) {
            case REFUSED, EXPIRED -> end(refused(reason), null);
            case WRONG -> end(ExitCode.USAGE, reason);
            default -> end(ExitCode.NOT_NOW, reason == null || reason.startsWith("[") ? reason
                    : "no peer at " + options.peer + " (" + reason + "); start one, or name another: --peer host:port");
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
        askAt = Long.MAX_VALUE;
        if (over) {
            code = exitCode;
        }
        call.close();
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
        System.err.println(verb + ": " + line);
    }
}
