package mutex.trace;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import mutex.algorithm.AlgorithmKind.EntryRule;
import mutex.node.LogEvent.EventKind;

/** One entry for the report: a paragraph that says what it shows, its story and its picture. */
final class EntryStory {

    /** So many characters of one point fit on a line of paper: those of a fixed width are 0.6 points wide. */
    private static final double PAGE_WIDTH = 500 / 0.61;

    private final Trace trace;
    private final RequestSpan turn;
    private final List<Integer> deferrals; // places where others let it wait

    EntryStory(Trace trace, RequestSpan turn) {
        this.trace = trace;
        this.turn = turn;
        deferrals = turn.about.stream().filter(at -> trace.event(at).what().kind() == EventKind.DEFER).toList();
    }

    boolean heldUpByHolder() {
        return deferrals.stream().map(this::ahead).anyMatch(ahead -> ahead != null && ahead.held() && trace.micros(ahead.entered, turn.asked) > 0);
    }

    boolean heldUpByEarlier() {
        return deferrals.stream().anyMatch(at -> ahead(at) != null && (!ahead(at).held() || ahead(at).entered > at));
    }

    boolean heldUpByNobody() {
        return deferrals.isEmpty();
    }

    /** The request or entry for the sake of which a peer lets this one wait. */
    private RequestSpan ahead(int deferral) {
        return trace.during(deferral, trace.event(deferral).peer(), turn.lock);
    }

    String html() {
        StringBuilder html = new StringBuilder("<h3>" + HtmlReport.escaped(Timeline.title(trace, turn)) + "</h3>\n<p>" + HtmlReport.escaped(text()) + "</p>\n<pre>");
        List<String> story = Timeline.of(trace, turn);
        html.append(HtmlReport.escaped(String.join("\n", story.subList(1, story.size())))).append("</pre>\n");
        List<String> picture = new ArrayList<>();
        TextDiagram.draw(trace, at -> at >= turn.asked && at <= turn.ended && turn.lock.equals(trace.event(at).what().lock()), picture::add);
        int columns = picture.stream().mapToInt(String::length).max().orElse(1);
        html.append(String.format(Locale.ROOT, "<pre class=\"picture\" style=\"font-size: %.1fpt\">", Math.min(7.5, PAGE_WIDTH / columns)));
        return html.append(HtmlReport.escaped(String.join("\n", picture))).append("</pre>").toString();
    }

    private String text() {
        String members = turn.members == null ? "" : turn.members.isEmpty() ? " It was alone."
                : turn.rule == EntryRule.TOKEN ? " It needed the token."
                : turn.rule.ofPermissions() ? " It needed the permission of " + Holders.peers(turn.members) + "." : "";
        String waits = deferrals.isEmpty() ? !turn.rule.ofPermissions() ? "" : " Nobody let it wait: no other peer was inside or had asked earlier."
                : deferrals.stream().map(this::why).collect(Collectors.joining());
        return "Peer " + turn.peer() + " asked at " + trace.where(turn.asked) + "." + members + waits + proof();
    }

    private String why(int at) {
        RequestSpan ahead = ahead(at);
        int peer = trace.event(at).peer();
        if (ahead == null) {
            return "";
        }
        boolean inside = ahead.held() && ahead.entered < at;
        return " Peer " + peer + " let it wait (" + trace.where(at) + "), because it "
                + (inside ? "was inside with " + ahead.stamp + "." : "had asked, too, with the earlier stamp " + ahead.stamp
                + (ahead.stamp.time() == turn.stamp.time() ? "; the times are equal, so the smaller id goes first." : "."));
    }

    /** The exit before, and the count that shows that it was known. */
    private String proof() {
        RequestSpan before = trace.entries().stream().filter(entry -> entry.lock.equals(turn.lock) && entry.number < turn.number)
                .reduce((first, second) -> second).orElse(null);
        if (!turn.ungranted.isEmpty()) {
            return " It entered without the permission of " + Holders.peers(turn.ungranted) + ".";
        }
        if (before == null || before.end != RequestSpan.SpanEnd.EXIT || before.peer() == turn.peer()) {
            return "";
        }
        long exit = trace.event(before.ended).vector().of(before.peer());
        long known = trace.event(turn.entered).vector().of(before.peer());
        return " The holder before was peer " + before.peer() + " with " + before.stamp + "; its exit is event " + exit + " of its log (" + trace.where(before.ended)
                + "), and the vector of this entry counts " + known + " events of peer " + before.peer() + (known >= exit ? ": the exit happened before."
                : ": it did not know of the exit.");
    }
}
