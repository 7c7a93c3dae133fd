///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java support/Traced.java support/WrittenRun.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import mutex.algorithm.Mode;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tests.support.Traced;
import tests.support.WrittenRun;

/** What {@code trace} finds in logs of locks that several may hold at once: in good ones nothing, in others the event that is wrong. */
class KindsTraceTest {

    @TempDir
    Path folder;
    private WrittenRun run;

    @BeforeEach
    void begin() {
        run = new WrittenRun(folder);
    }

    private static Mode units(long take, long of) {
        return new Mode.Units(take, of);
    }

    /** One peer enters after it has heard from all others. */
    private void enters(int peer, String lock, long time, Mode mode, long fence) {
        run.asks(peer, lock, time, mode);
        run.hearsAll(peer);
        run.enters(peer, lock, time, fence);
    }

    private void assertRight() {
        Traced traced = run.trace();
        assertEquals(0, traced.code(), traced::toString);
    }

    private void assertBroken(String expected, String rule) {
        Traced traced = run.trace();
        assertEquals(1, traced.code(), traced::toString);
        assertTrue(traced.out().contains("VIOLATION " + folder.resolve(expected)), "expected \"" + expected + "\", found " + traced);
        assertTrue(traced.out().contains(rule + " (once)"), "expected \"" + rule + "\", found " + traced);
    }

    // Who may be inside together.

    @Test
    void readersAtTwoPeersAreRight() {
        run.asks(1, "a", 1, Mode.SHARED);
        run.asks(2, "a", 1, Mode.SHARED);
        run.enters(1, "a", 1, 11);
        run.enters(2, "a", 1, 11);
        run.leaves(1, "a", 1);
        run.leaves(2, "a", 1);
        enters(3, "a", 4, Mode.EXCLUSIVE, 12);
        Traced traced = run.trace();
        assertEquals(0, traced.code(), traced::toString);
        assertTrue(traced.out().contains("check: 3 entries, never two in conflict at once"), traced::toString);
    }

    @Test
    void aReaderBesideAWriterIsFound() {
        enters(1, "a", 1, Mode.SHARED, 11);
        enters(2, "a", 2, Mode.EXCLUSIVE, 12);
        run.leaves(1, "a", 1);
        assertBroken("peer2.log:2: [a] peer 2 entered with 2@2 while peer 1 was inside with 1@1 shared (", "one holder at a time");
    }

    @Test
    void aReaderBesideAWriterIsFoundBehindOneThatHasLeft() {
        enters(1, "a", 1, Mode.SHARED, 11);
        run.joins(1, "a", 2, Mode.SHARED, 11);
        run.leaves(1, "a", 2);
        enters(2, "a", 3, Mode.EXCLUSIVE, 12);
        run.leaves(1, "a", 1);
        assertBroken("peer2.log:2: [a] peer 2 entered with 3@2 while peer 1 was inside with 1@1 shared (", "one holder at a time");
    }

    @Test
    void twoKindsAtOnceAreFound() {
        enters(1, "a", 1, new Mode.OfKind("x"), 11);
        enters(2, "a", 2, new Mode.OfKind("y"), 12);
        assertBroken("peer2.log:2: [a] peer 2 entered with 2@2 kind=y while peer 1 was inside with 1@1 kind=x (", "one holder at a time");
    }

    @Test
    void poolsOfDifferentSizesAtOnceAreFound() {
        enters(1, "a", 1, units(1, 4), 11);
        enters(2, "a", 2, units(1, 5), 12);
        assertBroken("peer2.log:2: [a] peer 2 entered with 2@2 1/5 while peer 1 was inside with 1@1 1/4 (", "one holder at a time");
    }

    // Pools.

    @Test
    void fourOfFourUnitsAreRight() {
        enters(1, "a", 1, units(2, 4), 11);
        enters(2, "a", 2, units(1, 4), 12);
        enters(3, "a", 3, units(1, 4), 13);
        assertRight();
    }

