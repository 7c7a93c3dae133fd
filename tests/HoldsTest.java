///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java support/Closing.java support/Eventually.java support/FreePorts.java support/HoldsClient.java support/Neighbour.java
//SOURCES support/Voice.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import mutex.MutexProto.HoldEvent;
import mutex.MutexProto.HoldRequest;
import mutex.event.NodeView;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tests.support.Closing;
import tests.support.Eventually;
import tests.support.HoldsClient;
import tests.support.Neighbour;

/** A stream of Holds at a peer: its holds are as those of Hold, each by itself, and bounded together with them. */
@Timeout(120)
class HoldsTest {

    @TempDir
    private Path folder;
    @AutoClose
    private final Closing open = new Closing();
    private Neighbour peer;
    private HoldsClient client;

    @BeforeEach
    void start() {
        peer = open.add(new Neighbour(folder, 1, 0)).awaitGroupOf(1);
        client = open.add(new HoldsClient(peer.endpoint(), true));
    }

    private boolean isFree(String lock) {
        return peer.look().node().locks().stream().noneMatch(there -> there.name().equals(lock) && there.fence() > 0);
    }

    private void awaitFree(String lock) {
        Eventually.holds(() -> isFree(lock), () -> lock + " is given back: " + peer.look());
    }

    @Test
    void eachHoldIsGivenBackByItself() {
        client.ask(1, "a");
        client.ask(2, "b");
        long first = client.awaitHeld(1);
        assertTrue(client.awaitHeld(2) > first);
        client.close(1);
        assertEquals("0: ", client.awaitEnd(1));
        awaitFree("a");
        assertFalse(isFree("b"));
    }

    @Test
    void theNextHoldOfTheSameLockComesAfterTheOneBefore() {
        client.ask(1, "a");
        client.ask(2, "a");
        long first = client.awaitHeld(1);
        client.await(2, HoldEvent.Kind.WAITING);
        client.close(1);
        assertTrue(client.awaitHeld(2) > first);
        client.close(1); // long over, and not the next one's
        client.say(HoldRequest.newBuilder().setHold(1).setQuestion(7));
        client.say(HoldRequest.newBuilder().setHold(1).setLock("again"));
        client.ask(3, "b");
        client.awaitHeld(3);
        assertFalse(isFree("a"));
        assertTrue(isFree("again"));
        assertTrue(isFree("default")); // which a question would have asked for as a new hold
    }

    @Test
    void aRefusalEndsOneHoldAlone() {
        client.ask(1, "a");
        client.awaitHeld(1);
        client.say(HoldRequest.newBuilder().setHold(2).setLock("a").setAttempt(true));
        assertTrue(client.awaitEnd(2).startsWith("9: [a] refused: "), client::toString);
        client.say(HoldRequest.newBuilder().setHold(3).setLock("a b"));
        assertTrue(client.awaitEnd(3).startsWith("3: lock name \"a b\": "), client::toString);
        client.say(HoldRequest.newBuilder().setHold(4).setLock("a").setWaitMillis(1));
        assertTrue(client.awaitEnd(4).startsWith("4: [a] not acquired in time: "), client::toString);
        client.ask(5, "a");
        client.close(5); // while it waits
        assertEquals("0: ", client.awaitEnd(5));
        client.close(6); // before it asked
        assertEquals("0: ", client.awaitEnd(6));
        client.ask(7, "b");
        client.ask(7, "c");
        assertTrue(client.awaitEnd(7).startsWith("3: one stream holds one lock"), client::toString);
        awaitFree("b");
        assertFalse(isFree("a"));
    }

