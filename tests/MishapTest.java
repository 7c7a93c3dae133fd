///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java support/BrokenPage.java support/Eventually.java support/FreePorts.java support/FullHeap.java
//SOURCES support/Jvm.java support/LastWords.java support/LeftTerminal.java support/Neighbour.java support/RawServer.java support/Running.java
//SOURCES support/Starved.java support/Voice.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import mutex.MutexGrpc;
import mutex.MutexProto;
import mutex.algorithm.RicartAgrawala;
import mutex.algorithm.Stamp;
import mutex.event.Effect.Outcome;
import mutex.group.Seed;
import mutex.log.LogEntry;
import mutex.log.LogFile;
import mutex.log.StepLine;
import mutex.peer.LocalPeer;
import mutex.peer.Server;
import mutex.run.OwnFault;
import mutex.shell.Screen;
import mutex.status.LockListener;
import mutex.transport.EventLoop;
import mutex.transport.HttpBounds;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tests.support.BrokenPage;
import tests.support.Eventually;
import tests.support.Jvm;
import tests.support.Neighbour;
import tests.support.RawServer;
import tests.support.Running;
import tests.support.Starved;
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
                events.whenFailed(told::complete);
                Runnable bad = () -> MishapTest.<RuntimeException>sneak(error);
                switch (way) {
                    case 0 -> events.run(bad);
                    case 1 -> events.later(bad);
                    default -> events.after(1_000_000, bad);
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
            peer.peer.loop().requests().ask("x", false, Long.MAX_VALUE, new LockListener() {
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
            Consumer<LogEntry> broken = entry -> MishapTest.<RuntimeException>sneak(error);
            CompletableFuture<LogEntry> heard = new CompletableFuture<>();
            peer.peer.loop().journal().listen(broken);
            peer.peer.loop().journal().listen(heard::complete);
            CompletableFuture<Void> entered = new CompletableFuture<>();
            CompletableFuture<Long> number = peer.peer.loop().requests().ask("x", true, Long.MAX_VALUE, new LockListener() {
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
            peer.peer.loop().requests().withdraw(Eventually.get(number, "its number"));
            peer.peer.loop().requests().add("localhost:1", problem -> MishapTest.<RuntimeException>sneak(error));
            Eventually.get(heard, "the other listener is told all the same");
            peer.takeTurn("x");
            peer.isWell();
            assertEquals(1, peer.voice.lines("goes on: " + error.getClass().getSimpleName()).size(), "said once a minute");
        }
    }

    /** Of one time that it failed: how all stand and what has happened are both told from then on. */
    @ParameterizedTest
    @MethodSource("mishaps")
    void aLivePageGoesOnAfterAFailure(Throwable error) {
        try (Neighbour peer = new Neighbour(folder, 1, 0); BrokenPage page = new BrokenPage(peer.peer.loop(), error)) {
            Eventually.holds(() -> page.news.contains("GROUP") && page.news.contains("RUN"), page.news::toString);
            int drawn = Collections.frequency(page.news, "RUN");
            peer.awaitGroupOf(1).takeTurn("x");
            Eventually.holds(() -> Collections.frequency(page.news, "RUN") > drawn, page.news::toString);
            peer.voice.await("failed here, and goes on: " + error.getClass().getSimpleName());
            peer.isWell();
        }
    }

    /** Whatever the library has to say, of a handler of ours that throws or of a fault of its own. */
    @Test
    void noStackTraceOfTheLibraryIsPrinted() throws Exception {
        EventLoop events = new EventLoop();
        PrintStream before = System.err;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setErr(new PrintStream(printed, true));
        try (Server server = new Server(events, InetAddress.getLoopbackAddress(), 0, new MutexGrpc.MutexImplBase() {
            @Override
            public void status(MutexProto.StatusRequest request, StreamObserver<MutexProto.StatusReply> answer) {
                throw new IllegalStateException("of a handler");
            }
        })) {
            ManagedChannel channel = events.channelTo("localhost:" + server.port());
            CompletableFuture<String> ended = new CompletableFuture<>();
            MutexGrpc.newStub(channel).status(MutexProto.StatusRequest.getDefaultInstance(), new StreamObserver<>() {
                @Override
                public void onNext(MutexProto.StatusReply reply) {}

                @Override
                public void onError(Throwable error) {
                    ended.complete(error.getMessage());
                }

                @Override
                public void onCompleted() {
                    ended.complete("in order");
                }
            });
            assertTrue(Eventually.get(ended, "the caller is told").startsWith("UNKNOWN"));
            for (Throwable end : List.of(new RejectedExecutionException("event executor terminated"),
                    new IllegalStateException(new ClosedChannelException()))) {
                Logger.getLogger("io.grpc.internal.ManagedChannelImpl").log(Level.SEVERE, "Uncaught exception. Panic!", end);
            }
            Logger.getLogger("io.grpc.internal.SerializingExecutor").log(Level.SEVERE, "of its own", new IllegalArgumentException("bad"));
            channel.shutdownNow();
        } finally {
            System.setErr(before);
            events.close();
        }
        assertTrue(printed.toString().contains("IllegalStateException (of a handler) at "), printed::toString);
        assertTrue(printed.toString().contains("network library: of its own: IllegalArgumentException (bad)"), printed::toString);
        assertFalse(printed.toString().matches("(?s).*(\n\\s+at |Panic).*"), printed::toString);
    }

    @Test
    void whatAProgramIsToldNeedsNoNewThread() {
        List<Integer> told = new ArrayList<>();
        CompletableFuture<Void> last = new CompletableFuture<>();
        Executor callbacks = Starved.callbacks();
        for (int i = 1; i <= 3; i++) {
            int number = i;
            callbacks.execute(() -> {
                told.add(number);
                if (number == 3) {
                    last.complete(null);
                }
            });
        }
        Eventually.get(last, "all are told");
        assertEquals(List.of(1, 2, 3), told);
    }

    /** Where the system makes no more threads there is no other one. */
    @ParameterizedTest
    @MethodSource("mishaps")
    void aCallbackThatThrowsDoesNotEndTheThreadOfTheOthers(Throwable error) {
        CompletableFuture<Throwable> told = new CompletableFuture<>();
        CompletableFuture<Thread> first = new CompletableFuture<>();
        CompletableFuture<Thread> next = new CompletableFuture<>();
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> told.complete(thrown));
        try {
            Executor callbacks = Starved.callbacks();
            callbacks.execute(() -> {
                first.complete(Thread.currentThread());
                MishapTest.<RuntimeException>sneak(error);
            });
            callbacks.execute(() -> next.complete(Thread.currentThread()));
            assertEquals(Eventually.get(first, "the first"), Eventually.get(next, "the next"));
            assertEquals(error, Eventually.get(told, "the program is told as usual"));
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
    }

    /** On a thread that only writes: nothing that runs on can be trusted there either. */
    @Test
    void withoutMemoryForTheLogItEnds() throws Exception {
        CompletableFuture<Throwable> broken = new CompletableFuture<>();
        EventLoop events = new EventLoop();
        try (LogFile log = new LogFile(folder.resolve("log"), line -> { });
                LocalPeer peer = LocalPeer.start(events, new LocalPeer.PeerStart(1, "localhost", 0, List.of(), folder, RicartAgrawala.KIND, 0, 0,
                        line -> { }, (error, last) -> broken.complete(error), log))) {
            peer.loop().snapshot().join(); // it runs
            OutOfMemoryError full = new OutOfMemoryError("Java heap space");
            log.feed(new StepLine(1, 1_000_000, false, () -> {
                throw full;
            }));
            assertEquals(full, Eventually.get(broken, "the process must end"));
        } finally {
            events.close();
        }
    }

    @Test
    void aPeerThatCannotStartLeavesNoThread() throws Exception {
        Path state = folder.resolve("peer-1.json");
        Files.writeString(state, "{");
        EventLoop events = new EventLoop();
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        try {
            assertThrows(IllegalArgumentException.class, () -> LocalPeer.start(events, new LocalPeer.PeerStart(1, "localhost", 0,
                    List.of(), folder, RicartAgrawala.KIND, line -> { }, (error, last) -> { })));
            Eventually.holds(() -> Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(thread -> !before.contains(thread) && Set.of("state", "tenants").contains(thread.getName())), () -> "threads end");
        } finally {
            events.close();
        }
    }

    /** One that a terminal does not take, as it is closed, say. */
    @ParameterizedTest
    @MethodSource("mishaps")
    void aLineThatCannotBePrintedCostsNoOtherOne(Throwable error) {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        List<Throwable> failures = new ArrayList<>();
        PrintStream out = new PrintStream(printed, true) {
            @Override
            public void println(String line) {
                if (line.startsWith("first")) {
                    MishapTest.<RuntimeException>sneak(error);
                }
                super.println(line);
            }
        };
        try (Screen screen = new Screen(out, out)) {
            screen.whenFailed(failures::add);
            screen.line("first");
            screen.line("second");
        }
        assertEquals("second", printed.toString().strip());
        assertEquals(List.of(error), failures);
    }

    /** What is said from then on goes elsewhere: a closed terminal throws. */
    @Test
    void theTerminalIsLeftBeforeItIsClosed() throws Exception {
        Running shell = new Running(new ProcessBuilder(Jvm.command(List.of(), "tests.support.LeftTerminal", List.of())));
        try (shell) {
            assertEquals(0, shell.exit(), shell::toString);
            assertTrue(shell.out().contains("when left open") && shell.out().contains("at last closed"), shell::toString);
        }
    }

    @ParameterizedTest
    @MethodSource("mishaps")
    void aRequestOfAPageThatThrowsEndsNoThread(Throwable error) {
        CompletableFuture<Throwable> told = new CompletableFuture<>();
        CompletableFuture<Thread> next = new CompletableFuture<>();
        CompletableFuture<Thread> first = new CompletableFuture<>();
        ExecutorService threads = HttpBounds.threads("page", 1, told::complete);
        try {
            threads.execute(() -> {
                first.complete(Thread.currentThread());
                MishapTest.<RuntimeException>sneak(error);
            });
            threads.execute(() -> next.complete(Thread.currentThread()));
            assertEquals(error, Eventually.get(told, "it is told"));
            assertEquals(Eventually.get(first, "the first"), Eventually.get(next, "the next"));
        } finally {
            threads.shutdownNow();
        }
    }

    /** Full to the last byte when the rule is broken: the words need some, the end must not. */
    @Test
    void withoutAnyMemoryItEndsAllTheSame() throws Exception {
        Running peer = new Running(new ProcessBuilder(Jvm.command(List.of("-Xmx40m"), "tests.support.FullHeap", List.of(folder.toString()))));
        try (peer) {
            assertEquals(70, peer.exit(), peer::toString);
            assertTrue(peer.err().contains("peer: stopped, because "), peer::toString);
        }
    }

    /** Its last words are more than a pipe takes. */
    @Test
    @Timeout(60)
    void itEndsThoughNobodyReadsItsLastWords() throws Exception {
        Process process = new ProcessBuilder(Jvm.command(List.of(), "tests.support.LastWords", List.of())).start();
        try {
            assertTrue(process.waitFor(30, TimeUnit.SECONDS), "it waits for its reader");
            assertEquals(70, process.exitValue());
        } finally {
            process.destroyForcibly();
        }
    }

    @ParameterizedTest
    @MethodSource("mishaps")
    void aCommandEndsWithSeventyThoughItsWordsFail(Throwable error) {
        assertEquals(70, OwnFault.say(() -> {
            MishapTest.<RuntimeException>sneak(error);
            return "";
        }));
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
                LocalPeer peer = LocalPeer.start(events, new LocalPeer.PeerStart(1, "localhost", 0,
                        List.of(new Seed(silent.endpoint(), 0), new Seed("localhost:" + port, 0)), folder, RicartAgrawala.KIND, line -> {
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
