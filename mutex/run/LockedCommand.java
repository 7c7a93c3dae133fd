package mutex.run;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import mutex.event.NodeView.JobView;
import mutex.remote.AwaitedAnswer;
import mutex.remote.HoldClientCall.HoldEnd;
import mutex.status.LockClient;
import mutex.text.Durations;
import mutex.text.ExitCode;

/**
 * Has the lock while a command runs: starts the command once the lock is held and sure, keeps its supervisor informed for
 * how long that is so, and gives the lock back when the command has ended.
 */
final class LockedCommand extends LockHolder {

    private static final long MOST_LATE = 10; // hundredths of a second that the supervisor may be late
    private static final long DISCARD_WITHIN = 1_000; // milliseconds
    private static final long ASK_AGAIN_FOR = 10_000_000_000L; // nanoseconds, where another try came first

    private final long began = System.nanoTime();
    private final List<String> command;
    private final InheritedState inherited;
    private final CompletableFuture<Supervisor> prepared;
    private Supervisor running; // null until the command is started
    private StopTimes limits;
    private long heldAt; // nanoseconds
    private String lossReason;
    private boolean stopped; // the command was, or is being
    private long killBy; // then it is killed at the latest
    private boolean left; // it could not be
    private boolean ready; // the supervisor is
    private boolean wanted; // to be started when it is
    private long fence;
    private Integer ended; // exit code of the command; null until then

    LockedCommand(LockOptions options, List<String> command, InheritedState inherited) {
        super("lock", options);
        this.command = command;
        this.inherited = inherited;
        prepared = CompletableFuture.supplyAsync(this::prepare);
    }

    private Supervisor prepare() {
        try {
            return Supervisor.prepare(command, options.graceMillis, Map.of("MUTEX_NAME", options.name, "MUTEX_PEER", options.peer),
                    inherited, heard());
        } catch (IOException | RuntimeException | Error e) { // else the lock would be held, and nothing run
            String why = e instanceof OutOfMemoryError ? "this machine allows no more threads" : e.getMessage();
            post(() -> cannotExecute(why)); // now, and not when the lock is there
            throw new CompletionException(e);
        }
    }

    private Supervisor.SupervisorListener heard() {
        return new Supervisor.SupervisorListener() {
            @Override
            public void ready() {
                post(() -> {
                    ready = true;
                    startIfReady();
                });
            }

            @Override
            public void stopping() {
                post(() -> {
                    stopped = true;
                    if (lossReason == null && Uptime.now() < limits.term()) {
                        lossReason = "a part of the supervisor was killed or stopped";
                    }
                    killBy = Math.min(limits.kill(), Uptime.now() + options.graceMillis / 10);
                });
            }

            @Override
            public void cannotStop() {
                post(LockedCommand.this::cannotStop);
            }

            @Override
            public void ended(int code) {
                post(() -> exited(code));
            }

            @Override
            public void gone() {
                post(LockedCommand.this::supervisorGone);
            }
        };
    }