    @Test
    void aStreamThatEndsGivesEverythingBack() {
        for (int how = 0; how < 4; how++) {
            try (HoldsClient other = new HoldsClient(peer.endpoint(), true)) {
                other.ask(1, "a");
                other.ask(2, "b");
                other.ask(3, "a");
                other.awaitHeld(1);
                other.awaitHeld(2);
                if (how == 0) {
                    other.finish();
                    assertEquals("0: ", other.awaitEnd(3));
                    assertEquals("OK", Eventually.get(other.ended, "the stream"));
                } else if (how == 1) {
                    other.cancel();
                } else if (how == 2) {
                    other.say(HoldRequest.newBuilder().setLock("c"));
                    assertEquals("INVALID_ARGUMENT: each message of Holds names its hold by a number above 0", Eventually.get(other.ended, "the stream"));
                } // else its connection breaks
            }
            awaitFree("a");
            awaitFree("b");
        }
    }

    /** As a stream of Hold that breaks: whoever needs time to stop has it. */
    @Test
    void aHoldWithNoticeIsKeptForThatWhenTheStreamBreaks() {
        client.say(HoldRequest.newBuilder().setHold(1).setLock("a").setNoticeMillis(2_000));
        client.ask(2, "b");
        client.awaitHeld(1);
        client.awaitHeld(2);
        client.say(HoldRequest.newBuilder().setHold(1).setQuestion(5));
        assertTrue(client.await(1, HoldEvent.Kind.SURE).getSureMillis() > 0);
        client.cancel();
        awaitFree("b");
        assertFalse(isFree("a"));
        awaitFree("a");
    }

    @Test
    void aPeerThatEndsTellsWhoHoldsAndWhoHoldsNothing() {
        HoldsClient idle = open.add(new HoldsClient(peer.endpoint(), true));
        idle.ask(1, "b");
        idle.awaitHeld(1);
        idle.close(1);
        idle.awaitEnd(1);
        client.ask(1, "a");
        client.awaitHeld(1);
        peer.close();
        assertEquals("14: [a] the peer is leaving", client.awaitEnd(1));
        assertEquals("UNAVAILABLE: this peer is leaving", Eventually.get(idle.ended, "the stream"));
    }

    /** It is read no more, so that its answers do not fill the peer; others do not notice, and it goes on when it reads. */
    @Test
    void aClientThatDoesNotReadIsNotRead() throws Exception {
        HoldsClient deaf = open.add(new HoldsClient(peer.endpoint(), false));
        Eventually.holds(deaf::isReady, () -> "its connection: " + deaf);
        int number = 0;
        while (deaf.isReady() && number < 2_000_000) {
            deaf.ask(++number, "a");
            deaf.close(number);
            for (long until = System.nanoTime() + 300_000_000; !deaf.isReady() && System.nanoTime() < until;) {
                LockSupport.parkNanos(100_000); // the peer may just be slower
            }
        }
        assertFalse(deaf.isReady(), "all " + number + " were read");
        client.ask(1, "b");
        client.awaitHeld(1);
        peer.isWell();
        deaf.read();
        assertEquals("0: ", deaf.awaitEndBehindOthers(number));
    }

    @Test
    @Tag("slow")
    void holdsCountTogetherWithTheStreamsOfHold() {
        int most = 20_000;
        HoldsClient alone = open.add(new HoldsClient(peer.endpoint(), true));
        alone.alone("a");
        for (int number = 1; number < most; number++) {
            client.ask(number, "a");
        }
        client.await(most - 1, HoldEvent.Kind.WAITING);
        client.ask(most, "a");
        assertEquals("8: this peer has 20000 Hold streams open, and takes no more; close some", client.awaitEnd(most));
        client.close(1);
        assertEquals("0: ", client.awaitEnd(1));
        client.ask(most + 1, "a");
        client.await(most + 1, HoldEvent.Kind.WAITING);
        client.cancel();
        Eventually.holds(() -> peer.look().node().locks().stream().mapToLong(NodeView.LockView::waiting).sum() == 0, () -> "all have gone");
        CompletableFuture<String> end = alone.ended;
        assertFalse(end.isDone(), "the other client has its place");
    }

    public static void main(String[] args) {
        Run.only(HoldsTest.class);
    }
}