    @Test
    void fiveOfFourUnitsAreFound() {
        enters(1, "a", 1, units(2, 4), 11);
        enters(2, "a", 2, units(1, 4), 12);
        enters(3, "a", 3, units(2, 4), 13);
        assertBroken("peer3.log:2: [a] peer 3 entered with 3@3 2/4 while 3 of 4 units were taken: by peer 1 with 1@1 2/4 (" + folder.resolve("peer1.log")
                + ":2), by peer 2 with 2@2 1/4 (", "never more units than there are");
    }

    @Test
    void fiveOfFourUnitsAreFoundAtOnePeer() {
        enters(1, "a", 1, units(2, 4), 11);
        enters(1, "a", 2, units(2, 4), 12);
        enters(1, "a", 3, units(1, 4), 13);
        assertBroken("peer1.log:6: [a] peer 1 entered with 3@1 1/4 while 4 of 4 units were taken: ", "never more units than there are");
    }

    /** One that has just entered need not have heard of all that left: those were not inside together. */
    @Test
    void unitsThatWentFromOneToTheNextCountOnce() {
        enters(1, "a", 1, units(2, 4), 11);
        run.asks(3, "a", 2, units(2, 4));
        run.leaves(1, "a", 1);
        enters(2, "a", 3, units(2, 4), 12);
        run.enters(3, "a", 2, 12);
        assertRight();
    }

    /** Two of three peers have passed units on, but not to each other. */
    @Test
    void unitsThatWentFromOneToTheNextCountThereOnly() {
        enters(1, "a", 1, units(2, 5), 11);
        run.asks(3, "a", 2, units(2, 5));
        run.leaves(1, "a", 1);
        run.asks(2, "a", 3, units(2, 5));
        run.hears(2, 1);
        run.enters(2, "a", 3, 12);
        run.asks(4, "a", 4, units(2, 5));
        run.enters(4, "a", 4, 12);
        run.enters(3, "a", 2, 12);
        assertBroken("peer3.log:2: [a] peer 3 entered with 2@3 2/5 while 4 of 5 units were taken: ", "never more units than there are");
    }

    // Order and fences.

    @Test
    void aYoungerWriterBeforeAnOlderReaderIsFound() {
        run.asks(1, "a", 1, Mode.SHARED);
        enters(2, "a", 2, Mode.EXCLUSIVE, 11);
        run.leaves(2, "a", 2);
        run.hearsAll(1);
        run.enters(1, "a", 1, 12);
        assertBroken("peer1.log:2: [a] peer 1 entered with 1@1 shared after peer 2 had entered with the later 2@2 (", "entries in the order of stamps");
    }

    @Test
    void readersMayEnterInAnyOrder() {
        run.asks(1, "a", 1, Mode.SHARED);
        enters(2, "a", 2, Mode.SHARED, 11);
        run.leaves(2, "a", 2);
        enters(2, "a", 3, Mode.SHARED, 11);
        run.leaves(2, "a", 3);
        enters(2, "a", 4, Mode.SHARED, 11);
        run.enters(1, "a", 1, 11);
        assertRight();
    }

    @Test
    void overtakingTwiceIsFoundAmongThoseInConflict() {
        run.asks(1, "a", 1, Mode.EXCLUSIVE);
        for (long time = 2; time < 4; time++) {
            enters(2, "a", time, Mode.SHARED, 10 + time);
            run.leaves(2, "a", time);
        }
        run.hears(1, 2);
        run.enters(1, "a", 1, 15);
        assertBroken("peer2.log:5: [a] peer 2 overtook peer 1, which had been waiting with 1@1 since ", "nobody is overtaken twice by one peer");
    }

    @Test
    void aFenceThatDoesNotRiseAboveThatOfAReaderIsFound() {
        enters(1, "a", 1, Mode.SHARED, 11);
        run.leaves(1, "a", 1);
        enters(2, "a", 2, Mode.EXCLUSIVE, 11);
        assertBroken("peer2.log:2: [a] peer 2 entered with fence 11, which is not above fence 11 of the earlier entry of peer 1 (", "fences rise strictly");
    }

    // Several locks at once.

    @Test
    void locksOfOneRequestEnteredAndLeftAtOnceAreRight() {
        run.asks(1, "a", 1, Mode.EXCLUSIVE);
        run.asks(1, "b", 1, Mode.SHARED);
        run.enters(1, "a", 1, 11);
        run.enters(1, "b", 1, 11);
        run.leaves(1, "a", 1);
        run.leaves(1, "b", 1);
        assertRight();
    }

