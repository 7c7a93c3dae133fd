package mutex.trace;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import mutex.log.LogContents;
import mutex.text.ExitCode;
import mutex.text.Printable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Looks at the logs of a run afterwards: checks them, tells and draws what happened. */
@Command(name = "trace", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Merge the logs of any number of peers, check them, and tell or draw what happened.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:all rules held", "1:a rule was broken; the first event that broke one is named", "64:wrong usage",
            "65:a log cannot be read"})
public final class TraceCommand implements Callable<Integer> {

    @Option(names = "--story", paramLabel = "ENTRY",
            description = "tell one entry step by step: its stamp, such as 10@2, or its number")
    private String story;

    @Option(names = "--text", description = "draw the run for a terminal, one column per peer; with --story only that entry")
    private boolean text;

    @Option(names = "--lock", paramLabel = "NAME", description = "with --text, draw only this lock (default: all)")
    private String lock;

    @Option(names = "--html", paramLabel = "FILE", description = "draw the run as a page for any browser")
    private Path html;

    @Option(names = "--report", paramLabel = "FILE",
            description = "write a report as a page that prints well: what ran, requirements and evidence, three entries, the logs")
    private Path report;

    @Option(names = "--shiviz", paramLabel = "FILE", description = "write the run as a log for ShiViz")
    private Path shiviz;

    @Option(names = "--force", description = "replace the files that are there already; logs are never replaced")
    private boolean force;

    @Mixin
    private LogFiles files;

    private OutputFiles output;

    @Override
    public Integer call() {
        try {
            int refused = files.check();
            if (refused == 0) {
                output = new OutputFiles(files.all(), force);
                refused = checkOutput();
            }
            return refused == 0 ? run(line -> System.out.println(Printable.of(line))) : refused;
        } catch (IllegalArgumentException | IOException wrong) {
            return files.fail(ExitCode.UNREADABLE, wrong.getMessage());
        }
    }

    private int checkOutput() throws IOException {
        try {
            output.check("--html", html);
            output.check("--report", report);
            output.check("--shiviz", shiviz);
            return 0;
        } catch (IllegalArgumentException wrong) {
            return files.fail(ExitCode.USAGE, wrong.getMessage());
        }
    }

    private int run(Consumer<String> out) throws IOException {
        Trace trace = Trace.read(files.all());
        List<String> empty = trace.logs().stream().filter(log -> log.lines().isEmpty()).map(LogContents::name).toList();
        if (trace.lines().isEmpty()) { // a check of nothing finds no fault, and would say that all is right
            trace.logs().forEach(log -> log.cuts().forEach(out));
            return files.fail(ExitCode.UNREADABLE, String.join(", ", empty) + ": no events; start the peer with --log and that file, and let it ask for a lock");
        }
        empty.forEach(name -> out.accept(name + ": no events; what that peer did is not checked"));
        Check check = Check.of(trace);
        Summary summary = new Summary(trace, check);
        summary.run().forEach(out);
        summary.locks().forEach(out);
        summary.open().forEach(out);
        summary.outlived().forEach(out);
        if (lock != null && !trace.locks().contains(lock)) {
            return files.fail(ExitCode.USAGE, "--lock " + Printable.quoted(lock) + " is not in these logs; they have " + String.join(", ", trace.locks()));
        }
        if (story != null && !tell(trace, out)) {
            return ExitCode.USAGE;
        }
        if (text && story == null) {
            TextDiagram.draw(trace, at -> concerns(trace, at, lock), out);
        } else if (story == null) {
            summary.entries().forEach(out);
        }
        summary.violations().forEach(out);
        out.accept(summary.verdict());
        if (html != null) {
            output.write("--html", html, Diagram.html(trace, check));
            System.err.println("trace: " + written("--html", html) + "; open it in a browser");
        }
        if (report != null) {
            output.write("--report", report, HtmlReport.html(trace, check));
            System.err.println("trace: " + written("--report", report) + "; open it in a browser");
        }
        if (shiviz != null) {
            output.write("--shiviz", shiviz, Shiviz.of(trace));
            System.err.println("trace: " + written("--shiviz", shiviz));
            out.accept("shiviz: give it the parser " + Shiviz.PARSER);
        }
        return check.violations().isEmpty() ? 0 : ExitCode.NO;
    }

    private static String written(String option, Path file) {
        return "wrote " + Printable.quoted(file.toString()) + " (" + option + ")";
    }

    private boolean tell(Trace trace, Consumer<String> out) {
        List<RequestSpan> meant = Timeline.find(trace, story);
        for (RequestSpan span : meant) {
            Timeline.of(trace, span).forEach(out);
            if (text) {
                TextDiagram.draw(trace, at -> span.asked <= at && at <= span.ended && concerns(trace, at, span.lock), out);
            }
        }
        if (meant.isEmpty()) {
            int entries = trace.entries().size();
            files.fail(ExitCode.USAGE, "--story " + Printable.quoted(story) + " is not in these logs; " + (entries == 0 ? "they have no entry"
                    : "name an entry from 1 to " + entries + ", or a stamp such as " + trace.entries().get(0).stamp));
        }
        return !meant.isEmpty();
    }

    /** Whether the event is about the lock, or about none. */
    private static boolean concerns(Trace trace, int at, String lock) {
        String about = trace.event(at).what().lock();
        return lock == null || about == null || about.equals(lock);
    }
}
