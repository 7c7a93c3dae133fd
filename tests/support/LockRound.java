package tests.support;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import mutex.algorithm.LockMode;
import mutex.remote.HoldClientCall;
import mutex.status.LockClient;

/**
 * One lock, a command that runs under it and never ends by itself, and whoever comes next. Both write to one file
 * as long as they are inside: what the command writes after the next one's entry was written while two were inside.
 */
public final class LockRound implements HoldClientCall.HoldListener, AutoCloseable {

    private static final String TURN = "0.1";
    private static final String INSIDE = "while :; do echo \"in $MUTEX_FENCE\" >>$FILE; sleep " + TURN + "; done";

    /** What the command does besides. */
    public enum Child {
        PLAIN("exec 2>/dev/null; " + INSIDE),
        IGNORES_SIGNALS("trap '' TERM INT HUP; " + INSIDE),
        FORKS_TWICE("( (" + INSIDE + ") & ) "),
        CLOSES_ALL("exec 0<&- 1>&- 2>&- 3<&- 4<&- 5<&- 6<&- 7<&- 8<&- 9<&-; " + INSIDE);

        private final String script;

        Child(String script) {
            this.script = script;
        }
    }

    public final Running ours;
    private final Path file;
    private final CompletableFuture<Long> entered = new CompletableFuture<>();
    private final String name;
    private final Way way;
    private HoldClientCall next;

    /** How both want the lock, so that one excludes the other: a round of each name has one of these. */
    private enum Way {
        ALONE("NAME", "NAME"), READER("NAME:shared", "NAME"), UNITS("NAME:2/3", "NAME:2/3"), SEVERAL("NAME.a,NAME", "NAME:kind=x,NAME.b");

        private final String ours;
        private final String next;

        Way(String ours, String next) {
            this.ours = ours;
            this.next = next;
        }
    }

    /**
     * Starts {@code lock NAME}, in a mode or with another lock, with that command at the peer.
     *
     * @param programs the only ones on the PATH; null for all
     * @param temporary its folder for temporary files
     * @param before words before the command line, that have it run
     */
    public LockRound(Path folder, String name, Child child, String peer, Path programs, Path temporary, List<String> before) {
        this.name = name;
        way = Way.values()[Math.floorMod(name.hashCode(), Way.values().length)]; // names that end in numbers take turns
        file = folder.resolve(name);
        List<String> command = new ArrayList<>(before);
        command.addAll(PeerProcesses.command(temporary, "lock", "--peer", peer, "-k", "0.3", way.ours.replace("NAME", name), "--",
                "sh", "-c", "echo \"enter $MUTEX_FENCE\" >>$FILE; " + child.script));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().put("FILE", file.toString());
        if (programs != null) {
            builder.environment().put("PATH", programs.toString());
        }
        ours = new Running(builder);
    }

    private List<String> lines() {
        try {
            return Files.exists(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public boolean isInside() {
        return lines().stream().anyMatch(line -> line.startsWith("in ")) && ours.isAlive();
    }

    /** Or until it was lost already, as may be on a machine that has too much to do: that, too, has to go as promised. */
    public void awaitInside() {
        Eventually.holds(() -> isInside() || !ours.isAlive() && ours.err().contains("] LOST: "), () -> "nobody inside " + name + ": " + ours);
    }

    /** From now on somebody else wants the lock, at another peer. */
    public void queue(String peer) {
        next = HoldClientCall.open(peer, null, LockClient.here(LockClient.ClientKind.LOCK), LockMode.parse(way.next.replace("NAME", name)), false, 0, 0, 0, this);
    }

    @Override
    public void waiting() {}

    @Override
    public void hasRun(int peer, long agoMillis, long againMillis) { }

    @Override
    public void held(long fence) {
        write("enter " + fence);
        entered.complete(fence);
    }

    private void write(String line) {
        try {
            Files.writeString(file, line + "\n", StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void ended(HoldClientCall.HoldEnd end, String reason) {
        entered.completeExceptionally(new AssertionError(name + ": the next one did not enter: " + end + " " + reason));
    }

    @Override
    public void sure(long question, long millis, long atBestMillis, boolean able) {}

    @Override
    public void leaving() {}

    /** Checks that each of ours says LOST, and leaves with 76. */
    public static void checkLost(List<LockRound> rounds) {
        rounds.forEach(round -> {
            assertEquals(76, round.ours.exit(40_000), () -> round.name + ": " + round.ours);
            // a shell of the command may see its child killed before it is itself, and say so
            assertTrue(round.ours.err().matches("(?:Killed\n)?lock: \\[[^\n]+\\] LOST: [^\n]+\n"), () -> round.name + ": " + round.ours);
        });
    }

    /** Waits for the next ones' entries, and a while longer; checks that the commands wrote nothing since. */
    public static void check(List<LockRound> rounds) {
        rounds.forEach(round -> Eventually.get(round.entered, "entry of the next one to " + round.name + ": " + round.ours));
        for (int turn = 0; turn < 6; turn++) {
            pause();
        }
        rounds.forEach(LockRound::check);
    }

    /** As long as a turn of the command takes, on a machine that has so much to do. */
    private static void pause() {
        try {
            new ProcessBuilder("sleep", TURN).start().waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void check() {
        long fence = entered.join();
        List<String> all = lines();
        assertTrue(all.get(0).matches("enter \\d+"), () -> name + ": " + all.get(0));
        assertTrue(Long.parseLong(all.get(0).substring(6)) < fence, () -> name + ": the fence did not grow: " + all);
        assertEquals(List.of(), all.subList(all.indexOf("enter " + fence), all.size()).stream()
                .filter(line -> line.startsWith("in ")).toList(), () -> name + ": the command went on while the next one was inside");
    }

    @Override
    public void close() {
        if (next != null) {
            next.close();
        }
        ours.signal("KILL"); // its guard clears up
        ours.exit();
        ours.close();
    }
}
