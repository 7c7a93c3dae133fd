package mutex.trace;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import mutex.algorithm.Message;
import mutex.algorithm.Message.Request;
import mutex.event.LogEvent;
import mutex.event.LogEvent.EventKind;
import mutex.log.LogEntry;
import mutex.text.Count;
import mutex.text.Durations;

/** One request step by step: who asked whom, who answered when, who deferred it and why, how long each step took. */
public final class Timeline {

    /** The column at which a line says what happened, after when and where. */
    static final int TEXT = 24;

    private final Trace trace;
    private final RequestSpan span;
    private final boolean ofFiles; // each step has its place in one

    private Timeline(Trace trace, RequestSpan span, boolean ofFiles) {
        this.trace = trace;
        this.span = span;
        this.ofFiles = ofFiles;
    }

    static List<String> of(Trace trace, RequestSpan span) {
        return new Timeline(trace, span, true).tell();
    }

    /**
     * Tells of one entry of a lock, by the events of all peers.
     *
     * @param number of the entry among those of the lock, from 1
     * @throws IndexOutOfBoundsException when there were not so many
     */
    public static List<String> of(List<LogEntry> events, String lock, int number) {
        Trace trace = Trace.ofEvents(events);
        RequestSpan span = trace.entries().stream().filter(entry -> entry.lock.equals(lock)).toList().get(number - 1);
        return new Timeline(trace, span, false).tell();
    }

    /** One line: what came of it, and how long it took. */
    static String title(Trace trace, RequestSpan span) {
        String waited = "waited " + Durations.sayMicros(trace.waited(span));
        String inside = span.held() && span.end != RequestSpan.SpanEnd.OPEN ? ", inside " + Durations.sayMicros(trace.micros(span.entered, span.ended)) : "";
        return (span.held() ? "entry " + span.number + ": " : "") + span + ", " + waited + inside + switch (span.end) {
            case EXIT -> "";
            case CANCEL -> ", withdrawn";
            case LOST -> ", LOST";
            case VOID -> ", void: the peer lost its standing";
            case CUT -> ", until the peer was killed";
            case OPEN -> span.held() ? ", inside when the logs end" : ", still waits when the logs end";
        };
    }

    private List<String> tell() {
        List<String> lines = new ArrayList<>();
        lines.add(title(trace, span));
        for (int at : places()) {
            String said = say(at);
            if (said != null) {
                lines.add(String.format(Locale.ROOT, "%10.2f  peer %-6d %s", trace.micros(span.asked, at) / 1e3, trace.event(at).peer(), said)
                        + (ofFiles ? "  (" + trace.where(at) + ")" : ""));
            }
        }
        return lines;
    }

    /** What is about the request, whom its peer defers for it, and what else happens there meanwhile. */
    private SortedSet<Integer> places() {
        SortedSet<Integer> places = new TreeSet<>(span.about);
        for (int at = span.asked; at <= span.ended; at++) {
            LogEntry event = trace.event(at);
            boolean defers = event.what().kind() == EventKind.DEFER && event.what().lock().equals(span.lock);
            if (event.peer() == span.peer() && (defers || event.what().lock() == null)) {
                places.add(at);
            }
        }
        return places;
    }

    private String say(int at) {
        LogEntry event = trace.event(at);
        LogEvent what = event.what();
        boolean own = event.peer() == span.peer();
        return switch (what.kind()) {
            case REQUEST -> "asks for it with " + span.with();
            case SEND -> what.message() instanceof Request ? ask(at, what) : answer(at, event);
            case RECEIVE -> !what.message().ofRequest() ? "receives " + what.message() + " from " + what.peer() + way(at)
                    : own ? null : "receives the request" + again(at) + way(at);
            case DEFER -> own ? "defers request " + what.stamp() + " of peer " + what.peer() : again(at).isEmpty() ? "defers it: " + reason(at) : null;
            case PERMISSION -> permission(at, what);
            case ENTRY -> "ENTERS after " + Durations.sayMicros(trace.waited(span)) + ", fence " + what.fence();
            case EXIT -> "gives it back after " + Durations.sayMicros(trace.micros(span.entered, at));
            case CANCEL -> "withdraws it";
            case LOST -> "has LOST it";
            case MARK -> "begins the run of its job";
            case RAN -> "runs nothing, as its job has run in this period";
            case LINK, ABSENT -> "and peer " + what.peer() + ": " + what.text();
            case EPOCH -> (what.peer() == event.peer() ? "" : "and peer " + what.peer() + ": ") + what.text();
            case GROUP -> what.text();
        };
    }

