///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java simulation/Entries.java simulation/Table.java
//SOURCES ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import mutex.algorithm.Algorithm.Outgoing;
import mutex.algorithm.LockMode;
import mutex.algorithm.Message;
import mutex.algorithm.Message.Permission;
import mutex.algorithm.Message.Refusal;
import mutex.algorithm.Message.Request;
import mutex.algorithm.Mode;
import mutex.algorithm.RicartAgrawala;
import mutex.algorithm.Stamp;
import mutex.event.Effect.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tests.simulation.Entries;
import tests.simulation.Table;

/** One test per rule of the kinds of lock (protocol.md, K1 to K7); the method name is the rule. */
class KindsTest {

    private static final Mode A = new Mode.OfKind("a");
    private static final Mode B = new Mode.OfKind("b");

    private final RicartAgrawala two = new RicartAgrawala(2, Set.of(1, 3)); // peer 2 of 1, 2, 3
    private final Table table = Table.begun(3);

    private static Mode units(long take, long of) {
        return new Mode.Units(take, of);
    }

    private static Request request(long time, int peer, Mode mode) {
        return new Request(new Stamp(time, peer), false, mode);
    }

    private static Permission permission(long time, int peer, long used) {
        return new Permission(new Stamp(time, peer), used);
    }

    private static List<Outgoing> to(int peer, Message message) {
        return List.of(new Outgoing(peer, message));
    }

    private void twoEnters(long time, Mode mode) {
        two.request(request(time, 2, mode));
        two.receive(1, permission(time, 2, 0));
        two.receive(3, permission(time, 2, 0));
        two.enter(Set.of());
    }

    // What excludes what.

    @Test
    void modesThatExcludeEachOther() {
        List<Mode> modes = List.of(Mode.EXCLUSIVE, Mode.SHARED, A, B, units(2, 4), units(3, 4), units(1, 5));
        for (Mode one : modes) {
            for (Mode other : modes) {
                boolean together = one.equals(other) && (one.equals(Mode.SHARED) || one instanceof Mode.OfKind || one.equals(units(2, 4)) || one.equals(units(1, 5)));
                assertEquals(!together, one.excludes(other), one + " and " + other);
            }
        }
    }

    // K1: how a request is answered.

    @Test
    void sharedGoesBesideShared() {
        twoEnters(5, Mode.SHARED);
        assertEquals(to(1, permission(7, 1, 0)), two.receive(1, request(7, 1, Mode.SHARED)));
        assertEquals(List.of(), two.receive(3, request(8, 3, Mode.EXCLUSIVE)));
    }

    /** A restarted or new peer may ask with a stamp older than a hold that it has never heard of. */
    @Test
    void holdsCountWhateverTheirStamps() {
        twoEnters(5, Mode.EXCLUSIVE);
        assertEquals(List.of(), two.receive(1, request(3, 1, Mode.SHARED)));
    }

    @Test
    void olderWishCountsAndAYoungerDoesNot() {
        two.request(request(5, 2, Mode.EXCLUSIVE));
        assertEquals(to(1, permission(4, 1, 0)), two.receive(1, request(4, 1, Mode.SHARED)));
        assertEquals(List.of(), two.receive(3, request(6, 3, Mode.SHARED))); // readers do not pass a writer that waits
    }

    @Test
    void unitsAreAnsweredWithWhatIsUsedHere() {
        twoEnters(5, units(2, 4));
        assertEquals(to(1, permission(7, 1, 2)), two.receive(1, request(7, 1, units(2, 4))));
        assertEquals(List.of(), two.receive(3, request(8, 3, units(3, 4)))); // does not fit beside it
        two.request(request(9, 2, units(1, 4)));
        assertEquals(to(1, permission(10, 1, 3)), two.receive(1, request(10, 1, units(1, 4)))); // the hold, and the older wish
    }

    @Test
    void poolsOfDifferentSizesExcludeEachOther() {
        twoEnters(5, units(1, 4));
        assertEquals(List.of(), two.receive(1, request(7, 1, units(1, 5))));
    }

    @Test
    void tryIsRefusedByWhoeverWouldDeferIt() {
        twoEnters(5, Mode.SHARED);
        assertEquals(to(1, new Refusal(new Stamp(7, 1), true)), two.receive(1, new Request(new Stamp(7, 1), true, Mode.EXCLUSIVE)));
        assertEquals(to(1, permission(8, 1, 0)), two.receive(1, new Request(new Stamp(8, 1), true, Mode.SHARED)));
    }

    // K2: what is said later.

