package mutex.run;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Stops a process group from the JVM, which can signal a process but no group: kill(1) as the shell has it built in.
 * Used only when the supervisor does not do it.
 */
final class GroupKiller {

    private enum Answer { SENT, GONE, NOT_PERMITTED }

    private static final File PROC = new File("/proc");

    private final long group;

    private GroupKiller(long group) {
        this.group = group;
    }

    /**
     * Asks the group to end, kills it then, and comes back when it has ended.
     *
     * @param killAt as of {@link Uptime}
     * @param notPermitted called once when the group cannot be killed
     */
    static void stop(long group, long killAt, Runnable notPermitted) {
        new GroupKiller(group).run(killAt, notPermitted);
    }

    private void run(long killAt, Runnable notPermitted) {
        boolean told = false;
        if (Uptime.now() < killAt) {
            send("TERM");
            send("CONT");
        }
        while (alive()) {
            if (Uptime.now() >= killAt && send("KILL") == Answer.NOT_PERMITTED && !told) {
                told = true;
                notPermitted.run();
            }
            try {
                TimeUnit.MILLISECONDS.sleep(50);
            } catch (InterruptedException e) {
                killAt = 0;
            }
        }
    }

    /** Unless the group is known to be gone, it is taken to be there. */
    private Answer send(String signal) {
        try {
            ProcessBuilder kill = new ProcessBuilder("/bin/sh", "-c", "kill -s " + signal + " -- -" + group).redirectErrorStream(true);
            kill.environment().put("LC_ALL", "C");
            Process process = kill.start();
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
            boolean sent = process.waitFor() == 0;
            return sent ? Answer.SENT : said.contains("no such process") ? Answer.GONE : Answer.NOT_PERMITTED;
        } catch (IOException e) {
            return Answer.NOT_PERMITTED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Answer.NOT_PERMITTED;
        }
    }

    /** A zombie does not count. */
    private boolean alive() {
        if (send("0") == Answer.GONE) {
            return false;
        }
        String[] all = PROC.list((folder, name) -> Character.isDigit(name.charAt(0)));
        if (all == null || !new File(PROC, "self/stat").exists()) {
            return true;
        }
        return Arrays.stream(all).anyMatch(this::runsInGroup);
    }

    private boolean runsInGroup(String process) {
        try {
            String stat = Files.readString(Path.of("/proc", process, "stat"), StandardCharsets.ISO_8859_1);
            String[] words = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return words[2].equals(String.valueOf(group)) && !words[0].equals("Z") && !words[0].equals("X");
        } catch (IOException | RuntimeException gone) {
            return false;
        }
    }
}