    private void asksForTwo() {
        run.asks(1, "a", 1, Mode.EXCLUSIVE);
        run.asks(1, "b", 1, Mode.SHARED);
        run.enters(1, "a", 1, 11);
    }

    @Test
    void aLockEnteredLaterThanAnotherOfTheRequestIsFound() {
        asksForTwo();
        run.asks(1, "c", 2, Mode.EXCLUSIVE);
        run.enters(1, "b", 1, 11);
        assertBroken("peer1.log:3: [a] peer 1 entered with 1@1, but only at " + folder.resolve("peer1.log") + ":5 with [b], which it had asked for at once",
                "all locks of a request at once");
    }

    @Test
    void aLockNeverEnteredWithTheOtherIsFound() {
        asksForTwo();
        run.asks(1, "c", 2, Mode.EXCLUSIVE);
        assertBroken("peer1.log:3: [a] peer 1 entered with 1@1, but never with [b], which it had asked for at once", "all locks of a request at once");
    }

    @Test
    void aLogThatEndsInTheMiddleOfAnEntryIsRight() {
        asksForTwo();
        assertRight();
    }

    @Test
    void aLockLeftLaterThanAnotherOfTheRequestIsFound() {
        asksForTwo();
        run.enters(1, "b", 1, 11);
        run.leaves(1, "a", 1);
        run.asks(1, "c", 2, Mode.EXCLUSIVE);
        run.leaves(1, "b", 1);
        assertBroken("peer1.log:5: [a] peer 1 was gone from with 1@1, but only at ", "all locks of a request at once");
    }

    @Test
    void anotherFenceForTheSecondLockIsFound() {
        asksForTwo();
        run.enters(1, "b", 1, 12);
        assertBroken("peer1.log:3: [a] peer 1 entered with fence 11, not 12, as the other locks of its request", "fences rise strictly");
    }

    // Joins.

    @Test
    void aReaderThatJoinsAsksNobodyAndIsNotOutOfOrder() {
        run.inGroup(1, 1, 2);
        run.inGroup(2, 1, 2);
        run.asksAndIsPermitted(1, "a", 1, Mode.SHARED, 2);
        run.enters(1, "a", 1, 11);
        run.asks(2, "a", 2, Mode.EXCLUSIVE);
        run.joins(1, "a", 3, Mode.SHARED, 11);
        run.leaves(1, "a", 3);
        run.leaves(1, "a", 1);
        run.permits(1, 2, "a", 2);
        run.enters(2, "a", 2, 12);
        assertRight();
    }

    @Test
    void whoAsksNobodyBesideOthersInAnotherModeIsFound() {
        run.inGroup(1, 1, 2);
        run.asksAndIsPermitted(1, "a", 1, units(1, 4), 2);
        run.enters(1, "a", 1, 11);
        run.joins(1, "a", 3, units(1, 4), 11);
        assertBroken("peer1.log:8: [a] peer 1 entered with 3@1 1/4 without the permission of peer 2", "permission of every other member");
    }

    @Test
    void aJoinPastARequestThatWaitsIsFound() {
        enters(1, "a", 1, Mode.SHARED, 11);
        run.inGroup(1, 1, 2);
        run.defers(1, 2, "a", 2, Mode.EXCLUSIVE);
        run.joins(1, "a", 3, Mode.SHARED, 11);
        assertBroken("peer1.log:7: [a] peer 1 joined with 3@1 shared past a request of peer 2 that waits since " + folder.resolve("peer1.log") + ":5",
                "nobody joins past a request that waits");
    }

    @Test
    void aJoinWithAnotherFenceIsFound() {
        run.inGroup(1, 1, 2);
        run.asksAndIsPermitted(1, "a", 1, Mode.SHARED, 2);
        run.enters(1, "a", 1, 11);
        run.joins(1, "a", 3, Mode.SHARED, 12);
        assertBroken("peer1.log:8: [a] peer 1 entered with fence 12, not 11, as those inside that it joined", "fences rise strictly");
    }