    @Test
    void whoHasRoomAfterAnExitIsAnsweredTheOldestFirst() {
        twoEnters(5, Mode.EXCLUSIVE);
        two.receive(3, request(7, 3, Mode.SHARED));
        two.receive(1, request(8, 1, Mode.EXCLUSIVE));
        assertEquals(List.of(new Outgoing(3, permission(7, 3, 0)), new Outgoing(1, permission(8, 1, 0))), two.exit(new Stamp(5, 2)));
    }

    @Test
    void whoHasNoRoomYetWaitsOn() {
        twoEnters(5, Mode.SHARED);
        two.join(new Stamp(6, 2), Mode.SHARED);
        two.receive(1, request(7, 1, Mode.EXCLUSIVE));
        assertEquals(List.of(), two.exit(new Stamp(5, 2)));
        assertEquals(to(1, permission(7, 1, 0)), two.exit(new Stamp(6, 2)));
    }

    @Test
    void lowerFigureIsSaidAndZeroIsTheLastWord() {
        twoEnters(5, units(1, 4));
        two.request(request(6, 2, units(2, 4)));
        two.receive(1, permission(6, 2, 0));
        two.receive(3, permission(6, 2, 0));
        two.enter(Set.of());
        assertEquals(to(1, permission(7, 1, 3)), two.receive(1, request(7, 1, units(1, 4))));
        assertEquals(to(1, permission(7, 1, 1)), two.exit(new Stamp(6, 2)));
        assertEquals(to(1, permission(7, 1, 0)), two.exit(new Stamp(5, 2)));
        twoEnters(9, units(1, 4));
        assertEquals(List.of(), two.exit(new Stamp(9, 2))); // it is forgotten
    }

    @Test
    void newerRequestOfAPeerReplacesTheOlder() {
        twoEnters(5, Mode.EXCLUSIVE);
        two.receive(1, request(8, 1, Mode.SHARED));
        two.receive(1, request(7, 1, Mode.EXCLUSIVE)); // a late copy
        assertEquals(to(1, permission(8, 1, 0)), two.exit(new Stamp(5, 2)));
    }

    @Test
    void whoHasANewEpochIsForgotten() {
        twoEnters(5, units(1, 4));
        two.receive(1, request(7, 1, units(1, 4)));
        two.onPeerEpoch(1);
        assertEquals(List.of(), two.exit(new Stamp(5, 2)));
    }

    // K3, K4: when to enter.

    @Test
    void leastFigureOfEachCounts() {
        two.request(request(5, 2, units(3, 4)));
        two.receive(1, permission(5, 2, 1));
        two.receive(3, permission(5, 2, 1));
        assertFalse(two.ready(Set.of()));
        two.receive(3, permission(5, 2, 0));
        assertTrue(two.ready(Set.of()));
        two.receive(3, permission(5, 2, 1)); // a late copy
        assertTrue(two.ready(Set.of()));
    }

    @Test
    void figuresAddUpWithOnesOwnHolds() {
        twoEnters(4, units(1, 4));
        two.request(request(5, 2, units(2, 4)));
        two.receive(1, permission(5, 2, 1));
        assertFalse(two.ready(Set.of()));
        two.receive(3, permission(5, 2, 1));
        assertFalse(two.ready(Set.of()));
        assertTrue(two.full(Set.of()));
        assertTrue(two.ready(Set.of(3))); // the absent one counts as 0
    }

    @Test
    void ownHoldsThatLeaveNoRoomComeBeforeAsking() {
        twoEnters(4, units(3, 4));
        assertThrows(IllegalStateException.class, () -> two.request(request(5, 2, units(2, 4))));
        assertFalse(two.hasRoom(units(2, 4)));
    }

    @Test
    void severalLocksAreEnteredAndLeftInOneStep() {
        long holder = table.askFor(1, "b");
        table.settle();
        long both = table.askFor(2, "a,b");
        table.settle();
        assertNull(table.entered(2, both));
        assertEquals(List.of(), table.holders("a"));
        table.withdraw(1, holder);
        table.settle();
        assertNotNull(table.entered(2, both));
        assertEquals(List.of(2), table.holders("a"));
        assertEquals(List.of(2), table.holders("b"));
        long next = table.askFor(3, "a,b");
        table.settle();
        table.withdraw(2, both);
        table.settle();
        assertNotNull(table.entered(3, next));
    }

    /** The parts for one peer share a frame. */
    @Test
    void severalLocksCostNoMoreFramesThanOne() {
        table.askFor(1, "a,b,c");
        assertEquals(4, table.settle().size());
    }

