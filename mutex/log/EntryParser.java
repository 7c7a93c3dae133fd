package mutex.log;

import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import java.io.EOFException;
import java.io.IOException;
import java.io.StringReader;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;
import mutex.algorithm.Message;
import mutex.algorithm.Mode;
import mutex.algorithm.Stamp;
import mutex.event.LogEvent;
import mutex.event.LogEvent.Detail;
import mutex.event.LogEvent.EventKind;

/** The inverse of {@link LogEntry#json}: one pass over a line, because logs are long. */
final class EntryParser {

    private static final int HIGHEST_ID = 65_535;

    private String time;
    private long peer;
    private long epoch = -1;
    private long lamport = -1;
    private long fence;
    private long other;
    private VectorClock.Reading vector;
    private EventKind kind;
    private String lock;
    private String stamp;
    private String message;
    private String text;
    private Detail detail;

    /** @throws IllegalArgumentException saying what is wrong with it */
    static LogEntry parse(String line) {
        String key = null;
        try (JsonReader json = new JsonReader(new StringReader(line))) {
            EntryParser read = new EntryParser();
            json.beginObject();
            while (json.hasNext()) {
                key = json.nextName();
                read.value(key, json);
                key = null;
            }
            json.endObject();
            require(json.peek() == JsonToken.END_DOCUMENT, "more than one event on a line");
            return read.entry();
        } catch (MalformedJsonException | EOFException | IllegalStateException wrong) {
            throw new IllegalArgumentException("not a line of a --log file"
                    + (key == null ? "" : " at \"" + key + "\""));
        } catch (NumberFormatException wrong) {
            throw new IllegalArgumentException("\"" + key + "\" is not a whole number");
        } catch (IOException impossible) {
            throw new IllegalArgumentException(impossible.getMessage());
        }
    }

    private void value(String key, JsonReader json) throws IOException {
        switch (key) {
            case "time" -> time = json.nextString();
            case "peer" -> peer = json.nextLong();
            case "epoch" -> epoch = json.nextLong();
            case "lamport" -> lamport = json.nextLong();
            case "vector" -> vector = vector(json);
            case "event" -> kind = kind(json.nextString());
            case "other" -> other = json.nextLong();
            case "message" -> message = json.nextString();
            case "lock" -> lock = json.nextString();
            case "stamp" -> stamp = json.nextString();
            case "fence" -> fence = json.nextLong();
            case "text" -> text = json.nextString();
            case "algorithm" -> detail = new Detail.FollowsAlgorithm(json.nextString());
            case "mode" -> detail = new Detail.InMode(Mode.parse(json.nextString()));
            case "otherEpoch" -> detail = new Detail.BeganEpoch(json.nextLong());
            case "reachable" -> detail = new Detail.Reachable(json.nextBoolean());
            case "members" -> detail = new Detail.InGroup(members(json));
            default -> json.skipValue(); // of a later version
        }
    }

    private static VectorClock.Reading vector(JsonReader json) throws IOException {
        int[] peers = new int[4];
        long[] counts = new long[4];
        int size = 0;
        json.beginObject();
        while (json.hasNext()) {
            if (size == peers.length) {
                peers = Arrays.copyOf(peers, 2 * size);
                counts = Arrays.copyOf(counts, 2 * size);
            }
            peers[size] = Integer.parseInt(json.nextName());
            counts[size] = json.nextLong();
            require(size == 0 || peers[size] > peers[size - 1], "the peers in \"vector\" are not in rising order");
            size++;
        }
        json.endObject();
        return new VectorClock.Reading(Arrays.copyOf(peers, size), Arrays.copyOf(counts, size));
    }

    private static SortedSet<Integer> members(JsonReader json) throws IOException {
        SortedSet<Integer> members = new TreeSet<>();
        json.beginArray();
        while (json.hasNext()) {
            members.add(json.nextInt());
        }
        json.endArray();
        return members;
    }

    private static EventKind kind(String name) {
        try {
            return EventKind.valueOf(name.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException unknown) {
            throw new IllegalArgumentException("event \"" + name + "\" is not known");
        }
    }

    private LogEntry entry() {
        String missing = time == null ? "time" : peer == 0 ? "peer" : epoch < 0 ? "epoch" : lamport < 0 ? "lamport"
                : vector == null ? "vector" : kind == null ? "event" : null;
        require(missing == null, "\"" + missing + "\" is missing");
        require(peer > 0 && peer <= HIGHEST_ID && other >= 0 && other <= HIGHEST_ID, "an id is not from 1 to " + HIGHEST_ID);
        require(vector.of((int) peer) > 0, "\"vector\" does not count peer " + peer + " itself");
        boolean ofLock = switch (kind) {
            case REQUEST, SEND, RECEIVE, PERMISSION, DEFER, ENTRY, EXIT, CANCEL, LOST, MARK, RAN -> true;
            default -> false;
        };
        Stamp asked = stamp == null ? null : stamp();
        Message said = message == null ? null : MessageText.parse(message, asked);
        require(!ofLock || lock != null && (said != null || stamp != null), "a \"lock\" and a \"stamp\" are missing");
        return new LogEntry(micros(), (int) peer, vector, new LogEvent(kind, epoch, lamport, lock, asked, fence, (int) other,
                said, detail == null ? OldText.detail(kind, text) : detail, text));
    }

    private long micros() {
        try {
            return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse(time));
        } catch (DateTimeException wrong) {
            throw new IllegalArgumentException("\"time\" is \"" + time + "\", not such as 2026-11-21T04:05:26.423317Z");
        }
    }

    private Stamp stamp() {
        int at = stamp.indexOf('@');
        try {
            return new Stamp(Long.parseLong(stamp.substring(0, Math.max(0, at))), Integer.parseInt(stamp.substring(at + 1)));
        } catch (NumberFormatException wrong) {
            throw new IllegalArgumentException("\"stamp\" is \"" + stamp + "\", not such as 4@2");
        }
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