    @Override
    int run() {
        int code = super.run();
        try {
            prepared.thenAcceptAsync(Supervisor::discard).get(DISCARD_WITHIN, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException nothingMade) {
            // or not yet, as on the disk of a server that is gone: that is no reason to stay
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return code;
    }

    @Override
    LockClient client() {
        return LockClient.here(LockClient.ClientKind.LOCK);
    }

    @Override
    long notice() {
        return options.graceMillis + 1_000;
    }

    /** Whoever holds the lock runs it, or has; whoever only asked first may not get it. */
    @Override
    int refused(HoldEnd end, String reason) {
        if (options.onceMillis > 0 && end == HoldEnd.REFUSED) {
            sayIfRead(reason + ": it runs now (once per " + Durations.sayMillis(options.onceMillis) + ")");
            return 0;
        }
        if (options.onceMillis > 0) {
            say(reason + ", and has not got it either; nothing has been run");
        }
        return options.conflict;
    }

    @Override
    boolean asksAgain(HoldEnd end) {
        return options.onceMillis > 0 && end == HoldEnd.PRECEDED && System.nanoTime() - began < ASK_AGAIN_FOR;
    }

    @Override
    void hasRun(int where, long agoMillis, long againMillis) {
        sayIfRead("[" + options.name + "] " + JobView.text(where, agoMillis, againMillis));
        giveBack(0);
    }

    /** A timer that starts this on every machine wants no mail of it. */
    private void sayIfRead(String line) {
        if (options.verbose || AwaitedAnswer.isRead()) {
            say(line);
        }
    }

    @Override
    void sure(long fence, StopTimes now) {
        limits = now;
        if (running != null) {
            running.extend(now);
        } else if (Uptime.now() < now.term()) { // else the next answer may give more
            begin(fence);
            startIfReady();
        }
    }

    private void begin(long fence) {
        if (wanted) {
            return; // and not ready yet, or just out of time
        }
        heldAt = System.nanoTime();
        this.fence = fence;
        wanted = true;
    }

    private void startIfReady() {
        if (!ready || !wanted || running != null || isGivingBack() || Uptime.now() >= limits.term()) {
            return; // if that took long, the next answer gives more
        }
        running = prepared.join();
        Signals.whenContinued(running::continued);
        running.begin(fence, limits);
        watchTheSupervisor();
    }

    private void cannotExecute(String why) {
        if (!isGivingBack()) {
            say("cannot execute anything: " + why);
            giveBack(ExitCode.CANNOT_EXECUTE);
        }
    }

    /** It stops the command by itself when its time is up; only if it is stopped itself is there more to do. */
    private void watchTheSupervisor() {
        within(100, () -> {
            if (ended == null && !left && Uptime.now() >= (stopped ? killBy : running.watchedUntil()) + MOST_LATE) {
                takeOver("the supervisor of the command does not answer");
            }
            watchTheSupervisor();
        });
    }

    private void supervisorGone() {
        if (running == null) {
            cannotExecute("the supervisor of the command has ended");
        } else if (ended == null) {
            takeOver("the supervisor of the command was killed");
        }
    }

    private void takeOver(String reason) {
        lossReason = lossReason == null ? reason : lossReason;
        stopped = true;
        killBy = Long.MAX_VALUE / 2; // from now on we look ourselves
        running.stopFromHere(Math.min(limits.kill(), Uptime.now() + options.graceMillis / 10));
    }

    private void cannotStop() {
        left = true;
        say("[" + options.name + "] LOST: " + why() + "; the command could not be stopped (it runs as another user; run lock itself as that one)");
    }

    private String why() {
        return lossReason == null ? "no answer from the peer at " + peer() + " in time" : lossReason;
    }

    @Override
    void lose(String reason) {
        lossReason = lossReason == null ? reason : lossReason;
        if (running == null) {
            say("[" + options.name + "] was lost before the command began: " + reason);
            giveBack(ExitCode.NOT_NOW);
        } else if (ended == null) {
            running.stop();
        } else {
            say("[" + options.name + "] was lost while it was kept after the command: " + reason);
            giveBack(ended);
        }
    }

    private void exited(int exitCode) {
        if (ended != null) {
            return;
        }
        ended = exitCode;
        if (stopped) {
            if (!left) {
                say("[" + options.name + "] LOST: " + why() + "; the command was stopped first");
            }
            giveBack(ExitCode.LOST);
            return;
        }
        long kept = (System.nanoTime() - heldAt) / 1_000_000;
        long more = options.minHoldMillis - kept;
        if (more > 0) {
            within(more, () -> giveBackAfter(exitCode));
        } else {
            giveBackAfter(exitCode);
        }
    }

    private void giveBackAfter(int exitCode) {
        if (options.retryFailed && exitCode != 0) {
            giveBackFailed(exitCode);
        } else {
            giveBack(exitCode);
        }
    }

    @Override
    void interrupted(String name) {
        if (ended != null) {
            giveBack(ended);
        } else if (running != null) {
            running.signal(name);
        } else {
            giveBack(ExitCode.SIGNAL + Signals.NUMBERS.get(name));
        }
    }
}
