package mutex.log;

import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mutex.algorithm.Message;
import mutex.algorithm.Stamp;
import mutex.node.LogEvent;

/**
 * One line of a peer's log.
 *
 * @param timeMicros wall clock, microseconds since 1970; for people: order is by vector
 * @param peer whose log it is
 */
public record LogEntry(long timeMicros, int peer, VectorClock.Reading vector, LogEvent what) {

    private static final Pattern OF_TOKEN = Pattern.compile("(TOKEN|CENSUS|VOW) (\\d{1,18})[.#](\\d{1,18})(?:\\.(\\d{1,9}))?");
    private static final DateTimeFormatter TIME = new DateTimeFormatterBuilder().appendInstant(6).toFormatter(Locale.ROOT);

    /** The name of the event in the log, such as {@code entry}. */
    public String event() {
        return what.kind().name().toLowerCase(Locale.ROOT);
    }

    /** REQUEST, TRY, PERMISSION, REFUSED or REFUSED-HELD (by who is inside), or such as {@code TOKEN 1.17.3}; null when no message is concerned. */
    public String message() {
        Message message = what.message();
        return message == null ? null : message.stamp() == null ? message.toString() : message.toString().split(" ")[0];
    }

    /**
     * The inverse of {@link #message()}.
     *
     * @throws IllegalArgumentException when no message has the name
     */
    public static Message message(String name, Stamp stamp) {
        return switch (name) {
            case "REQUEST" -> new Message.Request(stamp, false);
            case "TRY" -> new Message.Request(stamp, true);
            case "PERMISSION" -> new Message.Permission(stamp);
            case "REFUSED" -> new Message.Refusal(stamp);
            case "REFUSED-HELD" -> new Message.Refusal(stamp, true);
            default -> ofToken(name);
        };
    }

    private static Message ofToken(String text) {
        Matcher parts = OF_TOKEN.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException("message \"" + text + "\" is not known");
        }
        long first = Long.parseLong(parts.group(2));
        long second = Long.parseLong(parts.group(3));
        return switch (parts.group(1)) {
            case "TOKEN" -> new Message.Token(first, second, parts.group(4) == null ? 0 : Integer.parseInt(parts.group(4)));
            case "CENSUS" -> new Message.Census(first, second);
            default -> new Message.Vow(second, first);
        };
    }

    /** The wall-clock time, as the log has it: UTC, always with six digits of the second. */
    public String time() {
        return TIME.format(Instant.EPOCH.plus(timeMicros, ChronoUnit.MICROS));
    }

    /** As a line of JSON, without the line's end. */
    public String json() {
        StringBuilder json = new StringBuilder(200);
        json.append("{\"time\":\"").append(time()).append("\",\"peer\":").append(peer)
                .append(",\"epoch\":").append(what.epoch())
                .append(",\"lamport\":").append(what.time())
                .append(",\"vector\":{");
        for (int i = 0; i < vector.peers().length; i++) {
            json.append(i == 0 ? "\"" : ",\"").append(vector.peers()[i]).append("\":").append(vector.counts()[i]);
        }
        json.append("},\"event\":\"").append(event()).append('"');
        if (what.peer() != 0) {
            json.append(",\"other\":").append(what.peer());
        }
        text(json, "message", message());
        text(json, "lock", what.lock());
        text(json, "stamp", what.stamp() == null ? null : what.stamp().toString());
        if (what.fence() != 0) {
            json.append(",\"fence\":\"").append(what.fence()).append('"'); // above 2^53 many readers round a number
        }
        text(json, "text", what.text());
        return json.append('}').toString();
    }

    private static void text(StringBuilder json, String key, String value) {
        if (value != null) {
            json.append(",\"").append(key).append("\":");
            quote(json, value);
        }
    }

    static void quote(StringBuilder json, String value) {
        json.append('"');
        for (char c : value.toCharArray()) {
            if (c < ' ' || c > '~' || c == '"' || c == '\\') { // ASCII, so that no terminal obeys and no locale matters
                json.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        json.append('"');
    }

    /** As a person reads it, after the time of day in UTC. */
    public String line() {
        return time().substring(11, 23) + " " + this;
    }

    /** As a person reads it. */
    @Override
    public String toString() {
        String other = what.peer() == 0 ? "" : String.valueOf(what.peer());
        String said = switch (what.kind()) {
            case REQUEST -> "asks for it with stamp " + what.stamp();
            case SEND -> "sends " + what.message() + " to " + other;
            case RECEIVE -> "receives " + what.message() + " from " + other;
            case PERMISSION -> "has permission from " + other + " for " + what.stamp();
            case DEFER -> "defers request " + what.stamp() + " of peer " + other;
            case ENTRY -> "enters with " + what.stamp() + ", fence " + what.fence();
            case EXIT -> "gives it back";
            case CANCEL -> "withdraws " + what.stamp();
            case LOST -> "has LOST it";
            case LINK, ABSENT -> "and peer " + other + ": " + what.text();
            default -> event() + (other.isEmpty() ? " " : " of peer " + other + ": ") + what.text();
        };
        return "peer " + peer + " " + (what.lock() == null ? "" : "[" + what.lock() + "] ") + said;
    }
}
