///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java simulation/Explorer.java simulation/Locals.java simulation/Visited.java simulation/Fingerprint.java
//SOURCES ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import mutex.algorithm.AlgorithmKind;
import mutex.algorithm.RicartAgrawala;
import mutex.algorithm.RingKind;
import mutex.algorithm.RoucairolCarvalho;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tests.simulation.Explorer;

/**
 * Every state that the real nodes can reach, one lock, within the bounds of each test: how often each
 * peer asks, one request at a time; every message may be overtaken or lost; so many deliveries in all
 * leave a copy behind that arrives again; a holder may release at any instant, and where it says so a
 * waiting peer may cancel at any instant. In each state at most one peer holds the lock, and each entry
 * takes a fence above all before; when nothing is under way, nobody waits unless somebody is inside.
 * No crash, no broken link and no group change is in here: the simulator has those.
 *
 * <p>A number of states that differs means that the protocol does: look, then correct the number.
 */
class ExplorerTest {

    private static final boolean CANCELS = true;
    private static final AlgorithmKind ASKED = RicartAgrawala.KIND;
    private static final AlgorithmKind KEPT = RoucairolCarvalho.KIND;
    private static final AlgorithmKind RING = new RingKind(Long.MAX_VALUE / 2, false); // once quiet, it rests until it is woken

    @Test
    void threePeersWithFourRequestsInAll() {
        assertEquals(40_465, new Explorer(ASKED, 3, 2, 4, 0, !CANCELS).explore());
    }

    @Test
    @Tag("long")
    void threePeersWithTwoRequestsEach() {
        assertEquals(397_814, new Explorer(ASKED, 3, 2, 6, 0, !CANCELS).explore());
    }

    @Test
    @Tag("long")
    void threePeersWithFourRequestsInAllAndACopy() {
        assertEquals(987_514, new Explorer(ASKED, 3, 2, 4, 1, !CANCELS).explore());
    }

    @Test
    @Tag("slow")
    void threePeersThatMayCancelWithTwoRequestsInAllAndThreeCopies() {
        assertEquals(581_359, new Explorer(ASKED, 3, 2, 2, 3, CANCELS).explore());
    }

    @Test
    @Tag("long")
    void threePeersThatMayCancelWithOneRequestEachAndACopy() {
        assertEquals(1_145_034, new Explorer(ASKED, 3, 1, 3, 1, CANCELS).explore());
    }

    @Test
    void twoPeersWithTwoRequestsEachAndACopy() {
        assertEquals(3_123, new Explorer(ASKED, 2, 2, 4, 1, !CANCELS).explore());
    }

    @Test
    @Tag("long")
    void twoPeersWithThreeRequestsEachAndTwoCopies() {
        assertEquals(485_857, new Explorer(ASKED, 2, 3, 6, 2, !CANCELS).explore());
    }

    @Test
    @Tag("long")
    void twoPeersThatMayCancelWithThreeRequestsEach() {
        assertEquals(3_234_655, new Explorer(ASKED, 2, 3, 6, 0, CANCELS).explore());
    }

    @Test
    @Tag("long")
    void twoPeersThatMayCancelWithTwoRequestsEachAndTwoCopies() {
        assertEquals(1_426_088, new Explorer(ASKED, 2, 2, 4, 2, CANCELS).explore());
    }

    @Test
    void twoPeersThatMayCancelWithTwoRequestsEach() {
        assertEquals(15_989, new Explorer(ASKED, 2, 2, 4, 0, CANCELS).explore());
    }

    // Modes, several askers of a peer, and several locks at once.

    @Test
    @Tag("slow")
    void threePeersThatReadAndWrite() {
        assertEquals(280_677, Explorer.of(1, 0, !CANCELS, "a:shared a", "a a:shared", "a:shared").explore());
    }

    @Test
    void twoPeersWithTwoAskersOfAPool() {
        assertEquals(127_395, Explorer.of(2, 0, !CANCELS, "a:2/3 a:1/3", "a:1/3 a:2/3").explore());
    }

    @Test
    void twoPeersWithTwoReadersEachThatJoinAndAWriter() {
        assertEquals(31_134, Explorer.of(2, 0, CANCELS, "a:shared a:shared", "a a:shared").explore());
    }

    @Test
    @Tag("slow")
    void twoPeersWithTwoLocksInOppositeOrder() {
        assertEquals(47_644, Explorer.of(2, 0, CANCELS, "a,b b", "b,a a").explore());
    }

    // Kept permissions: entries need not come in the order of stamps.

    @Test
    void threePeersThatKeepPermissionsWithTwoRequestsEach() {
        assertEquals(48_277, new Explorer(KEPT, 3, 2, 6, 0, !CANCELS).explore());
    }

    @Test
    void threePeersThatKeepPermissionsWithTwoRequestsInAllAndACopy() {
        assertEquals(5_125, new Explorer(KEPT, 3, 1, 2, 1, !CANCELS).explore());
    }

    @Test
    @Tag("long")
    void threePeersThatKeepPermissionsWithFourRequestsInAllAndACopy() {
        assertEquals(314_194, new Explorer(KEPT, 3, 2, 4, 1, !CANCELS).explore());
    }

    @Test
    void threePeersThatKeepPermissionsAndMayCancelWithOneRequestEach() {
        assertEquals(146_179, new Explorer(KEPT, 3, 1, 3, 0, CANCELS).explore());
    }

    // A ring, with the making of its first token.

    @Test
    @Tag("slow")
    void ringOfThreeWithOneRequestEach() {
        assertEquals(368_815, new Explorer(RING, 3, 1, 3, 0, !CANCELS).explore());
    }

    @Test
    void ringOfTwoWithOneRequestEachAndACopy() {
        assertEquals(6_301, new Explorer(RING, 2, 1, 2, 1, !CANCELS).explore());
    }

    @Test
    @Tag("long")
    void ringOfTwoWithThreeRequestsInAllAndACopy() {
        assertEquals(123_060, new Explorer(RING, 2, 2, 3, 1, !CANCELS).explore());
    }

    @Test
    void ringOfThreeThatMayCancelWithTwoRequestsInAll() {
        assertEquals(34_611, new Explorer(RING, 3, 1, 2, 0, CANCELS).explore());
    }

    public static void main(String[] args) {
        Run.only(ExplorerTest.class);
    }
}
