///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java simulation/Table.java support/FreePorts.java support/Jvm.java support/PeerProcesses.java
//SOURCES support/Running.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import mutex.algorithm.AlgorithmKind;
import mutex.algorithm.Message.Request;
import mutex.algorithm.RicartAgrawala;
import mutex.algorithm.RingKind;
import mutex.algorithm.RoucairolCarvalho;
import mutex.algorithm.TokenRing;
import mutex.client.Mutex;
import mutex.client.NotAcquired;
import mutex.client.NotAcquired.Cause;
import mutex.event.Effect.Outcome;
import mutex.text.LockName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tests.simulation.Table;
import tests.support.PeerProcesses;
import tests.support.Running;

/** C7: a wait that is over says that another has the lock only when another has said so. */
@Timeout(120)
class LateWaitTest {

    private static final String LOCK = LockName.DEFAULT;

    private static AlgorithmKind named(String name) {
        return switch (name) {
            case RoucairolCarvalho.NAME -> RoucairolCarvalho.KIND;
            case TokenRing.NAME -> new RingKind(Table.SECOND, false);
            default -> RicartAgrawala.KIND;
        };
    }

    private static long wait(Table table, int peer) {
        return table.ask(peer, LOCK, false, table.now() + Table.SECOND);
    }

    private static void assertEnded(Table table, int peer, long asker, Outcome outcome, String reason) {
        assertNotNull(table.ended(peer, asker), "has not ended");
        assertEquals(outcome + ": " + reason, table.ended(peer, asker).outcome() + ": " + table.ended(peer, asker).reason());
    }

    @ParameterizedTest
    @ValueSource(strings = {RicartAgrawala.NAME, RoucairolCarvalho.NAME, TokenRing.NAME})
    void whoIsInsideSaysSoAtOnce(String algorithm) {
        Table table = Table.begun(3, named(algorithm));
        long holder = table.ask(1, LOCK);
        table.settle();
        long late = wait(table, 2);
        table.pass(1);
        assertEnded(table, 2, late, Outcome.EXPIRED, "peer 1 holds it");
        long next = wait(table, 2);
        table.withdraw(1, holder);
        table.pass(2);
        assertNotNull(table.entered(2, next), "nothing is left of the late one");
    }

    @ParameterizedTest
    @ValueSource(strings = {RicartAgrawala.NAME, RoucairolCarvalho.NAME})
    void whoHasStoppedIsNamed(String algorithm) {
        Table table = Table.begun(3, named(algorithm));
        table.lose(sent -> sent.to() == 3); // it is stopped, and its links are there
        long late = wait(table, 2);
        long behind = table.ask(2, LOCK, false, table.now() + 2 * Table.SECOND);
        table.run(3 * Table.SECOND);
        assertNull(table.ended(2, late), "it may still answer");
        table.run(600_000_000L);
        assertEnded(table, 2, late, Outcome.UNANSWERED, "no answer from peer 3 for 2.5 s");
        assertEnded(table, 2, behind, Outcome.UNANSWERED, "no answer from peer 3 for 2.5 s");
    }

    @Test
    void aTokenThatIsWithWhoHasStoppedIsNotHeld() {
        Table table = Table.begun(3, named(TokenRing.NAME));
        table.withdraw(1, table.ask(1, LOCK));
        table.lose(sent -> sent.to() == 3);
        table.pass(10);
        long late = wait(table, 2);
        table.run(4 * Table.SECOND);
        assertEnded(table, 2, late, Outcome.UNANSWERED, "the group has not let it enter within 3.5 s: the token is elsewhere");
    }

    @Test
    void whoWaitsBehindALongerWaitIsToldTheSame() {
        Table table = Table.begun(2);
        table.lose(sent -> sent.to() == 2);
        long endless = table.ask(1, LOCK);
        long late = wait(table, 1);
        long later = wait(table, 1);
        table.run(4 * Table.SECOND);
        assertEnded(table, 1, late, Outcome.UNANSWERED, "no answer from peer 2 for 2.5 s");
        assertEnded(table, 1, later, Outcome.UNANSWERED, "no answer from peer 2 for 2.5 s");
        long attempt = table.ask(1, LOCK, true, Long.MAX_VALUE);
        assertEquals(Outcome.UNANSWERED, table.ended(1, attempt).outcome(), "not: asked first");
        table.lose(sent -> false);
        table.unlink(1, 2);
        table.link(1, 2);
        table.settle();
        assertNotNull(table.entered(1, endless), "nobody's question ended that");
    }

    @Test
    void whoAskedFirstDoesNotSpeakForWhoHasStopped() {
        Table table = Table.begun(3);
        table.lose(sent -> sent.to() == 3);
        table.ask(1, LOCK);
        table.settle();
        long late = wait(table, 2);
        table.run(4 * Table.SECOND);
        assertEnded(table, 2, late, Outcome.UNANSWERED, "no answer from peer 3 for 2.5 s");
    }

    @Test
    void whoAskedFirstWillDoWhereAllOthersAnswer() {
        Table table = Table.begun(3);
        table.lose(sent -> sent.goes(3, 1)); // so peer 1 goes on waiting
        table.ask(1, LOCK);
        table.settle();
        long late = wait(table, 2);
        table.pass(1);
        assertEnded(table, 2, late, Outcome.EXPIRED, "peer 1 asked first");
    }

