///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Effort.java Run.java faults/Checker.java faults/Chronicle.java faults/Fault.java
//SOURCES faults/FaultRound.java faults/Network.java faults/Pulse.java faults/Rival.java faults/Rivals.java
//SOURCES faults/Rounds.java support/Folders.java support/FreePorts.java support/Jvm.java support/Processes.java
//SOURCES support/Running.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import mutex.algorithm.AlgorithmKind;
import mutex.algorithm.RicartAgrawala;
import mutex.algorithm.RoucairolCarvalho;
import mutex.algorithm.TokenRing;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tests.faults.Chronicle;
import tests.faults.Rounds;

/**
 * What a lease promises, with nothing simulated: five processes, killed, stopped and cut off, and a file
 * that refuses old fences.
 *
 * <p>Without arguments it is a test as others. {@code --rounds 1000 --cut 3m} plays so many rounds and a
 * long cut, {@code --seed 42} one round again, {@code --log} keeps the logs of all peers with the evidence;
 * {@code --algorithm token-ring --lease 0} plays them with another algorithm, and without a lease.
 */
class FaultTest {

    private static final int ROUNDS = Effort.of(8, 50);
    private static final int ROUNDS_OF_OTHERS = Effort.of(1, 5); // of each other algorithm, and with and without a lease

    /** Most of a round is waiting: two groups of peers have half of the rounds each, at once. */
    @Test
    @Tag("namespaces")
    void roundsOfFaultsBreakNoPromise() {
        long seed = ThreadLocalRandom.current().nextLong(1L << 40);
        CompletableFuture<Integer> half = CompletableFuture.supplyAsync(() -> broken(seed), task -> new Thread(task).start());
        assertEquals(0, broken(seed + ROUNDS / 2) + half.join(), "rounds that broke a promise");
    }

    /** A long run has all three; a change one of them, by chance, for each takes five more processes. */
    @Test
    @Tag("namespaces")
    void roundsOfFaultsBreakNoPromiseWithKeptPermissionsOrAToken() {
        long seed = ThreadLocalRandom.current().nextLong(1L << 40);
        if (!Effort.isLong()) {
            String algorithm = seed % 3 == 0 ? TokenRing.NAME : RoucairolCarvalho.NAME;
            long lease = seed % 3 == 1 ? Rounds.LEASE_MILLIS : 0;
            assertEquals(0, broken(seed, algorithm, lease), () -> "rounds that broke a promise with " + algorithm + " and a lease of " + lease + " ms");
            return;
        }
        CompletableFuture<Integer> kept = CompletableFuture.supplyAsync(() -> broken(seed, RoucairolCarvalho.NAME, Rounds.LEASE_MILLIS)
                + broken(seed, RoucairolCarvalho.NAME, 0), task -> new Thread(task).start());
        assertEquals(0, broken(seed, TokenRing.NAME, 0) + kept.join(), "rounds that broke a promise");
    }

