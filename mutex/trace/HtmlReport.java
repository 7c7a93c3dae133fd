package mutex.trace;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import mutex.event.LogEvent.EventKind;
import mutex.log.LogContents;
import mutex.text.Count;
import mutex.text.Durations;
import mutex.trace.Violation.Rule;

/** What ran, what was required, the evidence, three entries and the logs, as a page that prints well: report.html filled in. */
final class HtmlReport {

    /** Longer logs are cut in the appendix. */
    private static final int MOST_LINES = 1_000;

    private final Trace trace;
    private final Check check;
    private final QuietSpans quiet;
    private final List<RequestSpan> entries;

    private HtmlReport(Trace trace, Check check) {
        this.trace = trace;
        this.check = check;
        quiet = new QuietSpans(trace);
        entries = trace.entries();
    }

    static String html(Trace trace, Check check) {
        return new HtmlReport(trace, check).fill();
    }

    private String fill() {
        Summary summary = new Summary(trace, check);
        List<String> run = summary.run();
        Map<String, String> slots = new TreeMap<>();
        slots.put("run", escaped(run.get(0)));
        slots.put("class", check.violations().isEmpty() ? "holds" : "broken");
        slots.put("verdict", escaped(summary.verdict()));
        slots.put("peers", peers());
        slots.put("method", AlgorithmText.how(trace));
        slots.put("remarks", paragraphs(run.subList(1, run.size())));
        slots.put("locks", locks());
        slots.put("requirements", requirements());
        slots.put("violations", paragraphs(summary.violations()) + paragraphs(summary.outlived()));
        slots.put("entries", discussed().stream().map(span -> new EntryStory(trace, span).html()).collect(Collectors.joining("\n")));
        slots.put("logs", trace.logs().stream().map(HtmlReport::log).collect(Collectors.joining("\n")));
        // One pass: what is put in may itself hold two braces.
        return Arrays.stream(Diagram.template("report.html").split("(?=\\{\\{)")).map(part -> {
            int end = part.indexOf("}}");
            return part.startsWith("{{") ? slots.get(part.substring(2, end)) + part.substring(end + 2) : part;
        }).collect(Collectors.joining());
    }

    private String peers() {
        StringBuilder rows = new StringBuilder();
        trace.lives().forEach((peer, lives) -> lives.forEach(life -> rows.append(row(
                "peer " + peer + (lives.size() > 1 ? ", process " + life.number() : ""), life.first().where() + " to " + life.last().number(),
                "#" + life.lines().size(), life.first().event().time(), life.last().event().time()))));
        return rows.toString();
    }

    private String locks() {
        StringBuilder rows = new StringBuilder();
        for (String lock : trace.locks()) {
            List<RequestSpan> spans = trace.spans().stream().filter(span -> span.lock.equals(lock)).toList();
            List<Long> waits = spans.stream().filter(RequestSpan::held).map(trace::waited).sorted().toList();
            long messages = trace.lines().stream().map(line -> line.event().what())
                    .filter(what -> what.kind() == EventKind.SEND && lock.equals(what.lock())).count();
            rows.append(row(lock, "#" + spans.size(), "#" + waits.size(),
                    "#" + spans.stream().filter(span -> span.end == RequestSpan.SpanEnd.CANCEL).count(), "#" + messages,
                    "#" + (waits.isEmpty() ? "" : Durations.sayMicros(waits.get(waits.size() / 2))),
                    "#" + (waits.isEmpty() ? "" : Durations.sayMicros(waits.get(waits.size() - 1)))));
        }
        return rows.toString();
    }

    private String requirements() {
        long undisturbed = entries.stream().filter(entry -> quiet.is(entry.asked, entry.entered)).count();
        String calmly = String.format(Locale.ROOT, " Judged where nothing failed: %,d of %s.", undisturbed, Count.of(entries.size(), "entry"));
        long open = trace.spans().stream().filter(span -> span.end == RequestSpan.SpanEnd.OPEN && !span.held()).count();
        AlgorithmText method = AlgorithmText.of(trace);
        long waits = entries.stream().mapToLong(trace::waited).max().orElse(0);
        return requirement(trace.mixed() ? "Safety: no two that exclude each other" : "Safety: at most one holder", Rule.ONE_HOLDER, (entries.size() == 1 ? "The entry" : "Each of "
                        + Count.of(entries.size(), "entry")) + " was compared with the entry of each other peer before it" + (trace.mixed() ? " that it excludes" : "")
                                + ": its vector counts that peer's exit, or the logs show that the earlier holder was gone and known to be.", entries.size())
                + (method.permitted.isEmpty() ? "" : requirement("Safety: nobody enters without permission", Rule.PERMISSIONS, method.permitted + calmly, undisturbed))
                + (trace.mixed() ? kinds() : "")
                + requirement("Safety: fences", Rule.FENCES, "The fence of each entry is above those of all earlier entries of that lock"
                        + (trace.mixed() ? " that it excludes." : "."), entries.size())
                + row("Liveness: every request is served", String.format(Locale.ROOT, "%s: %,d entered (the longest wait was %s), "
                                + "%,d withdrawn, %,d void or cut off by the end of their peer, %,d still waiting when the logs end.",
                        Count.of(trace.spans().size(), "request"), entries.size(), Durations.sayMicros(waits), ended(RequestSpan.SpanEnd.CANCEL),
                        ended(RequestSpan.SpanEnd.VOID) + trace.spans().stream().filter(span -> span.end == RequestSpan.SpanEnd.CUT && !span.held()).count(), open),
                        open == 0 ? "+yes" : "-not yet")
                + (method != AlgorithmText.STAMPS ? "" : requirement("Liveness: nobody is overtaken twice", Rule.OVERTAKING,
                        "While a request waited, no peer that asked later entered before it more than once." + calmly, undisturbed)
                + requirement("Order: entries follow the stamps", Rule.STAMPS, (trace.mixed() ? "Each entry has a later stamp than those before that it excludes." : "Each entry has a later stamp than the one before.") + calmly, undisturbed))
                + cost(method);
    }

