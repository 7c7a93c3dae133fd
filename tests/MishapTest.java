///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java support/Edge.java support/Eventually.java support/Neighbour.java support/RawServer.java support/Voice.java
//SOURCES ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;
import mutex.algorithm.RicartAgrawala;
import mutex.algorithm.Stamp;
import mutex.group.Listed;
import mutex.net.Asking;
import mutex.net.Edge;
import mutex.net.EventLoop;
import mutex.net.LocalPeer;
import mutex.node.Effect.Outcome;
import mutex.trace.Entry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tests.support.Eventually;
import tests.support.Neighbour;
import tests.support.RawServer;
import tests.support.Voice;

/** What throws at the edge of a peer ends neither the peer nor its locks, and is said; a broken core ends it. */
class MishapTest {

    @TempDir
    private Path folder;

    static Stream<Throwable> mishaps() {
        return Stream.of(new IllegalStateException("of a listener"), new AssertionError("of a listener"), new StackOverflowError(),
                new OutOfMemoryError("unable to create native thread: possibly out of memory or process/resource limits reached"));
    }

    /** Whatever it is, checked or not. */
    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void sneak(Throwable error) throws T {
        throw (T) error;
    }

    @ParameterizedTest
    @MethodSource("mishaps")
    void whatATaskThrowsIsToldAndTheLoopGoesOn(Throwable error) {
        EventLoop events = new EventLoop();
        try {
            for (int way = 0; way < 3; way++) {
                CompletableFuture<Throwable> told = new CompletableFuture<>();
                CompletableFuture<Void> after = new CompletableFuture<>();
                Edge.whenFailed(events, told::complete);
                Runnable bad = () -> MishapTest.<RuntimeException>sneak(error);
                switch (way) {
                    case 0 -> events.run(bad);
                    case 1 -> Edge.later(events, bad, () -> { });
                    default -> Edge.later(events, () -> { }, bad);
                }
                assertEquals(error, Eventually.get(told, "the failure is told"));
                events.run(() -> after.complete(null));
                Eventually.get(after, "the loop goes on");
            }
        } finally {
            events.close();
        }
    }

    @ParameterizedTest
    @MethodSource("mishaps")
    void anEntryThatNobodyTakesInIsGivenBack(Throwable error) {
        try (Neighbour peer = new Neighbour(folder, 1, 0)) {
            peer.awaitGroupOf(1);
            CompletableFuture<Outcome> ended = new CompletableFuture<>();
            peer.peer.loop().ask("x", false, Long.MAX_VALUE, new Asking() {
                @Override
                public void entered(Stamp stamp, long fence) {
                    MishapTest.<RuntimeException>sneak(error);
                }

                @Override
                public void ended(Outcome outcome, String reason) {
                    ended.complete(outcome);
                }
            });
            Eventually.get(ended, "it is given back");
            peer.takeTurn("x");
            peer.voice.await("failed here, and goes on: " + error.getClass().getSimpleName());
            peer.isWell();
        }
    }

    @ParameterizedTest
    @MethodSource("mishaps")
    void listenersOfEveryKindMayThrow(Throwable error) {
        try (Neighbour peer = new Neighbour(folder, 1, 0)) {
            peer.awaitGroupOf(1);
            Consumer<Entry> broken = entry -> MishapTest.<RuntimeException>sneak(error);
            CompletableFuture<Entry> heard = new CompletableFuture<>();
            peer.peer.loop().journal().listen(broken);
            peer.peer.loop().journal().listen(heard::complete);
            CompletableFuture<Void> entered = new CompletableFuture<>();
            CompletableFuture<Long> number = peer.peer.loop().ask("x", true, Long.MAX_VALUE, new Asking() {
                @Override
                public void entered(Stamp stamp, long fence) {
                    entered.complete(null);
                }

                @Override
                public void ended(Outcome outcome, String reason) {
                    MishapTest.<RuntimeException>sneak(error);
                }
            });
            Eventually.get(entered, "it is entered");
            peer.peer.loop().withdraw(Eventually.get(number, "its number"));
            peer.peer.loop().add("localhost:1", problem -> MishapTest.<RuntimeException>sneak(error));
            Eventually.get(heard, "the other listener is told all the same");
            peer.takeTurn("x");
            peer.isWell();
            assertEquals(1, peer.voice.lines("goes on: " + error.getClass().getSimpleName()).size(), "said once a minute");
        }
    }

    @Test
    void withoutMemoryItEnds() {
        try (Neighbour peer = new Neighbour(folder, 1, 0)) {
            peer.awaitGroupOf(1);
            peer.peer.loop().journal().listen(entry -> {
                throw new OutOfMemoryError("Java heap space");
            });
            peer.ask("x");
            assertEquals("Java heap space", Eventually.get(peer.broken, "the process must end").getMessage());
        }
    }

    /** A voice that throws in the middle of the tick that dials, pings and misses who is silent. */
    @Test
    void linksAreTendedAfterAFailure() throws IOException {
        int port = Neighbour.freePort();
        Voice said = new Voice();
        EventLoop events = new EventLoop();
        try (RawServer silent = new RawServer((message, answers) -> { });
                LocalPeer peer = LocalPeer.start(events, new LocalPeer.Start(1, "localhost", 0,
                        List.of(new Listed(silent.endpoint(), 0), new Listed("localhost:" + port, 0)), folder, RicartAgrawala::new, line -> {
                            said.accept(line);
                            throw new IllegalStateException("of a terminal");
                        }, (error, last) -> said.accept("BROKEN " + error)))) {
            said.await("it accepts, but does not answer");
            try (Neighbour other = new Neighbour(folder, 2, port, silent.endpoint(), peer.endpoint())) {
                Eventually.holds(() -> other.linkedTo(1), () -> "a link is made: " + other.look());
                Eventually.holds(() -> peer.loop().snapshot().join().peers().stream().anyMatch(at -> at.id() == 2 && at.linked()),
                        () -> "on both sides");
            }
            assertTrue(said.lines("BROKEN").isEmpty(), said.lines().toString());
            assertFalse(said.lines().isEmpty());
        } finally {
            events.close();
        }
    }

    public static void main(String... args) {
        Run.only(MishapTest.class);
    }
}
