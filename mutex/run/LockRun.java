package mutex.run;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import mutex.net.HoldCall.End;

/**
 * Runs a command under a lock, as flock(1) does, and stops it before anybody else may enter: {@code lock NAME -- COMMAND}.
 */
public final class LockRun extends Tenant {

    private static final long MOST_LATE = 50; // hundredths of a second that a supervisor may be late

    private static final long ASK_AGAIN_FOR = 10_000; // milliseconds, where another try came first

    private final Instant startedAt;
    private final CompletableFuture<Supervisor> prepared;
    private Supervisor running; // null until the command is started
    private Limits limits;
    private long heldAt; // nanoseconds
    private String lossReason;
    private Integer ended; // exit code of the command; null until then

    private LockRun(LockOptions options, List<String> command, Instant startedAt) {
        super("lock", options);
        this.startedAt = startedAt;
        prepared = CompletableFuture.supplyAsync(() -> {
            try {
                return Supervisor.prepare(command, options.graceMillis, Map.of("MUTEX_NAME", options.name, "MUTEX_PEER", options.peer));
            } catch (IOException e) {
                throw new CompletionException(e);
            }
        });
    }

    /** Does what the words after {@code lock} say; the exit code. */
    public static int run(List<String> words) {
        return run(words, ProcessHandle.current().info().startInstant().orElseGet(Instant::now));
    }

    /** The same, for whoever was started then. */
    public static int run(List<String> words, Instant startedAt) {
        Map<String, String> environment = System.getenv();
        LockOptions options;
        try {
            options = LockOptions.parse(words, true, environment);
        } catch (IllegalArgumentException wrong) {
            return Help.wrong("lock", wrong);
        }
        if (options.help) {
            return Help.print(Help.LOCK);
        }
        List<String> command = options.shell == null ? options.command : Program.ofShell(options.shell, environment);
        Optional<String> problem = Program.problem(command.get(0), environment);
        if (problem.isPresent()) {
            System.err.println("lock: " + problem.get());
            return ExitCode.CANNOT_EXECUTE;
        }
        try {
            options.openTls(line -> System.err.println("lock: " + line));
        } catch (IllegalArgumentException wrong) {
            return Help.unusable("lock", wrong);
        }
        options.attempt |= options.onceMillis > 0;
        LockRun run = new LockRun(options, command, startedAt);
        int code = run.run();
        run.prepared.thenAccept(Supervisor::discard).exceptionally(failed -> null).join();
        return code;
    }

    @Override
    long notice() {
        return options.graceMillis + 1_000;
    }

    /** Whoever holds the lock runs it, or has; whoever only asked first may not get it. */
    @Override
    int refused(End end, String reason) {
        if (options.onceMillis > 0 && end == End.REFUSED) {
            say(reason + "; it runs once per " + options.onceMillis / 1e3 + " s");
            return 0;
        }
        if (options.onceMillis > 0) {
            say(reason + ", and has not got it either; nothing has been run");
        }
        return options.conflict;
    }

    @Override
    boolean asksAgain(End end) {
        return options.onceMillis > 0 && end == End.PRECEDED && sinceStart() < Math.min(onceFor(), ASK_AGAIN_FOR);
    }

    @Override
    void sure(long fence, Limits now) {
        limits = now;
        if (running != null) {
            running.extend(now);
        } else if (Uptime.now() < now.term()) { // else the next answer may give more
            begin(fence);
        }
    }

    private void begin(long fence) {
        heldAt = System.nanoTime();
        if (options.onceMillis > 0 && sinceStart() > onceFor()) { // whoever ran in time need not have the lock any more
            say("[" + options.name + "] came too late, " + sinceStart() + " ms after its start; it runs once per " + options.onceMillis / 1e3 + " s");
            giveBack(0);
            return;
        }
        Supervisor ready;
        try {
            ready = prepared.join();
        } catch (CompletionException e) {
            say("cannot execute anything: " + e.getCause().getMessage() + "; setsid, mkfifo and sh are needed");
            giveBack(ExitCode.CANNOT_EXECUTE);
            return;
        }
        if (Uptime.now() >= limits.term()) {
            return; // that took long; the next answer gives more
        }
        running = ready;
        running.begin(fence, limits);
        running.exit().thenAccept(code -> post(() -> exited(code)));
        watchTheSupervisor();
    }

    /** It stops the command by itself when its time is up; only if it is stopped or killed itself is there more to do. */
    private void watchTheSupervisor() {
        long left = limits.kill() + MOST_LATE - Uptime.now();
        within(Math.max(10, left * 10), () -> {
            if (Uptime.now() > limits.kill() + MOST_LATE) {
                running.destroy();
            }
            watchTheSupervisor();
        });
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
        ended = exitCode;
        if (running.killedItself()) {
            // The guard stops the command when our end of the pipe closes, and the peer keeps the lock for so long.
            say("[" + options.name + "] the supervisor of the command was killed; the command is stopped");
            Runtime.getRuntime().halt(ExitCode.LOST);
        }
        if (running.stopped()) {
            say("[" + options.name + "] LOST: " + (lossReason == null ? "no answer from the peer at " + options.peer + " in time" : lossReason)
                    + "; the command was stopped first");
            giveBack(ExitCode.LOST);
            return;
        }
        long kept = (System.nanoTime() - heldAt) / 1_000_000;
        long more = Math.max(options.minHoldMillis - kept, options.onceMillis == 0 ? 0 : onceFor() - sinceStart());
        if (more > 0) {
            within(more, () -> giveBack(exitCode));
        } else {
            giveBack(exitCode);
        }
    }

    /** For so long since it was started whoever runs once a period keeps the lock. */
    private long onceFor() {
        return options.onceMillis * 9 / 10;
    }

    /** In milliseconds: a cron starts all machines at one time, but Java takes its own. */
    private long sinceStart() {
        return System.currentTimeMillis() - startedAt.toEpochMilli();
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
