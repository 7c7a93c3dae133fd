package mutex.trace;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.IntPredicate;
import java.util.function.IntSupplier;
import mutex.log.LogContents;
import mutex.text.DisplayWidth;
import mutex.text.ExitCode;
import mutex.text.Printable;
import mutex.text.WordWrap;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Looks at the logs of a run afterwards: checks them, tells and draws what happened. */
@Command(name = "trace", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Merge the logs of any number of peers, check them, and tell or draw what happened.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:all rules held", "1:a rule was broken; the first event that broke one is named", "64:wrong usage",
            "65:a log cannot be read", "74:the output cannot be written"})
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
            description = "write a report as a page that prints well: what ran, requirements and evidence, up to three entries step by step, the logs")
    private Path report;

    @Option(names = "--shiviz", paramLabel = "FILE", description = "write the run as a log for ShiViz")
    private Path shiviz;

    @Option(names = "--force", description = "replace the files that are there already; logs are never replaced")
    private boolean force;

    @Mixin
    private LogFiles files;

    private final IntSupplier terminal;

    private OutputFiles output;
    private int width;

    /** For whoever reads it from a file or a pipe: lines are as long as they are. */
    public TraceCommand() {
        this(() -> Integer.MAX_VALUE);
    }

    private TraceCommand(IntSupplier terminal) {
        this.terminal = terminal;
    }

    /**
     * Makes it a command of the line.
     *
     * @param terminal says how many columns a line may have; lines are broken between words, and tables and diagrams made to fit
     */
    public static void addTo(CommandLine line, IntSupplier terminal) {
        line.addSubcommand(new TraceCommand(terminal));
    }

    @Override
    public Integer call() {
        try {
            int refused = files.check();
            if (refused == 0) {
                output = new OutputFiles(files.all(), force);
                refused = checkOutput();
            }
            return refused == 0 ? run() : refused;
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

    /** Prints what may be broken between words. */
    private void say(String line) {
        say(line, 2);
    }

    private void say(String line, int hanging) {
        WordWrap.lines(Printable.of(line), width, hanging).forEach(System.out::println);
    }

    /** Prints a line of what is drawn. */
    private static void draw(String line) {
        System.out.println(Printable.of(line));
    }

    private int run() throws IOException {
        width = terminal.getAsInt();
        Trace trace = Trace.read(files.all());
        List<String> empty = trace.logs().stream().filter(log -> log.lines().isEmpty()).map(LogContents::name).toList();
        if (trace.lines().isEmpty()) { // a check of nothing finds no fault, and would say that all is right
            trace.logs().forEach(log -> log.cuts().forEach(this::say));
            return files.fail(ExitCode.UNREADABLE, String.join(", ", empty) + ": no events; start the peer with --log and that file, and let it ask for a lock");
        }
        empty.forEach(name -> say(name + ": no events; what that peer did is not checked"));
        Check check = Check.of(trace);
        Summary summary = new Summary(trace, check);
        summary.run().forEach(this::say);
        summary.locks().forEach(this::say);
        summary.open().forEach(this::say);
        summary.outlived().forEach(this::say);
        if (lock != null && !trace.locks().contains(lock)) {
            return files.fail(ExitCode.USAGE, "--lock " + Printable.quoted(lock) + " is not in these logs; they have " + String.join(", ", trace.locks()));
        }
        if (story != null && !tell(trace)) {
            return ExitCode.USAGE;
        }
        if (text && story == null) {
            picture(trace, at -> concerns(trace, at, lock));
        } else if (story == null) {
            summary.entries(width).forEach(TraceCommand::draw);
        }
        summary.violations().forEach(this::say);
        say(summary.verdict());
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
            draw("shiviz: give it the parser " + Shiviz.PARSER);
        }
        return check.violations().isEmpty() ? 0 : ExitCode.NO;
    }

    private static String written(String option, Path file) {
        return "wrote " + Printable.quoted(file.toString()) + " (" + option + ")";
    }

    private void picture(Trace trace, IntPredicate wanted) {
        List<String> lines = new ArrayList<>();
        TextDiagram.draw(trace, wanted, width, lines::add);
        lines.forEach(TraceCommand::draw);
        int columns = lines.stream().mapToInt(DisplayWidth::of).max().orElse(0);
        if (columns > width) {
            System.err.println("trace: the diagram takes " + columns + " columns, and this terminal has " + width
                    + "; widen it, or add: | less -S");
        }
    }

    private boolean tell(Trace trace) {
        List<RequestSpan> meant = Timeline.find(trace, story);
        for (RequestSpan span : meant) {
            List<String> lines = Timeline.of(trace, span);
            say(lines.get(0));
            lines.stream().skip(1).forEach(line -> say(line, Timeline.TEXT));
            if (text) {
                picture(trace, at -> span.asked <= at && at <= span.ended && concerns(trace, at, span.lock));
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