    private static int broken(long seed, String algorithm, long leaseMillis) {
        try (Rounds rounds = new Rounds("none", algorithm, leaseMillis)) {
            rounds.play(ROUNDS_OF_OTHERS, seed);
            return rounds.finish();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int broken(long seed) {
        try (Rounds rounds = new Rounds("none")) {
            rounds.play(ROUNDS / 2, seed);
            return rounds.finish();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    @Tag("namespaces")
    void aHolderThatIgnoresItsLossIsFoundOut() throws IOException {
        try (Rounds rounds = new Rounds("ignores-loss")) {
            String found = assertThrows(AssertionError.class, rounds::hitFirst).getMessage();
            assertTrue(found.contains("overlap"), "expected an overlap, found: " + found);
            assertTrue(rounds.refused() > 0, "its writes should have been refused");
        }
    }

    // How the history is read, on histories written by hand; the lease is 2,000.

    private static Chronicle of(String... lines) {
        Chronicle chronicle = new Chronicle(2_000);
        for (String line : lines) {
            assertTrue(chronicle.add(line), line);
        }
        return chronicle;
    }

    private static void finds(String expected, String... lines) {
        String found = of(lines).violation().orElse("nothing");
        assertTrue(found.startsWith(expected), "expected \"" + expected + "\", found: " + found);
    }

    @Test
    void oneAfterTheOtherIsInOrder() {
        finds("nothing", "enter 1 10 100", "write 1 10 150", "exit 1 10 200", "enter 2 11 200");
        finds("nothing", "enter 1 10 100", "lost 1 10 200", "enter 2 11 200");
    }

    @Test
    void twoInsideAtOnceIsAnOverlap() {
        finds("overlap: peer 2", "enter 1 10 100", "enter 2 11 199", "exit 1 10 200", "exit 2 11 300");
        finds("overlap: peer 2", "enter 1 10 100", "enter 2 11 199", "lost 1 10 200");
        finds("overlap: peer 2", "enter 1 10 100", "enter 2 11 199");
    }

    @Test
    void aFenceThatIsNotAboveTheOneBeforeIsFound() {
        finds("fence went back", "enter 1 10 100", "exit 1 10 200", "enter 2 9 300");
        finds("fence went back", "enter 1 10 100", "exit 1 10 200", "enter 2 10 300");
    }

    @Test
    void anEntryEndsWithTheLifeOfItsHolder() {
        finds("nothing", "enter 1 10 100", "kill 1 200 205", "enter 2 11 200");
        finds("overlap: peer 2", "enter 1 10 100", "kill 1 200 205", "enter 2 11 199");
        finds("nothing", "enter 1 10 100", "write 1 10 150", "kill 1 200 205", "enter 2 11 150"); // it may have been on its way out
        finds("nothing", "kill 1 90 110", "enter 1 10 100", "enter 2 11 200"); // its last words
        finds("overlap: peer 2", "kill 1 50 60", "enter 1 10 100", "enter 2 11 200"); // the life before
    }

    @Test
    void aStoppedHolderIsInStandingForMostOfALease() {
        finds("nothing", "enter 1 10 100", "stop 1 0 200", "enter 2 11 2100", "exit 2 11 2200", "cont 1 0 5000", "lost 1 10 5001");
        finds("overlap: peer 2", "enter 1 10 100", "stop 1 0 200", "enter 2 11 1600", "exit 2 11 1700", "cont 1 0 5000", "lost 1 10 5001");
        finds("nothing", "cut 0 0 50", "enter 1 10 100", "stop 1 0 200", "enter 2 11 1600", "exit 2 11 1700", "cont 1 0 5000",
                "lost 1 10 5001"); // may have been out of touch for long
    }

    @Test
    void aHolderThatWasNotRunIsToldOfItsLossAtOnceAfterwards() {
        finds("nothing", "enter 1 10 100", "pause 1 200 5000", "enter 2 11 2300", "lost 1 10 5001");
        finds("nothing", "enter 1 10 100", "stall 1 200 5000", "enter 2 11 2300", "lost 1 10 5001"); // nor was its loop alone
        finds("overlap: peer 2", "enter 1 10 100", "pause 1 200 5000", "enter 2 11 2300", "lost 1 10 200005000");
        finds("overlap: peer 2", "enter 1 10 100", "stall 1 200 5000", "enter 2 11 2300", "lost 1 10 200005000");
        finds("overlap: peer 2", "enter 1 10 100", "pause 2 200 5000", "enter 2 11 2300", "lost 1 10 5001");
        finds("overlap: peer 2", "enter 1 10 100", "pause 1 200 5000", "enter 2 11 2300", "exit 1 10 5001"); // it did not lose it
        finds("nothing", "enter 1 10 100", "write 1 10 150", "stop 1 0 200", "enter 2 11 2300", "cont 1 0 5000", "exit 1 10 5001"); // on its way out
        finds("overlap: peer 2", "enter 1 10 100", "stop 1 0 140", "write 1 10 150", "enter 2 11 2300", "cont 1 0 5000", "exit 1 10 5001");
    }

    @Test
    void whatALoopDidNotRunIsNoTimeThatTheMachineWasLate() {
        Chronicle chronicle = of("pause 1 100 300", "stall 1 90 500", "stall 2 100 200");
        assertEquals(200, chronicle.late(0, 1_000, peer -> true));
    }

    @Test
    void twoHoldsOfEachOtherPeerAreAhead() {
        Chronicle chronicle = of("enter 1 10 100", "exit 1 10 200", "enter 2 11 300", "exit 2 11 310", "enter 1 12 400", "exit 1 12 420",
                "enter 1 13 500", "exit 1 13 590", "enter 3 14 600");
        assertEquals(OptionalLong.of(0), chronicle.waited(1, 150));
        assertEquals(OptionalLong.of(600 - 150 - 50 - 10 - 20), chronicle.waited(3, 150));
        assertEquals(OptionalLong.empty(), chronicle.waited(2, 550));
    }

    @Test
    void theLongestTimeWithoutAnEntryCountsFromBeginToEnd() {
        Chronicle chronicle = of("enter 1 10 150", "exit 1 10 200", "enter 2 11 300", "exit 2 11 310", "enter 1 12 400", "exit 1 12 420");
        assertEquals(250, chronicle.longestGap(100, 400, peer -> peer == 1));
        assertEquals(150, chronicle.longestGap(100, 350, peer -> true));
        assertEquals(900, chronicle.longestGap(100, 1_000, peer -> peer == 3));
    }

    public static void main(String[] args) throws IOException {
        if (args.length == 0) {
            Run.only(FaultTest.class);
        }
        int count = 0;
        long seed = ThreadLocalRandom.current().nextLong(1L << 40);
        long cut = 0;
        String fault = "none";
        String algorithm = RicartAgrawala.NAME;
        long lease = Rounds.LEASE_MILLIS;
        for (Iterator<String> words = List.of(args).iterator(); words.hasNext();) {
            String word = words.next();
            String value = word.equals("--log") ? "" : words.hasNext() ? words.next() : "nothing";
            if (word.equals("--rounds") && value.matches("[1-9]\\d{0,5}")) {
                count = Integer.parseInt(value);
            } else if (word.equals("--seed") && value.matches("\\d{1,18}")) {
                seed = Long.parseLong(value);
                count = Math.max(1, count);
            } else if (word.equals("--cut") && value.matches("[1-9]\\d{0,2}[sm]")) {
                cut = Long.parseLong(value.substring(0, value.length() - 1)) * (value.endsWith("m") ? 60_000 : 1_000);
            } else if (word.equals("--algorithm") && AlgorithmKind.names().contains(value)) {
                algorithm = value;
            } else if (word.equals("--lease") && value.equals("0")) {
                lease = 0;
            } else if (word.equals("--log")) {
                fault = "log";
            } else {
                System.err.println("FaultTest: \"" + word + " " + value + "\"; write --rounds 1000, --seed 42, --cut 3m, --log, "
                        + "--algorithm and one of " + String.join(", ", AlgorithmKind.names()) + ", --lease 0, or nothing");
                System.exit(64);
            }
        }
        int broken;
        try (Rounds rounds = new Rounds(fault, algorithm, lease)) {
            rounds.play(count, seed);
            if (cut > 0) {
                rounds.cut(cut);
            }
            broken = rounds.finish();
        }
        System.exit(broken == 0 ? 0 : 1);
    }
}