    @Test
    void ofTwoInOppositeOrderTheOlderGoesFirst() {
        long one = table.askFor(1, "a,b");
        long two = table.askFor(2, "b,a");
        table.settle();
        assertNotNull(table.entered(1, one));
        assertNull(table.entered(2, two));
        table.withdraw(1, one);
        table.settle();
        assertNotNull(table.entered(2, two));
    }

    // K5: who of one's own askers asks.

    @Test
    void askerWaitsUntilItIsFirstAtAllItsLocks() {
        long a = table.askFor(1, "a");
        long both = table.askFor(1, "a,b");
        long b = table.askFor(1, "b");
        table.settle();
        assertNotNull(table.entered(1, a));
        assertNull(table.entered(1, b)); // it came after the one that waits for a
        table.withdraw(1, a);
        table.settle();
        assertNotNull(table.entered(1, both));
        table.withdraw(1, both);
        table.settle();
        assertNotNull(table.entered(1, b));
    }

    @Test
    void nextAskerAsksWhileAHoldThatLeavesItRoomStays() {
        long first = table.askFor(1, "pool:1/2");
        table.settle();
        long second = table.askFor(1, "pool:1/2");
        table.settle();
        long third = table.askFor(1, "pool:1/2");
        table.settle();
        assertNotNull(table.entered(1, second));
        assertNull(table.entered(1, third));
        table.withdraw(1, first);
        table.settle();
        assertNotNull(table.entered(1, third));
    }

    // K6: join.

    @Test
    void readersOfOnePeerJoinWithoutAMessage() {
        long first = table.askFor(1, "a:shared,b:kind=x");
        table.settle();
        for (int i = 0; i < 10; i++) {
            long more = table.askFor(1, "b:kind=x,a:shared");
            assertNotNull(table.entered(1, more));
            assertEquals(table.entered(1, first).fence(), table.entered(1, more).fence());
        }
        assertEquals(List.of(), table.settle());
    }

    @Test
    void whoWaitedBehindARequestForSeveralLocksJoinsItAtOnce() {
        long other = table.askFor(2, "a");
        table.settle();
        table.askFor(1, "a:shared,b:shared");
        long reader = table.askFor(1, "b:shared");
        table.settle();
        assertNull(table.entered(1, reader)); // an older asker waits for b
        table.withdraw(2, other);
        table.settle();
        assertNotNull(table.entered(1, reader));
    }

    @Test
    void nobodyJoinsPastADeferredRequest() {
        long reader = table.askFor(1, "a:shared");
        table.settle();
        long writer = table.askFor(2, "a");
        table.settle();
        long late = table.askFor(1, "a:shared");
        table.settle();
        assertNull(table.entered(1, late));
        table.withdraw(1, reader);
        table.settle();
        assertNotNull(table.entered(2, writer));
        assertNull(table.entered(1, late));
        table.withdraw(2, writer);
        table.settle();
        assertNotNull(table.entered(1, late));
    }

    @Test
    void nobodyJoinsPastAnOlderAskerOfItsPeer() {
        long reader = table.askFor(1, "a:shared");
        table.settle();
        long writer = table.askFor(1, "a");
        long late = table.askFor(1, "a:shared");
        table.settle();
        assertNull(table.entered(1, late));
        table.withdraw(1, reader);
        table.settle();
        assertNotNull(table.entered(1, writer));
        assertNull(table.entered(1, late));
    }

    /** A newcomer has had a group of its own, with higher fences. */
    @Test
    void nobodyJoinsThoseWhoEnteredBeforeTheGroupChanged() {
        Table two = Table.begun(2);
        long before = two.askFor(1, "a:shared");
        two.settle();
        two.start(3);
        long alone = two.askFor(3, "a");
        long fence = two.entered(3, alone).fence();
        two.withdraw(3, alone);
        two.add(1, 3);
        two.linkAll();
        two.settle();
        assertEquals(3, two.group(1).members().size());
        assertTrue(two.entered(1, before).fence() < fence);
        long reader = two.askFor(1, "a:shared");
        assertNull(two.entered(1, reader));
        two.settle();
        assertTrue(two.entered(1, reader).fence() > fence);
    }

    @Test
    void joinNeedsTheSameModeAtEachOfItsLocks() {
        twoEnters(5, Mode.SHARED);
        assertTrue(two.mayJoin(Mode.SHARED));
        for (Mode other : List.of(A, Mode.EXCLUSIVE, units(1, 4))) {
            assertFalse(two.mayJoin(other));
            assertThrows(IllegalStateException.class, () -> two.join(new Stamp(9, 2), other));
        }
        two.exit(new Stamp(5, 2));
        twoEnters(7, units(1, 4));
        assertFalse(two.mayJoin(units(1, 4))); // units add up, and others have to be asked
    }

