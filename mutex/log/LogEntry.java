package mutex.log;

import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import mutex.event.LogEvent;
import mutex.event.LogEvent.Detail;

/**
 * One line of a peer's log.
 *
 * @param timeMicros wall clock, microseconds since 1970; for people: order is by vector
 * @param peer whose log it is
 */
public record LogEntry(long timeMicros, int peer, VectorClock.Reading vector, LogEvent what) {

    private static final DateTimeFormatter TIME = new DateTimeFormatterBuilder().appendInstant(6).toFormatter(Locale.ROOT);

    /** The name of the event in the log, such as {@code entry}. */
    public String event() {
        return what.kind().name().toLowerCase(Locale.ROOT);
    }

    /** As in {@link MessageText}; null when no message is concerned. */
    public String message() {
        return what.message() == null ? null : MessageText.of(what.message());
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
        detail(json, what.detail());
        text(json, "text", what.text());
        return json.append('}').toString();
    }

    private static void text(StringBuilder json, String key, String value) {
        if (value != null) {
            json.append(",\"").append(key).append("\":");
            quote(json, value);
        }
    }

    private static void detail(StringBuilder json, Detail detail) {
        if (detail instanceof Detail.FollowsAlgorithm follows) {
            text(json, "algorithm", follows.name());
        } else if (detail instanceof Detail.InMode in) {
            text(json, "mode", in.mode().toString());
        } else if (detail instanceof Detail.BeganEpoch began) {
            json.append(",\"otherEpoch\":").append(began.epoch());
        } else if (detail instanceof Detail.Reachable reachable) {
            json.append(",\"reachable\":").append(reachable.now());
        } else if (detail instanceof Detail.InGroup group) {
            json.append(",\"members\":").append(group.members().toString().replace(" ", ""));
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
            case REQUEST -> "asks for it with stamp " + what.stamp() + (what.detail() instanceof Detail.InMode in ? " " + in.mode() : "");
            case SEND -> "sends " + what.message() + " to " + other;
            case RECEIVE -> "receives " + what.message() + " from " + other;
            case PERMISSION -> "has permission from " + other + " for " + what.stamp();
            case DEFER -> "defers request " + what.stamp() + " of peer " + other;
            case ENTRY -> "enters with " + what.stamp() + ", fence " + what.fence();
            case EXIT -> "gives it back";
            case CANCEL -> "withdraws " + what.stamp();
            case LOST -> "has LOST it";
            case MARK -> "marks the run of its job, which begins";
            case RAN -> "runs nothing: the job has run in this period";
            case LINK, ABSENT -> "and peer " + other + ": " + what.text();
            case EPOCH -> (what.peer() == peer ? "begins " : "learns of peer " + other + "'s ") + what.text();
            case GROUP -> (what.detail() instanceof Detail.InGroup group && !group.members().isEmpty() ? "group " : "is ") + what.text();
        };
        return "peer " + peer + " " + (what.lock() == null ? "" : "[" + what.lock() + "] ") + said;
    }
}
