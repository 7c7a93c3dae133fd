///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java support/Eventually.java support/FreePorts.java support/Neighbour.java support/Voice.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import mutex.algorithm.Message;
import mutex.algorithm.Message.Permission;
import mutex.algorithm.Message.Refusal;
import mutex.algorithm.Message.Request;
import mutex.algorithm.Stamp;
import mutex.event.LogEvent;
import mutex.event.LogEvent.EventKind;
import mutex.log.Journal;
import mutex.log.LogEntry;
import mutex.log.Repeats;
import mutex.log.VectorClock;
import mutex.shell.Screen;
import mutex.shell.Session;
import mutex.shell.Shell;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tests.support.Neighbour;

/** Whoever counts the messages that a shell shows is told which of them were said before. */
class RepeatsTest {

    @TempDir
    private Path folder;

    private static LogEvent event(EventKind kind, int other, Message message) {
        return new LogEvent(kind, 1, 1, "a", message.stamp(), 0, other, message, null, null);
    }

    private static Request request(int time, int peer) {
        return new Request(new Stamp(time, peer), false);
    }

    @Test
    void onlyTheSameMessageOnTheSameWayIsSaidAgain() {
        Repeats repeats = new Repeats();
        List<LogEvent> all = List.of(event(EventKind.RECEIVE, 2, request(7, 2)), event(EventKind.RECEIVE, 3, request(7, 2)), event(EventKind.SEND, 2, request(7, 2)),
                event(EventKind.RECEIVE, 2, request(8, 2)), event(EventKind.RECEIVE, 2, new Request(new Stamp(7, 2), true)),
                event(EventKind.SEND, 2, new Permission(new Stamp(7, 2))), event(EventKind.SEND, 2, new Refusal(new Stamp(7, 2))));
        all.forEach(event -> assertFalse(repeats.again(event), event::toString));
        all.forEach(event -> assertTrue(repeats.again(event), event::toString));
        assertFalse(repeats.again(new LogEvent(EventKind.EXIT, 1, 1, "a", null, 0, 0, null, null, null)));
        assertFalse(repeats.again(new LogEvent(EventKind.EXIT, 1, 1, "a", null, 0, 0, null, null, null)), "no message");
        for (int i = 0; i < 1_000; i++) {
            repeats.again(event(EventKind.SEND, 2, request(100 + i, 1)));
        }
        assertFalse(repeats.again(all.get(0)), "it remembers the last few hundred only");
    }

    @Test
    void aShellShowsEachMessageOnceAndSaysAgainOfARepeat() throws Exception {
        ByteArrayOutputStream shown = new ByteArrayOutputStream();
        try (Neighbour peer = new Neighbour(folder, 1, 0); Screen screen = new Screen(new PrintStream(shown, true, StandardCharsets.UTF_8), null);
                Session session = new Session(peer.peer.loop(), screen, true)) {
            Permission permission = new Permission(new Stamp(7, 2));
            for (LogEvent event : List.of(event(EventKind.RECEIVE, 2, request(7, 2)), event(EventKind.SEND, 2, permission), event(EventKind.RECEIVE, 2, request(7, 2)),
                    event(EventKind.SEND, 2, permission), event(EventKind.RECEIVE, 3, request(9, 3)), event(EventKind.DEFER, 3, request(9, 3)),
                    event(EventKind.RECEIVE, 3, request(9, 3)), event(EventKind.DEFER, 3, request(9, 3)))) {
                session.accept(new LogEntry(0, 1, VectorClock.Reading.ZERO, event));
            }
            screen.flush();
        }
        assertEquals(Stream.of("receives REQUEST 7@2 from 2", "sends PERMISSION 7@2 to 2", "receives REQUEST 7@2 from 2 again", "sends PERMISSION 7@2 to 2 again",
                "receives REQUEST 9@3 from 3", "defers request 9@3 of peer 3", "receives REQUEST 9@3 from 3 again").map(line -> "peer 1 [a] " + line).toList(),
                shown.toString(StandardCharsets.UTF_8).lines().filter(line -> line.contains("[a]")).toList());
    }

    @Test
    void theLogSaysAgainToo() throws Exception {
        ByteArrayOutputStream shown = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(shown, true, StandardCharsets.UTF_8);
        try (Neighbour peer = new Neighbour(folder, 1, 0).awaitGroupOf(1); Screen screen = new Screen(out, out);
                Session session = new Session(peer.peer.loop(), screen, false)) {
            List.of(event(EventKind.RECEIVE, 2, request(7, 2)), event(EventKind.RECEIVE, 2, request(7, 2)))
                    .forEach(event -> peer.peer.loop().journal().record(event, Journal.micros()));
            new Shell(session).run(new ByteArrayInputStream("log 2\n".getBytes(StandardCharsets.UTF_8)));
        }
        assertEquals(List.of("receives REQUEST 7@2 from 2", "receives REQUEST 7@2 from 2 again"),
                shown.toString(StandardCharsets.UTF_8).lines().map(line -> line.replaceFirst(".*peer 1 \\[a] ", "")).toList());
    }

    public static void main(String[] args) {
        Run.only(RepeatsTest.class);
    }
}