    @Test
    void writerIsNotLetInBesideOneReaderOfTwo() {
        Table two = Table.begun(2);
        long first = two.askFor(1, "a:shared");
        two.settle();
        long second = two.askFor(1, "a:shared");
        assertTrue(two.entered(1, second) != null && two.entered(1, first) != null);
        two.withdraw(1, first);
        long writer = two.askFor(2, "a");
        two.settle();
        assertNull(two.entered(2, writer));
        two.withdraw(1, second);
        two.settle();
        assertTrue(two.entered(2, writer).fence() > two.entered(1, second).fence());
    }

    @Test
    void unitsThatEndedAreFreeForOthers() {
        Table two = Table.begun(2);
        long most = two.askFor(1, "a:2/4");
        two.settle();
        long one = two.askFor(1, "a:1/4");
        two.settle();
        assertTrue(two.entered(1, most) != null && two.entered(1, one) != null);
        long half = two.askFor(2, "a:2/4");
        two.settle();
        assertNull(two.entered(2, half));
        two.withdraw(1, most);
        two.settle();
        assertTrue(two.entered(2, half) != null);
        long rest = two.askFor(2, "a:1/4");
        two.settle();
        assertTrue(two.entered(2, rest) != null);
    }

    // K7: the first request for units in an epoch.

    /** All have asked for units, and answered. */
    private static Table warm(Table table) {
        for (int id = 1; id <= 3; id++) {
            long asker = table.askFor(id, "warm:1/2");
            table.run(Table.STEP);
            table.withdraw(id, asker);
        }
        table.run(Table.STEP);
        return table;
    }

    private static void count(Table table, int id, int requests) {
        for (int i = 0; i < requests; i++) {
            table.withdraw(id, table.ask(id, "another"));
        }
    }

    /**
     * Peer 1 permits 3, dies, forgets, and asks with a lower stamp than that of 3, which is inside. Peer 2 is between the two: it has
     * its permission of 3 from before that entry.
     */
    @ParameterizedTest
    @ValueSource(strings = {"pool:2/4", "pool:2/4,other", "other:shared,pool:2/4"})
    void whoWasStartedAnewStandsBehindThoseItHadPermitted(String wanted) {
        warm(table);
        table.lose(sent -> true);
        count(table, 3, 9);
        table.lose(sent -> sent.between(1, 2));
        long second = table.askFor(2, "pool:2/4");
        table.settle();
        long third = table.askFor(3, "pool:2/4");
        table.settle();
        assertEquals(List.of(3), table.holders("pool"));
        table.crash(1);
        table.restart(1);
        table.lose(sent -> false);
        long first = table.askFor(1, wanted);
        table.link(1, 2);
        table.settle();
        table.link(1, 3);
        table.settle();
        assertNotNull(table.entered(2, second));
        assertEquals(List.of(2, 3), table.holders("pool"));
        table.withdraw(3, third);
        table.settle();
        assertNotNull(table.entered(1, first));
    }

    /** The same circle with a lease: peer 2 enters without 3, which was absent and asks with a lower stamp when it is back. */
    @Test
    void whoWasAbsentStandsBehindThoseWhoEnteredWithoutIt() {
        Table leased = warm(Table.leased(3));
        leased.lose(sent -> sent.to() == 3 || sent.frame().from() == 3);
        leased.run(4 * Table.LEASE);
        assertEquals(Set.of(3), leased.view(2).standing().absent());
        Predicate<Table.Sent> apart = sent -> sent.between(2, 3) || !sent.relayed().isEmpty();
        leased.lose(apart);
        leased.run(Table.LEASE / 2);
        assertTrue(leased.view(3).standing().good());
        leased.lose(apart.or(sent -> sent.between(1, 3)));
        count(leased, 1, 9);
        long first = leased.askFor(1, "pool:2/4");
        leased.settle();
        long second = leased.askFor(2, "pool:2/4");
        leased.run(Table.LEASE / 4);
        assertNotNull(leased.entered(2, second));
        long third = leased.askFor(3, "pool:2/4");
        leased.lose(apart);
        leased.unlink(1, 3);
        leased.link(1, 3);
        leased.settle();
        leased.lose(sent -> false);
        leased.unlink(2, 3);
        leased.link(2, 3);
        leased.run(Table.LEASE / 4);
        assertEquals(List.of(1, 2), leased.holders("pool"));
        leased.withdraw(1, first);
        leased.run(Table.LEASE);
        assertNotNull(leased.entered(3, third));
    }