    private String ask(int at, LogEvent what) {
        int arrival = trace.partners()[at];
        return "asks " + what.peer() + again(at) + (arrival < 0 ? " (no log shows its arrival)" : "");
    }

    /** Where the same went the same way before: over a new link, say, it is said again. */
    private String again(int at) {
        LogEntry event = trace.event(at);
        return span.about.stream().map(before -> before < at ? trace.event(before) : null).anyMatch(before -> before != null && before.peer() == event.peer()
                && before.what().kind() == event.what().kind() && before.what().peer() == event.what().peer()
                && same(before.what().message(), event.what().message())) ? " again" : "";
    }

    /** A permission stays one if it names other units. */
    private static boolean same(Message before, Message message) {
        return before instanceof Message.Permission && message instanceof Message.Permission || Objects.equals(before, message);
    }

    private String answer(int at, LogEntry event) {
        String lost = trace.partners()[at] < 0 ? " (no log shows its arrival)" : "";
        Message message = event.what().message();
        if (!message.ofRequest()) {
            return "sends " + message + " to " + event.what().peer() + lost;
        }
        return (message instanceof Message.Permission permission ? permission(at, permission) : "refuses: " + reason(at)) + lost;
    }

    private String permission(int at, Message.Permission permission) {
        int peer = trace.event(at).peer();
        boolean toldMore = span.about.stream().filter(before -> before < at && trace.event(before).peer() == peer)
                .anyMatch(before -> trace.event(before).what().message() instanceof Message.Permission told && told.used() > permission.used());
        if (toldMore) {
            return "says that it uses " + (permission.used() == 0 ? "no units any more" : "only " + Count.of(permission.used(), "unit") + " now"); // K2
        }
        int got = last(at, peer, EventKind.RECEIVE);
        boolean waited = last(at, peer, EventKind.DEFER) > got;
        return "gives permission" + again(at) + (got < 0 ? "" : waited ? ", having deferred it for " + Durations.sayMicros(trace.micros(got, at)) : " at once")
                + (permission.used() == 0 ? "" : ", and says that it uses " + Count.of(permission.used(), "unit"));
    }

    /** The last event of that kind and peer about the request before that place, or -1. */
    private int last(int before, int peer, EventKind kind) {
        return span.about.stream().filter(at -> at < before && trace.event(at).peer() == peer && trace.event(at).what().kind() == kind)
                .mapToInt(Integer::intValue).max().orElse(-1);
    }

    private String permission(int at, LogEvent what) {
        int arrival = last(at, span.peer(), EventKind.RECEIVE);
        return "has the permission of " + what.peer() + (arrival < 0 ? "" : way(arrival));
    }

    private String way(int arrival) {
        int sent = trace.partners()[arrival];
        return sent < 0 ? "" : ", " + Durations.sayMicros(trace.micros(sent, arrival)) + " on the way";
    }

    /** Why a peer defers the request. */
    private String reason(int at) {
        List<String> reasons = trace.ahead(at, span).stream().map(theirs -> theirs.heldAt(at)
                ? "it has been inside with " + theirs.with() + " for " + Durations.sayMicros(trace.micros(theirs.entered, at))
                : "it asked earlier, with " + theirs.with()).toList();
        return reasons.isEmpty() ? "its log does not say why" : String.join(", and ", reasons);
    }

    /** The requests that are meant by a stamp such as {@code 10@2}, or by the number of an entry. */
    static List<RequestSpan> find(Trace trace, String wanted) {
        return trace.spans().stream().filter(span -> span.stamp.toString().equals(wanted)
                || span.held() && String.valueOf(span.number).equals(wanted)).collect(Collectors.toList());
    }
}
