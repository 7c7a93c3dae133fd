package mutex.trace;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import mutex.algorithm.AlgorithmKind.EntryRule;
import mutex.event.LogEvent.EventKind;
import mutex.text.Count;

/** One entry for the report: a paragraph that says what it shows, its story and its picture. */
final class EntryStory {

    /** So many characters of one point fit on a line of paper: those of a fixed width are 0.6 points wide. */
    private static final double PAGE_WIDTH = 500 / 0.61;

    private final Trace trace;
    private final RequestSpan span;
    private final List<Integer> deferrals; // places where others deferred it

    EntryStory(Trace trace, RequestSpan span) {
        this.trace = trace;
        this.span = span;
        deferrals = span.about.stream().filter(at -> trace.event(at).what().kind() == EventKind.DEFER).toList();
    }

    boolean heldUpByHolder() {
        return deferrals.stream().anyMatch(at -> trace.ahead(at, span).stream().anyMatch(ahead -> ahead.heldAt(at) && trace.micros(ahead.entered, span.asked) > 0));
    }

    boolean heldUpByEarlier() {
        return deferrals.stream().anyMatch(at -> trace.ahead(at, span).stream().anyMatch(ahead -> !ahead.heldAt(at)));
    }

    boolean heldUpByNobody() {
        return deferrals.isEmpty();
    }

    String html() {
        StringBuilder html = new StringBuilder("<h3>" + HtmlReport.escaped(Timeline.title(trace, span)) + "</h3>\n<p>" + HtmlReport.escaped(text()) + "</p>\n<pre>");
        List<String> story = Timeline.of(trace, span);
        html.append(HtmlReport.escaped(String.join("\n", story.subList(1, story.size())))).append("</pre>\n");
        List<String> picture = new ArrayList<>();
        TextDiagram.draw(trace, at -> at >= span.asked && at <= span.ended && span.lock.equals(trace.event(at).what().lock()),
                Integer.MAX_VALUE, picture::add);
        int columns = picture.stream().mapToInt(String::length).max().orElse(1);
        html.append(String.format(Locale.ROOT, "<pre class=\"picture\" style=\"font-size: %.1fpt\">", Math.min(7.5, PAGE_WIDTH / columns)));
        return html.append(HtmlReport.escaped(String.join("\n", picture))).append("</pre>").toString();
    }

    private String text() {
        String members = span.members == null ? "" : span.members.isEmpty() ? " It was alone."
                : span.rule == EntryRule.TOKEN ? " It needed the token."
                : span.rule.ofPermissions() ? " It needed the permission of " + Count.peers(span.members) + "." : "";
        if (span.joins) {
            return "Peer " + span.peer() + " was inside already in the same mode, and nobody waited there: it joined at " + trace.where(span.asked) + ", and asked nobody.";
        }
        String waits = deferrals.isEmpty() ? !span.rule.ofPermissions() ? "" : " No peer deferred it: none was inside or had asked earlier."
                : deferrals.stream().map(this::why).collect(Collectors.joining());
        return "Peer " + span.peer() + " asked at " + trace.where(span.asked) + "." + members + waits + proof();
    }

    private String why(int at) {
        List<RequestSpan> all = trace.ahead(at, span);
        return all.isEmpty() ? "" : " Peer " + trace.event(at).peer() + " deferred it (" + trace.where(at) + "), because it "
                + all.stream().map(ahead -> why(at, ahead)).collect(Collectors.joining(", and ")) + ".";
    }

    private String why(int at, RequestSpan ahead) {
        return ahead.heldAt(at) ? "was inside with " + ahead.with() : "had also asked, with the earlier stamp " + ahead.with()
                + (ahead.stamp.time() == span.stamp.time() ? "; the times are equal, so the smaller id goes first" : "");
    }

    /** The exit before, and the count that shows that it was known. */
    private String proof() {
        RequestSpan before = trace.entries().stream().filter(entry -> entry.lock.equals(span.lock) && entry.number < span.number && entry.excludes(span))
                .reduce((first, second) -> second).orElse(null);
        if (!span.ungranted.isEmpty()) {
            return " It entered without the permission of " + Count.peers(span.ungranted) + ".";
        }
        if (before == null || before.end != RequestSpan.SpanEnd.EXIT || before.peer() == span.peer()) {
            return "";
        }
        long exit = trace.event(before.ended).vector().of(before.peer());
        long known = trace.event(span.entered).vector().of(before.peer());
        return " The previous holder was peer " + before.peer() + " with " + before.with() + ". Its exit is event " + exit + " of its log (" + trace.where(before.ended)
                + "), and this entry's vector counts " + Count.of(known, "event") + " of peer " + before.peer() + (known >= exit ? ", so the exit happened before it."
                : ", so it did not know of the exit.");
    }
}
