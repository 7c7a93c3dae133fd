package mutex.run;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Stops a process group from the JVM, which can signal a process but no group: kill(1) as the shell has it built in.
 * Used only when the supervisor does not do it.
 */
final class GroupKiller {

    private enum GroupState { RUNS, ZOMBIE, NONE }

    /** ODD: no answer, as from a shell that could not be started or could not fork. */
    private enum Answer { SENT, GONE, NOT_PERMITTED, ODD }

    private static final int MOST_ODD = 20; // answers, a second at least

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
        boolean asked = false;
        boolean told = false;
        int odd = 0;
        while (alive()) {
            boolean kill = Uptime.now() >= killAt;
            Answer answer = kill || !asked ? send(kill ? "KILL" : "TERM") : Answer.SENT;
            if (!kill && !asked && answer != Answer.ODD) {
                asked = true;
                send("CONT");
            }
            if (answer == Answer.ODD && kill) {
                odd++;
                killEach();
            }
            if (kill && !told && (answer == Answer.NOT_PERMITTED || odd == MOST_ODD)) {
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

    /** Without "--", which busybox takes for a process, and then fails though the signal was sent. */
    private Answer send(String signal) {
        try {
            ProcessBuilder kill = new ProcessBuilder("/bin/sh", "-c", "kill -" + signal + " -" + group).redirectErrorStream(true);
            kill.environment().put("LC_ALL", "C");
            Process process = kill.start();
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
            return process.waitFor() == 0 ? Answer.SENT
                    : said.contains("no such process") ? Answer.GONE
                    : said.contains("not permitted") || said.contains("permission denied") ? Answer.NOT_PERMITTED : Answer.ODD;
        } catch (IOException e) {
            return Answer.ODD;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Answer.ODD;
        }
    }

    /** Needs no other process; but one that is started meanwhile is missed. */
    private void killEach() {
        processes().filter(process -> state(process) == GroupState.RUNS).flatMap(process -> ProcessHandle.of(Long.parseLong(process)).stream())
                .forEach(ProcessHandle::destroyForcibly);
    }

    /** Each has a folder there; where there is none, nothing. */
    private static Stream<String> processes() {
        String[] all = PROC.list((folder, name) -> Character.isDigit(name.charAt(0)));
        return all == null ? Stream.empty() : Arrays.stream(all);
    }

    /** What cannot be told for certain to be gone is there: /proc may hide the processes of others. A zombie does not count. */
    private boolean alive() {
        Answer answer = send("0");
        if (answer == Answer.GONE) {
            return false;
        }
        Set<GroupState> states = processes().map(this::state).collect(Collectors.toSet());
        return states.isEmpty() || !new File(PROC, "self/stat").exists() || states.contains(GroupState.RUNS)
                || answer == Answer.NOT_PERMITTED && !states.contains(GroupState.ZOMBIE);
    }

    /** As a member of the group. */
    private GroupState state(String process) {
        try {
            String stat = Files.readString(Path.of("/proc", process, "stat"), StandardCharsets.ISO_8859_1);
            String[] words = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return !words[2].equals(String.valueOf(group)) ? GroupState.NONE
                    : words[0].equals("Z") || words[0].equals("X") ? GroupState.ZOMBIE : GroupState.RUNS;
        } catch (NoSuchFileException | AccessDeniedException gone) {
            return GroupState.NONE;
        } catch (IOException e) { // the file may be open when the process ends; else we have no descriptor left
            return String.valueOf(e.getMessage()).contains("No such process") ? GroupState.NONE : GroupState.RUNS;
        }
    }
}
