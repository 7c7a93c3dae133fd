package mutex.trace;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import mutex.algorithm.Message;
import mutex.algorithm.Stamp;
import mutex.node.Happening;

/** Reads the log of a peer back from its file. */
public final class LogReader {

    private LogReader() {}

    /**
     * All events of the file, in its order.
     *
     * @throws IllegalArgumentException in one line with file, line and what is wrong there
     */
    public static List<Entry> read(Path file) throws IOException {
        List<Entry> entries = new ArrayList<>();
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            String line;
            while ((line = lines.readLine()) != null) {
                try {
                    entries.add(entry(JsonParser.parseString(line).getAsJsonObject()));
                } catch (RuntimeException wrong) {
                    throw new IllegalArgumentException(file + ":" + (entries.size() + 1)
                            + ": is no line of a peer's log (" + wrong.getMessage() + ")");
                }
            }
        }
        return entries;
    }

    private static Entry entry(JsonObject json) {
        TreeMap<Integer, Long> vector = new TreeMap<>();
        json.getAsJsonObject("vector").entrySet()
                .forEach(count -> vector.put(Integer.valueOf(count.getKey()), count.getValue().getAsLong()));
        Stamp stamp = json.has("stamp") ? stamp(text(json, "stamp")) : null;
        Happening what = new Happening(
                Happening.Kind.valueOf(text(json, "event").toUpperCase(Locale.ROOT)),
                json.get("epoch").getAsLong(), json.get("lamport").getAsLong(), text(json, "lock"), stamp,
                json.has("fence") ? json.get("fence").getAsLong() : 0,
                json.has("other") ? json.get("other").getAsInt() : 0,
                json.has("message") ? message(text(json, "message"), stamp) : null, text(json, "text"));
        return new Entry(ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse(text(json, "time"))),
                json.get("peer").getAsInt(),
                new VectorClock.Reading(vector.keySet().stream().mapToInt(Integer::intValue).toArray(),
                        vector.values().stream().mapToLong(Long::longValue).toArray()),
                what);
    }

    private static String text(JsonObject json, String key) {
        JsonElement value = json.get(key);
        return value == null ? null : value.getAsString();
    }

    private static Stamp stamp(String text) {
        int at = text.indexOf('@');
        return new Stamp(Long.parseLong(text.substring(0, at)), Integer.parseInt(text.substring(at + 1)));
    }

    private static Message message(String kind, Stamp stamp) {
        return switch (kind) {
            case "REQUEST" -> new Message.Request(stamp, false);
            case "TRY" -> new Message.Request(stamp, true);
            case "PERMISSION" -> new Message.Permission(stamp);
            case "REFUSED" -> new Message.Refusal(stamp);
            default -> throw new IllegalArgumentException("message \"" + kind + "\" is not known");
        };
    }
}
