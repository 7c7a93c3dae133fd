package mutex.trace;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import mutex.algorithm.Message;
import mutex.algorithm.Message.Request;
import mutex.log.LogEntry;
import mutex.node.LogEvent;
import mutex.node.LogEvent.EventKind;
import mutex.text.Durations;

/** One request step by step: who asked whom, who answered when, who let it wait and why, how long each step took. */
public final class Timeline {

    private final Trace trace;
    private final RequestSpan turn;
    private final boolean ofFiles; // each step has its place in one

    private Timeline(Trace trace, RequestSpan turn, boolean ofFiles) {
        this.trace = trace;
        this.turn = turn;
        this.ofFiles = ofFiles;
    }

    static List<String> of(Trace trace, RequestSpan turn) {
        return new Timeline(trace, turn, true).tell();
    }

    /**
     * The story of one entry of a lock, by the events of all peers.
     *
     * @param number of the entry among those of the lock, from 1
     * @throws IndexOutOfBoundsException when there were not so many
     */
    public static List<String> of(List<LogEntry> events, String lock, int number) {
        Trace trace = Trace.ofEvents(events);
        RequestSpan turn = trace.entries().stream().filter(entry -> entry.lock.equals(lock)).toList().get(number - 1);
        return new Timeline(trace, turn, false).tell();
    }

    /** One line: what came of it, and how long it took. */
    static String title(Trace trace, RequestSpan turn) {
        String waited = "waited " + Durations.sayMicros(trace.waited(turn));
        String inside = turn.held() && turn.end != RequestSpan.SpanEnd.OPEN ? ", inside " + Durations.sayMicros(trace.micros(turn.entered, turn.ended)) : "";
        return (turn.held() ? "entry " + turn.number + ": " : "") + turn + ", " + waited + inside + switch (turn.end) {
            case EXIT -> "";
            case CANCEL -> ", withdrawn";
            case LOST -> ", LOST";
            case VOID -> ", void as the peer lost its standing";
            case CUT -> ", until the peer was killed";
            case OPEN -> turn.held() ? ", inside when the logs end" : ", still waits when the logs end";
        };
    }

    private List<String> tell() {
        List<String> lines = new ArrayList<>();
        lines.add(title(trace, turn));
        for (int at : places()) {
            String said = say(at);
            if (said != null) {
                lines.add(String.format(Locale.ROOT, "%10.2f  peer %-5d %s", trace.micros(turn.asked, at) / 1e3, trace.event(at).peer(), said)
                        + (ofFiles ? "  (" + trace.where(at) + ")" : ""));
            }
        }
        return lines;
    }

    /** What is about the request, whom it makes wait, and what else happens at its peer meanwhile. */
    private SortedSet<Integer> places() {
        SortedSet<Integer> places = new TreeSet<>(turn.about);
        for (int at = turn.asked; at <= turn.ended; at++) {
            LogEntry event = trace.event(at);
            boolean letsWait = event.what().kind() == EventKind.DEFER && event.what().lock().equals(turn.lock);
            if (event.peer() == turn.peer() && (letsWait || event.what().lock() == null)) {
                places.add(at);
            }
        }
        return places;
    }

    private String say(int at) {
        LogEntry event = trace.event(at);
        LogEvent what = event.what();
        boolean own = event.peer() == turn.peer();
        return switch (what.kind()) {
            case REQUEST -> "asks for it with " + turn.stamp;
            case SEND -> what.message() instanceof Request ? ask(at, what) : answer(at, event);
            case RECEIVE -> !what.message().ofRequest() ? "gets " + what.message() + " from " + what.peer() + way(at)
                    : own ? null : "gets the request" + way(at);
            case DEFER -> own ? "lets " + what.peer() + " wait, which asks with " + what.stamp() : "lets it wait: " + reason(at);
            case PERMISSION -> permission(at, what);
            case ENTRY -> "ENTERS after " + Durations.sayMicros(trace.waited(turn)) + ", fence " + what.fence();
            case EXIT -> "gives it back after " + Durations.sayMicros(trace.micros(turn.entered, at));
            case CANCEL -> "withdraws it";
            case LOST -> "has LOST it";
            case LINK, ABSENT -> "and peer " + what.peer() + ": " + what.text();
            case EPOCH -> (what.peer() == event.peer() ? "" : "and peer " + what.peer() + ": ") + what.text();
            case GROUP -> what.text();
        };
    }

    private String ask(int at, LogEvent what) {
        int arrival = trace.partners()[at];
        boolean again = turn.about.stream().anyMatch(before -> before < at && trace.event(before).what().kind() == EventKind.SEND
                && trace.event(before).peer() == turn.peer() && trace.event(before).what().peer() == what.peer());
        return "asks " + what.peer() + (again ? " again" : "") + (arrival < 0 ? ", which the logs do not show to arrive" : "");
    }

    private String answer(int at, LogEntry event) {
        int arrival = trace.partners()[at];
        String lost = arrival < 0 ? ", which the logs do not show to arrive" : "";
        if (!event.what().message().ofRequest()) {
            return "sends " + event.what().message() + " to " + event.what().peer() + lost;
        } else if (!(event.what().message() instanceof Message.Permission)) {
            return "refuses: " + reason(at) + lost;
        }
        int got = last(at, event.peer(), EventKind.RECEIVE);
        boolean waited = last(at, event.peer(), EventKind.DEFER) > got;
        return "gives permission" + (got < 0 ? "" : waited ? ", having let it wait for " + Durations.sayMicros(trace.micros(got, at)) : " at once") + lost;
    }

    /** The last event of that kind and peer about the request before that place, or -1. */
    private int last(int before, int peer, EventKind kind) {
        return turn.about.stream().filter(at -> at < before && trace.event(at).peer() == peer && trace.event(at).what().kind() == kind)
                .mapToInt(Integer::intValue).max().orElse(-1);
    }

    private String permission(int at, LogEvent what) {
        int arrival = last(at, turn.peer(), EventKind.RECEIVE);
        return "has the permission of " + what.peer() + (arrival < 0 ? "" : way(arrival));
    }

    private String way(int arrival) {
        int sent = trace.partners()[arrival];
        return sent < 0 ? "" : ", " + Durations.sayMicros(trace.micros(sent, arrival)) + " on the way";
    }

    /** Why a peer lets the request wait. */
    private String reason(int at) {
        RequestSpan theirs = trace.during(at, trace.event(at).peer(), turn.lock);
        if (theirs == null) {
            return "its log does not say why";
        }
        return theirs.held() && theirs.entered < at
                ? "it is inside with " + theirs.stamp + " since " + Durations.sayMicros(trace.micros(theirs.entered, at))
                : "it asked earlier, with " + theirs.stamp;
    }

    /** The requests that are meant by a stamp such as {@code 10@2}, or by the number of an entry. */
    static List<RequestSpan> find(Trace trace, String wanted) {
        return trace.turns().stream().filter(turn -> turn.stamp.toString().equals(wanted)
                || turn.held() && String.valueOf(turn.number).equals(wanted)).collect(Collectors.toList());
    }
}
