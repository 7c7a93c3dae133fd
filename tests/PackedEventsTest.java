///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import mutex.algorithm.Message;
import mutex.algorithm.Mode;
import mutex.algorithm.Stamp;
import mutex.event.LogEvent;
import mutex.event.LogEvent.Detail;
import mutex.event.LogEvent.EventKind;
import mutex.log.Journal;
import mutex.log.LogEntry;
import mutex.log.VectorClock;
import org.junit.jupiter.api.Test;

/** What the journal gives back of its last events is what was recorded, however it keeps them. */
class PackedEventsTest {

    public static void main(String[] args) {
        Run.only(PackedEventsTest.class);
    }

    private final Random random = new Random(Long.getLong("seed", 26L));
    private long micros = 1_800_000_000_000_000L;
    private final List<LogEntry> told = new ArrayList<>();
    private final Journal journal = new Journal(7, error -> {
        throw new AssertionError(error);
    });

    @Test
    void whatIsKeptIsWhatWasRecorded() {
        journal.listen(told::add);
        for (int i = 0; i < 3 * Journal.KEPT; i++) {
            if (random.nextInt(3) == 0) {
                journal.merge(vector());
            }
            journal.record(event(), micros());
            if (i % 7_919 == 0) {
                compare(1 + random.nextInt(500));
            }
        }
        compare(Journal.KEPT);
        compare(2 * Journal.KEPT);
        compare(0);
    }

    @Test
    void vectorsAreKeptThoughNobodyListens() {
        Journal listened = new Journal(7, error -> { });
        listened.listen(told::add);
        for (int i = 0; i < 2_000; i++) {
            VectorClock.Reading theirs = vector();
            LogEvent event = event();
            long at = micros();
            List.of(journal, listened).forEach(each -> {
                each.merge(theirs);
                each.record(event, at);
            });
        }
        List<LogEntry> kept = journal.last(2_000);
        for (int i = 0; i < kept.size(); i++) {
            same(told.get(i), kept.get(i), false);
        }
        assertEquals(2_000, kept.size());
    }

    /** Steps of one moment, and others; the wall clock may be set back. */
    private long micros() {
        return micros += random.nextInt(1_000) - 100;
    }

    private void compare(int count) {
        List<LogEntry> kept = journal.last(count);
        int expected = Math.min(count, Math.min(told.size(), Journal.KEPT));
        assertEquals(expected, kept.size());
        for (int i = 0; i < expected; i++) {
            same(told.get(told.size() - expected + i), kept.get(i), true);
        }
    }

    private static void same(LogEntry one, LogEntry other, boolean time) {
        assertEquals(one.what(), other.what());
        assertEquals(one.peer(), other.peer());
        assertEquals(time ? one.timeMicros() : 0, time ? other.timeMicros() : 0);
        assertArrayEquals(one.vector().peers(), other.vector().peers());
        assertArrayEquals(one.vector().counts(), other.vector().counts());
    }

    /** Now and then of a peer that is new, has counted nothing or no lawful id, or tells of an earlier life of ours. */
    private VectorClock.Reading vector() {
        Map<Integer, Long> counts = new HashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            counts.put(random.nextInt(20) == 0 ? random.nextInt(1_000_000) : random.nextInt(9),
                    random.nextInt(10) == 0 ? random.nextLong() >>> 1 + random.nextInt(60) : random.nextInt(1_000));
        }
        return VectorClock.Reading.from(counts);
    }

    private LogEvent event() {
        EventKind kind = EventKind.values()[random.nextInt(EventKind.values().length)];
        Message message = message();
        Stamp stamp = message != null ? message.stamp() : random.nextBoolean() ? stamp() : null;
        Detail detail = switch (random.nextInt(30)) {
            case 0 -> new Detail.FollowsAlgorithm("token-ring");
            case 1 -> new Detail.InMode(Mode.SHARED);
            case 2 -> new Detail.BeganEpoch(number());
            case 3 -> new Detail.Reachable(random.nextBoolean());
            case 4 -> new Detail.InGroup(new TreeSet<>(List.of(1, 2, 7)));
            default -> null;
        };
        String lock = random.nextInt(5) == 0 ? null : random.nextInt(100) == 0 ? ".token/" + "x".repeat(128) : "lock" + random.nextInt(3);
        return new LogEvent(kind, random.nextInt(10) == 0 ? number() : 3, number(), lock, stamp, random.nextBoolean() ? 0 : number(),
                random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(Integer.MAX_VALUE - 1), message, detail, random.nextInt(20) == 0 ? "a text" : null);
    }

    private Message message() {
        return switch (random.nextInt(12)) {
            case 0 -> new Message.Request(stamp(), random.nextBoolean());
            case 1 -> new Message.Request(stamp(), random.nextBoolean(), new Mode.Units(2, 8));
            case 2 -> new Message.Permission(stamp());
            case 3 -> new Message.Permission(stamp(), number());
            case 4 -> new Message.Refusal(stamp(), random.nextBoolean());
            case 5 -> new Message.Token(number(), number(), random.nextInt(100));
            case 6 -> new Message.Census(number(), number());
            case 7 -> new Message.Vow(number(), number());
            case 8 -> new Message.Own("TOKEN-OF", random.nextBoolean() ? stamp() : null, List.of(number()));
            default -> null;
        };
    }

    private Stamp stamp() {
        return new Stamp(1 + number(), 1 + random.nextInt(70));
    }

    private long number() {
        return random.nextLong() >>> 2 + random.nextInt(62);
    }
}
