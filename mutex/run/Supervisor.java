package mutex.run;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import mutex.text.ExitCode;

/**
 * Runs the command beside the JVM, in a process group of its own, with all that we were given ourselves. It is
 * prepared while the lock is waited for, so that the command begins at once.
 *
 * <p>Two watch, so that either may be killed or stopped: the program beside the command ({@link PerlSupervisor}, or
 * {@link ShellSupervisor} where there is no Perl) stops the group when its time is up or the JVM is gone; and we do
 * ({@link GroupKiller}) when that program is gone or does not say in time that it has heard of more time. All they
 * need for it is the number of the group: no file, and no other process.
 */
final class Supervisor {

    /** What it hears from the program beside the command; called on a thread of its own. */
    interface SupervisorListener {

        /** The program can start the command at any time. */
        void ready();

        /** It is about to stop the command. */
        void stopping();

        /** It is not permitted to. */
        void cannotStop();

        /** The command's exit code, when its whole group has ended. */
        void ended(int code);

        /** The program itself has ended, or was killed. */
        void gone();
    }

    private static final int MOST_SIGNALS = 64; // that it has not heard of

    private final SupervisorLine line;
    private final SupervisorListener listener;
    private volatile long group; // 0 until it is known
    private volatile boolean suspended; // with us, by Ctrl-Z
    private StopTimes told; // guarded by this, as all below: what it knows, or will if it does its work
    private StopTimes next; // null when it knows all
    private long heard; // until when it is known to have time
    private int signals;
    private Thread killer;

    private Supervisor(SupervisorLine line, SupervisorListener listener) {
        this.line = line;
        this.listener = listener;
    }

    /**
     * Makes everything ready to run the command.
     *
     * @param graceMillis between TERM and KILL at most
     * @param added to the environment
     * @throws IOException in one line when that cannot be done here
     */
    static Supervisor prepare(List<String> command, long graceMillis, Map<String, String> added, InheritedState inherited, SupervisorListener listener)
            throws IOException {
        SupervisorLine line = SupervisorLine.open(command, graceMillis, added);
        Supervisor supervisor = new Supervisor(line, listener);
        try {
            line.listen(supervisor::hear);
        } catch (Error noMoreThreads) {
            line.close();
            throw noMoreThreads;
        }
        line.write(inherited.lines(command));
        return supervisor;
    }

    private void hear(String text) {
        String[] words = text.split(" ");
        switch (words[0]) {
            case "ready" -> listener.ready();
            case "group" -> group = Long.parseLong(words[1]);
            case "until" -> acknowledged(Long.parseLong(words[1]));
            case "suspended" -> suspended = true;
            case "resumed" -> suspended = false;
            case "stopping" -> listener.stopping();
            case "left" -> listener.cannotStop();
            case "ended" -> listener.ended(Integer.parseInt(words[1]));
            case "gone" -> listener.gone();
            default -> { } // of a later version
        }
    }

    /** Starts the command. */
    synchronized void begin(long fence, StopTimes limits) {
        told = limits;
        heard = limits.term();
        line.write("go " + fence + " " + limits.term() + " " + limits.kill());
    }

    /** One line at a time is under way: a pipe that nobody reads would fill, and block us. */
    synchronized void extend(StopTimes limits) {
        if (told.term() == heard) {
            told = limits;
            line.write("until " + limits.term() + " " + limits.kill());
        } else {
            next = limits;
        }
    }

    private synchronized void acknowledged(long term) {
        heard = term;
        signals = 0;
        if (next != null) {
            StopTimes limits = next;
            next = null;
            extend(limits);
        }
    }

    /** Hands a signal such as INT on to the command's process group. */
    synchronized void signal(String name) {
        if (signals++ < MOST_SIGNALS) {
            line.write("signal " + name);
        }
    }

    /** We were suspended, and may go on. */
    void continued() {
        line.write("continued");
    }

    /** Stops the command now. */
    void stop() {
        line.write("stop");
    }

    /** Until when, as of {@link Uptime}, it is known to watch the command. */
    synchronized long watchedUntil() {
        return suspended ? Long.MAX_VALUE / 2 : heard;
    }

    /** Stops the command from here, because nothing else does; {@link SupervisorListener} hears of it as usual. */
    synchronized void stopFromHere(long killAt) {
        if (killer != null) {
            return;
        }
        killer = new Thread(() -> {
            try {
                line.end(); // else its child, when dead, would have a parent that does not look
                if (group != 0) {
                    listener.stopping();
                    GroupKiller.stop(group, killAt, listener::cannotStop);
                }
            } finally { // else the command would be waited for without end
                listener.ended(ExitCode.LOST);
            }
        }, "killer");
        killer.setDaemon(true);
        killer.start();
    }

    /** To be called when the command has ended, or is not to be started. */
    void discard() {
        line.close();
    }
}