    @Test
    void whoIsLetInMeanwhileEnters() {
        Table table = Table.begun(2);
        long holder = table.ask(1, LOCK);
        table.settle();
        long late = wait(table, 2);
        long other = wait(table, 2);
        table.delay(sent -> sent.messages().stream().anyMatch(message -> message instanceof Request request && request.attempt()));
        table.pass(1);
        table.withdraw(1, holder);
        table.settle();
        assertNotNull(table.entered(2, late));
        assertEnded(table, 2, other, Outcome.EXPIRED, "peer 2 holds it");
        table.deliverLate();
        assertEquals(List.of(2), table.holders(LOCK), "an answer that comes later changes nothing");
    }

    @Test
    void whatWasAskedForAWaitThatIsCancelledIsAskedAgainForTheNext() {
        Table table = Table.begun(2);
        table.ask(1, LOCK);
        table.settle();
        table.ask(2, LOCK);
        table.lose(sent -> sent.to() == 1);
        table.withdraw(2, passed(table));
        table.lose(sent -> false);
        assertEnded(table, 2, passed(table), Outcome.EXPIRED, "peer 1 holds it");
    }

    @Test
    void eachWaitIsAskedForAnew() {
        Table table = Table.begun(2);
        table.ask(1, LOCK);
        table.settle();
        table.ask(2, LOCK);
        assertEnded(table, 2, passed(table), Outcome.EXPIRED, "peer 1 holds it");
        table.lose(sent -> sent.to() == 1);
        long late = wait(table, 2);
        table.run(4 * Table.SECOND);
        assertEquals(Outcome.UNANSWERED, table.ended(2, late).outcome(), "what it said then is old");
    }

    private static long passed(Table table) {
        long late = wait(table, 2);
        table.pass(1);
        return late;
    }

    @Test
    void answersToAnotherRequestDoNotCount() {
        Table table = Table.begun(2);
        table.ask(1, LOCK);
        table.settle();
        table.delay(sent -> sent.goes(1, 2)); // what is said to the first of two waits
        long first = wait(table, 2);
        table.pass(1);
        table.withdraw(2, first);
        table.lose(sent -> sent.to() == 1);
        long second = wait(table, 2);
        table.pass(1);
        table.deliverLate();
        assertNull(table.ended(2, second), "that was said of the first one");
        table.run(3 * Table.SECOND);
        assertEquals(Outcome.UNANSWERED, table.ended(2, second).outcome());
    }

    @Test
    void theNextRequestAsksForTheLate() {
        Table table = Table.begun(2);
        table.ask(1, LOCK);
        table.settle();
        long first = table.ask(2, LOCK);
        long late = wait(table, 2);
        table.lose(sent -> sent.goes(1, 2)); // the answers to the roll call of the first request
        table.pass(1);
        table.lose(sent -> false);
        assertNull(table.ended(2, late));
        table.withdraw(2, first);
        table.settle();
        assertEnded(table, 2, late, Outcome.EXPIRED, "peer 1 holds it");
    }

    @Test
    void withoutAMajorityNobodyIsSaidToHaveIt() {
        Table table = Table.leased(3);
        long late = wait(table, 1);
        table.unlink(1, 2);
        table.unlink(1, 3);
        table.withdraw(1, late); // it had entered
        long next = wait(table, 1);
        table.run(4 * Table.SECOND);
        assertEquals(Outcome.UNANSWERED, table.ended(1, next).outcome());
    }

    /** Choosing a peer takes longer than that. */
    @Test
    void aWaitThatIsOverBeforeAnybodyWasAskedAsks(@TempDir Path folder) throws Exception {
        try (PeerProcesses peers = new PeerProcesses(folder); Mutex mutex = Mutex.connect(alone(peers), alone(peers))) {
            for (int i = 0;; i++) {
                try {
                    mutex.acquire("x", Duration.ofMillis(1)).close();
                    return;
                } catch (NotAcquired late) { // a busy machine: none has answered within 2 s
                    assertEquals(Cause.UNREACHABLE, late.kind(), late::getMessage);
                    assertTrue(i < 10, late::getMessage);
                }
            }
        }
    }

    private static String alone(PeerProcesses peers) {
        return "localhost:" + peers.alone("--no-shell").await("listens on localhost:(\\d+)").group(1);
    }

    /** By each way to a lock, as programs use it. */
    @Test
    @Tag("slow")
    void besideAStoppedPeerNobodyIsToldThatAnotherHasIt(@TempDir Path folder) {
        try (PeerProcesses peers = new PeerProcesses(folder)) {
            List<Running> pair = peers.group(2);
            String first = "localhost:" + pair.get(0).await("listens on localhost:(\\d+)").group(1);
            pair.get(0).say("request x").await("\\[x\\] HELD");
            pair.get(0).say("release x").await("\\[x\\] given back");
            pair.get(1).signal("STOP");
            Running hold = peers.run(PeerProcesses.command(folder, "hold", "--peer", first, "-w", "0.5", "x"));
            Running lock = peers.run(PeerProcesses.command(folder, "lock", "--peer", first, "-w", "0.5", "x", "true"));
            pair.get(0).say("request x --wait 500ms");
            pair.get(0).await("\\[x\\] not acquired: no answer from peer 2");
            for (Running ours : List.of(hold, lock)) {
                assertEquals(75, ours.exit(), ours::toString);
                assertTrue(ours.err().contains("] not acquired: no answer from peer 2"), ours::toString);
            }
            try (Mutex mutex = Mutex.connect(first)) {
                NotAcquired failed = assertThrows(NotAcquired.class, () -> mutex.acquire("y", Duration.ofMillis(500)));
                assertEquals(Cause.UNREACHABLE, failed.kind());
            } catch (Exception e) {
                throw new AssertionError(e);
            } finally {
                pair.get(1).signal("CONT");
            }
        }
    }

    public static void main(String[] args) {
        Run.only(LateWaitTest.class);
    }
}