    @Test
    void aJoinOfOneLockAndARequestForAnotherAreFound() {
        run.inGroup(1, 1, 2);
        run.asksAndIsPermitted(1, "a", 1, Mode.SHARED, 2);
        run.enters(1, "a", 1, 11);
        run.asksAndIsPermitted(1, "b", 2, Mode.SHARED, 2);
        run.asks(1, "a", 2, Mode.SHARED);
        run.enters(1, "b", 2, 12);
        run.enters(1, "a", 2, 12);
        Traced traced = run.trace();
        assertEquals(1, traced.code(), traced::toString);
        assertTrue(traced.out().contains("[a] peer 1 entered with 2@1 shared unasked, but had asked for [b]"), traced::toString);
    }

    // What it looks like.

    private void readersAndUnits() {
        enters(1, "a", 1, Mode.SHARED, 11);
        enters(2, "a", 2, Mode.SHARED, 11);
        run.defers(1, 3, "a", 3, Mode.EXCLUSIVE);
        enters(2, "b", 4, units(2, 4), 12);
        run.leaves(1, "a", 1);
        run.leaves(2, "a", 2);
        enters(3, "a", 3, Mode.EXCLUSIVE, 13);
    }

    private void assertSays(Traced traced, String... expected) {
        for (String line : expected) {
            assertTrue(traced.out().contains(line), "no \"" + line + "\" in " + traced);
        }
    }

    @Test
    void theTextDiagramNamesModes() {
        readersAndUnits();
        assertSays(run.trace("--text"), "asks with 1@1 shared [a]", "ENTERS with 2@2 shared [a]", "leaves 2@2 shared [a]", "ENTERS with 4@2 2/4 [b]", "ENTERS with 3@3 [a]");
    }

    @Test
    void theTableAndTheStoriesNameModes() {
        readersAndUnits();
        assertSays(run.trace(), "    1     1  1@1 shared  a ", "    3     2  4@2 2/4     b ");
        assertSays(run.trace("--story", "2@2"), "peer 2 [a] 2@2 shared, waited ", "asks for it with 2@2 shared");
    }

    /** All holds of the peer that are in the way, and none that is not. */
    @Test
    void theStoryNamesAllHoldersThatAreInTheWay() {
        run.asks(2, "a", 5, Mode.EXCLUSIVE);
        enters(1, "a", 1, Mode.SHARED, 11);
        run.joins(1, "a", 2, Mode.SHARED, 11);
        run.joins(1, "a", 3, Mode.SHARED, 11);
        run.leaves(1, "a", 2);
        run.defers(1, 2, "a", 5, Mode.EXCLUSIVE);
        assertSays(run.trace("--story", "5@2"), "defers it: it has been inside with 1@1 shared for ", ", and it has been inside with 3@1 shared for ");
    }

    @Test
    void thePageHasTheModeOfEachBar() throws IOException {
        readersAndUnits();
        run.trace("--html", folder.resolve("run.html").toString());
        String html = Files.readString(folder.resolve("run.html"));
        assertTrue(html.contains("\"1@1\",") && html.contains(",0,\"shared\"]") && html.contains(",0,\"2/4\"]") && html.contains(",0,\"\"]"), html::toString);
    }

    @Test
    void theReportHasTheRequirementsOfModes() throws IOException {
        readersAndUnits();
        run.trace("--report", folder.resolve("report.html").toString());
        String html = Files.readString(folder.resolve("report.html"));
        assertTrue(html.contains("Safety: no two that exclude each other") && html.contains("Safety: units"), html::toString);
    }

    // Logs that begin in the middle.

    @Test
    void anEntryWhoseModeNoLogTellsIsNotJudged() {
        enters(1, "a", 1, Mode.SHARED, 11);
        run.enters(2, "a", 2, 11);
        assertRight();
    }

    @Test
    void anEntryWhoseModeAMessageTellsIsJudged() {
        enters(1, "a", 1, Mode.EXCLUSIVE, 11);
        run.defers(1, 2, "a", 2, Mode.SHARED);
        run.enters(2, "a", 2, 12);
        assertBroken("peer2.log:1: [a] peer 2 entered with 2@2 shared while peer 1 was inside with 1@1 (", "one holder at a time");
    }

    public static void main(String[] args) {
        Run.only(KindsTraceTest.class);
    }
}
