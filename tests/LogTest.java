///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import mutex.algorithm.Message;
import mutex.algorithm.Message.Permission;
import mutex.algorithm.Stamp;
import mutex.event.LogEvent;
import mutex.event.LogEvent.Detail.BeganEpoch;
import mutex.event.LogEvent.Detail.FollowsAlgorithm;
import mutex.event.LogEvent.Detail.InGroup;
import mutex.event.LogEvent.Detail.Reachable;
import mutex.event.LogEvent.EventKind;
import mutex.group.Group;
import mutex.log.LogEntry;
import mutex.log.LogReader;
import mutex.log.VectorClock;
import mutex.wire.WireEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** One line of a peer's log, written and read. */
class LogTest {

    private static final Stamp STAMP = new Stamp(10, 2);

    private static LogEntry at(long micros) {
        return new LogEntry(micros, 1, new VectorClock.Reading(new int[] {1, 2}, new long[] {7, 5}),
                new LogEvent(EventKind.SEND, 3, 11, "a/b", STAMP, 0, 2, new Permission(STAMP), null, "a \"text\"\n"));
    }

    @Test
    void theTimeHasSixDigitsOfTheSecondWhateverTheyAre() {
        for (long micros : new long[] {0, 1, 1_000, 120_000, 1_000_000, 1_795_000_000_000_000L}) {
            String time = at(micros).time();
            assertTrue(time.matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z"), time);
        }
    }

    @Test
    void aLineIsReadBackAsItWas(@TempDir Path folder) throws IOException {
        LogEntry written = at(1_000);
        Path log = Files.writeString(folder.resolve("log"), written.json() + "\n");
        List<LogEntry> read = LogReader.read(log);
        assertEquals(1, read.size());
        assertEquals(written.json(), read.get(0).json());
        assertEquals(written.what(), read.get(0).what());
    }

    private static LogEntry of(EventKind kind, int other, LogEvent.Detail detail, String text) {
        return new LogEntry(1_000, 1, new VectorClock.Reading(new int[] {1, 2}, new long[] {7, 5}),
                new LogEvent(kind, 3, 11, kind == EventKind.REQUEST ? "a" : null, kind == EventKind.REQUEST ? STAMP : null, 0, other, null, detail, text));
    }

    /** By its fields; and where a log of an older version has none, by its sentence. */
    @Test
    void whatAnEventTellsIsReadByItsFieldsOrByTheSentenceOfAnOldLog(@TempDir Path folder) throws IOException {
        Group two = Group.found(new TreeMap<>(Map.of(1, "h:1", 12, "h12:1")));
        List<LogEntry> all = List.of(
                of(EventKind.REQUEST, 0, new FollowsAlgorithm("token-ring"), "token-ring"),
                of(EventKind.EPOCH, 1, new BeganEpoch(17), "epoch 17: no majority: only 1 of 3 heard within the lease"),
                of(EventKind.EPOCH, 2, new BeganEpoch(1_795_000_000_000L), "epoch 1795000000000"),
                of(EventKind.ABSENT, 2, new Reachable(false), "absent: a majority has not heard it for a lease"),
                of(EventKind.ABSENT, 2, new Reachable(true), "heard again"),
                of(EventKind.LINK, 2, new Reachable(false), "link broken"),
                of(EventKind.LINK, 2, new Reachable(true), "linked with absent:1"),
                of(EventKind.GROUP, 0, new InGroup(new TreeSet<>(Set.of(1, 12))), two.toString()),
                of(EventKind.GROUP, 0, new InGroup(new TreeSet<>()), "in no group"),
                of(EventKind.GROUP, 0, null, "in standing: 2 of 3 heard"));
        for (LogEntry entry : all) {
            String json = entry.json();
            assertEquals(List.of(entry.what()), whats(folder, json));
            String old = json.replaceAll(",\"(algorithm|otherEpoch|reachable|members)\":(\"[^\"]*\"|\\[[^]]*]|[a-z0-9]+)", "");
            assertEquals(entry.what().detail() == null, old.equals(json), old);
            assertEquals(List.of(entry.what()), whats(folder, old));
            String reworded = json.replaceFirst("\"text\":\"[^\"]*\"", "\"text\":\"said in other words\"");
            assertEquals(entry.what().detail(), whats(folder, reworded).get(0).detail());
            assertEquals(entry.what(), WireEvent.in(WireEvent.out(entry)).what());
            assertEquals(entry.what(), WireEvent.in(WireEvent.out(entry).toBuilder().clearAlgorithm().clearOtherEpoch().clearReachable()
                    .clearMembers().clearRegrouped().build()).what());
        }
    }

    private static List<LogEvent> whats(Path folder, String line) throws IOException {
        return LogReader.read(Files.writeString(folder.resolve("log"), line + "\n")).stream().map(LogEntry::what).toList();
    }

    @Test
    void aMessageOfOneAlgorithmIsReadBackWithItsStampAndNumbers(@TempDir Path folder) throws IOException {
        for (Message.Own own : List.of(new Message.Own("WHO", null, List.of()), new Message.Own("A-TOKEN", null, List.of(0L, 7L, (1L << 62) - 1)),
                new Message.Own("RELEASE", STAMP, List.of()), new Message.Own("X-", STAMP, List.of(3L)))) {
            LogEntry entry = new LogEntry(1_000, 1, new VectorClock.Reading(new int[] {1}, new long[] {7}),
                    new LogEvent(EventKind.SEND, 3, 11, "a", own.stamp(), 0, 2, own, null, null));
            assertEquals(List.of(entry.what()), whats(folder, entry.json()));
            assertEquals(entry.what(), WireEvent.in(WireEvent.out(entry)).what());
        }
    }

    @Test
    void aMessageOfOneAlgorithmHasANameAndNumbersWithinBounds() {
        List<Long> many = Collections.nCopies(Message.Own.MOST_NUMBERS + 1, 1L);
        List<Executable> wrong = List.of(() -> new Message.Own("", null, List.of()), () -> new Message.Own("who", null, List.of()),
                () -> new Message.Own("W".repeat(33), null, List.of()), () -> new Message.Own("TOKEN", null, List.of()),
                () -> new Message.Own("REFUSED-HELD", STAMP, List.of()), () -> new Message.Own("A B", null, List.of()),
                () -> new Message.Own("WHO", null, List.of(-1L)), () -> new Message.Own("WHO", null, many));
        wrong.forEach(each -> assertThrows(IllegalArgumentException.class, each));
    }

    public static void main(String[] args) {
        Run.only(LogTest.class);
    }
}