    private String kinds() {
        return requirement("Safety: units", Rule.UNITS, "Entries that may have been inside at once, none knowing of the exit of another, never took more units than there are.", entries.size())
                + requirement("Safety: all or nothing", Rule.TOGETHER, "The locks of each request were entered in one step, and left in one step.", entries.size())
                + requirement("Liveness: nobody joins past a request that waits", Rule.JOINS,
                        "Who entered beside others of its own peer, with no message, passed no request that this peer had deferred.", entries.size());
    }

    private String cost(AlgorithmText method) {
        double each = entries.isEmpty() ? 0 : (double) check.messages() / entries.size();
        String measured = String.format(Locale.ROOT, "%s for %s, %.2f per entry.", Count.of(check.messages(), "message"), Count.of(entries.size(), "entry"), each);
        return switch (method) {
            case STAMPS -> requirement("Cost: 2(N-1) messages per entry", Rule.MESSAGES, measured + String.format(Locale.ROOT,
                    " That includes requests that were withdrawn or cut off, and what was sent again over a new link or to a restarted peer. Counted one by "
                            + "one, where nothing failed since the previous request of the same peer: %,d of %s.", check.counted(), Count.of(entries.size(), "entry")), check.counted());
            case KEPT -> row("Cost: at most 2(N-1) messages per entry", measured, "");
            case RING -> row("Cost", measured + " They include those of a token that nobody wanted.", "");
            case OTHER -> row("Cost", measured, "");
        };
    }

    private long ended(RequestSpan.SpanEnd how) {
        return trace.spans().stream().filter(span -> span.end == how).count();
    }

    /** @param judged of how many entries it could be judged: a rule that none shows is not kept yet, and not broken */
    private String requirement(String name, Rule rule, String evidence, long judged) {
        long broken = check.violations().stream().filter(violation -> violation.rule() == rule).count();
        return row(name, evidence, broken > 0 ? "-no: broken " + Count.times(broken)
                : judged == entries.size() && judged > 0 ? "+yes"
                : judged > 0 ? String.format(Locale.ROOT, "+yes, in the %,d judged", judged) : "not shown: no entry could be judged");
    }

    /** The first that broke a rule, if any did; then one that waited longest, one that met an earlier request, one that nobody held up. */
    private List<RequestSpan> discussed() {
        List<RequestSpan> chosen = new ArrayList<>();
        check.worst().stream().limit(1).forEach(violation -> entries.stream().filter(entry -> entry.entered == violation.place()).forEach(chosen::add));
        List<RequestSpan> byWait = entries.stream().sorted((one, other) -> Long.compare(trace.waited(other), trace.waited(one))).toList();
        List<RequestSpan> candidates = new ArrayList<>();
        byWait.stream().filter(span -> new EntryStory(trace, span).heldUpByHolder()).limit(1).forEach(candidates::add);
        byWait.stream().filter(span -> new EntryStory(trace, span).heldUpByEarlier()).limit(1).forEach(candidates::add);
        byWait.stream().filter(span -> new EntryStory(trace, span).heldUpByNobody()).reduce((longer, shorter) -> shorter).ifPresent(candidates::add);
        candidates.addAll(byWait);
        candidates.stream().filter(span -> !chosen.contains(span)).distinct().limit(3 - chosen.size()).forEach(chosen::add);
        return chosen;
    }

    private static String log(LogContents log) {
        StringBuilder text = new StringBuilder("<h3>" + escaped(log.name()) + "</h3>\n<pre>");
        log.lines().stream().limit(MOST_LINES).forEach(line -> text.append(line.number()).append("  ").append(escaped(line.event().json())).append('\n'));
        int more = log.lines().size() - MOST_LINES;
        return text + (more > 0 ? "... and " + Count.of(more, "line") + " more in the file" : "") + "</pre>";
    }

    /** A cell that begins with # is a number, with + good news, with - bad. */
    private static String row(String... cells) {
        return Arrays.stream(cells).map(cell -> switch (cell.isEmpty() ? ' ' : cell.charAt(0)) {
            case '#' -> "<td class=\"n\">" + escaped(cell.substring(1));
            case '+' -> "<td class=\"holds\">" + escaped(cell.substring(1));
            case '-' -> "<td class=\"broken\">" + escaped(cell.substring(1));
            default -> "<td>" + escaped(cell);
        }).collect(Collectors.joining("</td>", "<tr>", "</td></tr>\n"));
    }

    private static String paragraphs(List<String> lines) {
        return lines.stream().map(line -> "<p>" + escaped(line) + "</p>").collect(Collectors.joining("\n"));
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
