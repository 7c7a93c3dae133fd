package mutex.run;

import java.util.List;
import mutex.remote.AwaitedAnswer;
import mutex.status.LockClient;
import mutex.text.ExitCode;

/** Holds a lock without a command, until INT, TERM or HUP: {@code hold NAME} prints the fence. */
public final class HoldRun extends LockHolder {

    private boolean printed;

    private HoldRun(LockOptions options) {
        super("hold", options);
    }

    /** Does what the words after {@code hold} say; the exit code. */
    public static int run(List<String> words) {
        try {
            return hold(words);
        } catch (RuntimeException | Error e) {
            return OwnFault.say("hold", e);
        }
    }

    private static int hold(List<String> words) {
        LockOptions options;
        try {
            options = LockOptions.parse(words, false, System.getenv());
        } catch (IllegalArgumentException wrong) {
            return Help.wrong("hold", wrong);
        }
        if (options.help) {
            return Help.print("hold", Help.HOLD);
        }
        try {
            options.openTls(line -> System.err.println("hold: " + line));
        } catch (IllegalArgumentException wrong) {
            return Help.unusable("hold", wrong);
        }
        return new HoldRun(options).run();
    }

    @Override
    LockClient client() {
        return LockClient.here(LockClient.ClientKind.HOLD);
    }

    @Override
    long notice() {
        return 0; // whoever reads the fence has to use it
    }

    @Override
    void sure(long fence, StopTimes limits) {
        if (!printed) {
            printed = true;
            System.out.println(fence);
            if (AwaitedAnswer.isRead()) {
                say("holds [" + options.name + "] at " + peer() + ", fence " + fence + "; Ctrl-C or \"kill " + ProcessHandle.current().pid() + "\" gives it back");
            }
            if (System.out.checkError()) {
                say("the fence cannot be written; [" + options.name + "] is given back");
                giveBack(ExitCode.OUTPUT);
                return;
            }
        }
        long left = limits.kill() - Uptime.now();
        within(Math.max(0, left * 10), () -> lose("no answer from the peer at " + peer() + " in time"));
    }

    @Override
    void lose(String reason) {
        end(ExitCode.LOST, "[" + options.name + "] LOST: " + reason);
    }

    @Override
    void interrupted(String name) {
        giveBack(0);
    }
}