    @Test
    void absentNeedNotHaveAnswered() {
        Table leased = Table.leased(3);
        leased.lose(sent -> sent.to() == 3 || sent.frame().from() == 3);
        leased.run(4 * Table.LEASE);
        long asker = leased.askFor(1, "pool:2/4");
        leased.run(Table.LEASE / 4);
        assertNotNull(leased.entered(1, asker));
    }

    /** Two requests that exclude each other need no new stamp, as one of the two counts the other. */
    @Test
    void onlyTheFirstRequestForUnitsIsMadeTwice() {
        for (String locks : List.of("a", "b:shared", "c:kind=x")) {
            assertEquals(4, Entries.enters(table, 1, locks), locks);
        }
        assertEquals(8, Entries.enters(table, 1, "d:1/2"));
        assertEquals(4, Entries.enters(table, 1, "d:1/2"));
        assertEquals(2 * 4, Entries.enters(table, 1, "e,f:2/3"));
        table.crash(2);
        table.restart(2);
        table.linkAll();
        table.settle();
        assertEquals(4, Entries.enters(table, 1, "d:1/2"), "the others have a new process, not this peer");
    }

    @Test
    void whoComesBackIntoTheGroupAsksTwiceAgain() {
        assertEquals(8, Entries.enters(table, 1, "d:1/2"));
        table.removeByForce(2, 1);
        table.settle();
        assertNull(table.group(1));
        table.add(2, 1);
        table.settle();
        assertEquals(Set.of(1, 2, 3), table.group(1).members().keySet());
        assertEquals(8, Entries.enters(table, 1, "d:1/2"));
        assertEquals(4, Entries.enters(table, 1, "d:1/2"));
    }

    @Test
    void lowerFigureThatWasLostWithALinkIsSaidAgain() {
        long second = table.askFor(2, "pool:1/4");
        table.settle();
        table.askFor(3, "pool:1/4");
        table.settle();
        long first = table.askFor(1, "pool:3/4");
        table.settle();
        table.unlink(1, 2);
        table.withdraw(2, second);
        table.settle();
        assertNull(table.entered(1, first));
        table.link(1, 2);
        table.settle();
        assertNotNull(table.entered(1, first));
    }

    // Tries.

    @Test
    void tryForUnitsEndsWhenAllHaveAnsweredAndItDoesNotFit() {
        table.askFor(1, "pool:1/3");
        table.askFor(2, "pool:1/3");
        table.settle();
        long attempt = table.askFor(3, "pool:2/3", true);
        table.settle();
        assertEquals(Outcome.REFUSED, table.ended(3, attempt).outcome());
        assertNotNull(table.entered(3, tried("pool:1/3")));
    }

    private long tried(String locks) {
        long attempt = table.askFor(3, locks, true);
        table.settle();
        return attempt;
    }

    @Test
    void tryForSeveralLocksIsRefusedAsAWhole() {
        table.askFor(1, "b");
        table.settle();
        assertEquals(Outcome.REFUSED, table.ended(3, tried("a,b,c")).outcome());
        assertEquals(List.of(), table.holders("a"));
        long free = table.askFor(2, "a,c");
        table.settle();
        assertNotNull(table.entered(2, free));
    }

    @Test
    void exclusiveCostsWhatItCosts() {
        assertEquals(4, Entries.enters(table, 1, "a"));
    }

    // Text.

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"a|a", "a,b:shared,gpu:2/8|a,b:shared,gpu:2/8", "a:exclusive|a", "host:80|host:80", "x:kind=red|x:kind=red", "a:b:shared|a:b:shared"})
    void locksAndModesAsTheyAreWritten(String text, String again) {
        List<LockMode> locks = LockMode.parse(text);
        assertEquals(again, String.join(",", locks.stream().map(LockMode::toString).toList()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a,a", "a:7/3", "a:0/3", "a:1/0", "a:-1/3", "a:1/9999999", "a:mode=x", "a:kind=", "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q"})
    void whatIsNoListOfLocksIsSaidInALine(String text) {
        IllegalArgumentException wrong = assertThrows(IllegalArgumentException.class, () -> LockMode.parse(text));
        assertFalse(wrong.getMessage().contains("\n"));
    }

    public static void main(String[] args) {
        Run.only(KindsTest.class);
    }
}
