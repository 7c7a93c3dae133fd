package tests.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import mutex.algorithm.Message;
import mutex.algorithm.Mode;
import mutex.algorithm.Stamp;
import mutex.event.LogEvent;
import mutex.event.LogEvent.Detail;
import mutex.event.LogEvent.EventKind;
import mutex.log.LogEntry;
import mutex.log.VectorClock;

/** Logs written event by event, as peers would write them that need not keep any rule. */
public final class WrittenRun {

    private static final long START_MICROS = 1_795_000_000_000_000L;

    private final Path folder;
    private final Map<Integer, VectorClock> vectors = new TreeMap<>(); // by peer
    private final Map<Integer, List<LogEntry>> logs = new TreeMap<>();
    private long micros = START_MICROS;

    public WrittenRun(Path folder) {
        this.folder = folder;
    }

    private VectorClock vector(int peer) {
        return vectors.computeIfAbsent(peer, VectorClock::new);
    }

    private void write(int peer, EventKind kind, String lock, Stamp stamp, long fence, int other, Message message, Detail detail) {
        micros += 1_000;
        logs.computeIfAbsent(peer, none -> new ArrayList<>()).add(new LogEntry(micros, peer, vector(peer).tick().reading(),
                new LogEvent(kind, peer, 1, lock, stamp, fence, other, message, detail, null)));
    }

    /** The peer knows now what the other knows. */
    public void hears(int peer, int other) {
        vector(peer).merge(vector(other).reading());
    }

    public void hearsAll(int peer) {
        logs.keySet().forEach(other -> hears(peer, other));
    }

    public void inGroup(int peer, Integer... members) {
        write(peer, EventKind.GROUP, null, null, 0, 0, null, new Detail.InGroup(new TreeSet<>(List.of(members))));
    }

    public void asks(int peer, String lock, long time, Mode mode) {
        write(peer, EventKind.REQUEST, lock, new Stamp(time, peer), 0, 0, null, mode.equals(Mode.EXCLUSIVE) ? null : new Detail.InMode(mode));
    }

    public void asksAndIsPermitted(int peer, String lock, long time, Mode mode, int by) {
        Stamp stamp = new Stamp(time, peer);
        asks(peer, lock, time, mode);
        message(EventKind.SEND, peer, by, lock, new Message.Request(stamp, false, mode));
        hears(by, peer);
        message(EventKind.RECEIVE, by, peer, lock, new Message.Request(stamp, false, mode));
        permits(by, peer, lock, time);
    }

    /** The one permits the other's request, which hears of it. */
    public void permits(int peer, int asker, String lock, long time) {
        Message permission = new Message.Permission(new Stamp(time, asker));
        message(EventKind.SEND, peer, asker, lock, permission);
        hears(asker, peer);
        message(EventKind.RECEIVE, asker, peer, lock, permission);
        message(EventKind.PERMISSION, asker, peer, lock, permission);
    }

    /** The one defers the other's request. */
    public void defers(int peer, int asker, String lock, long time, Mode mode) {
        message(EventKind.RECEIVE, peer, asker, lock, new Message.Request(new Stamp(time, asker), false, mode));
        message(EventKind.DEFER, peer, asker, lock, new Message.Request(new Stamp(time, asker), false, mode));
    }

    private void message(EventKind kind, int peer, int other, String lock, Message message) {
        write(peer, kind, lock, message.stamp(), 0, other, message, null);
    }

    public void enters(int peer, String lock, long time, long fence) {
        write(peer, EventKind.ENTRY, lock, new Stamp(time, peer), fence, 0, null, null);
    }

    /** Asks and enters in one step. */
    public void joins(int peer, String lock, long time, Mode mode, long fence) {
        asks(peer, lock, time, mode);
        enters(peer, lock, time, fence);
    }

    public void leaves(int peer, String lock, long time) {
        write(peer, EventKind.EXIT, lock, new Stamp(time, peer), 0, 0, null, null);
    }

    /** Writes the logs, {@code peer1.log} and so on, and has them checked. */
    public Traced trace(String... options) {
        List<Path> files = new ArrayList<>();
        logs.forEach((peer, log) -> {
            Path file = folder.resolve("peer" + peer + ".log");
            try {
                Files.write(file, log.stream().map(LogEntry::json).toList());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            files.add(file);
        });
        return Traced.of(files, options);
    }
}
