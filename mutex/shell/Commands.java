package mutex.shell;

import java.io.PrintWriter;
import java.io.Writer;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import mutex.text.ExitCode;
import mutex.text.Printable;
import org.jline.reader.SyntaxError;
import org.jline.reader.impl.DefaultParser;
import picocli.CommandLine;

/** The commands of a shell: takes a line apart, runs it, and says on the screen what is wrong with it. */
public final class Commands {

    static final int LONGEST_LINE = 10_000; // characters

    private final CommandLine line;
    private final Screen screen;
    private final DefaultParser words = new DefaultParser(); // of the line that was entered

    /** @param commands annotated for picocli, with a subcommand for each command */
    public Commands(Object commands, Screen screen) {
        this.screen = screen;
        words.setEscapeChars(null);
        words.setEofOnUnclosedQuote(true);
        line = new CommandLine(commands);
        line.setUsageHelpAutoWidth(true);
        line.setExpandAtFiles(false); // a name that begins with @ is a wrong name, no file to read
        line.getSubcommands().values().stream().map(each -> each.getCommandSpec().usageMessage())
                .filter(usage -> usage.customSynopsis().length == 0) // the others begin with the name of a parent that has none, and a blank
                .forEach(usage -> usage.synopsisHeading("Usage:"));
        line.registerConverter(Duration.class, new DurationConverter());
        line.setParameterExceptionHandler((wrong, args) -> {
            screen.problem(oneLine(wrong));
            return ExitCode.USAGE;
        });
        line.setExecutionExceptionHandler((failure, command, args) -> {
            screen.problem(command.getCommandName() + ": " + failure.getMessage());
            return ExitCode.NO;
        });
        LineWriter out = new LineWriter(screen::styled);
        line.setOut(out.printer());
        line.setErr(out.printer());
    }

    /** As picocli has them, for completion. */
    public CommandLine line() {
        return line;
    }

    /** Runs a line, or each of several that were pasted as one; whether all of that went well. */
    public boolean execute(String text) {
        boolean well = true;
        for (String each : text.split("\\R")) {
            well &= each.isBlank() || command(each);
        }
        return well;
    }

    private boolean command(String text) {
        if (text.length() > LONGEST_LINE) {
            return tooLong(text.length());
        }
        try {
            // Stripped: the parser adds an empty word after a trailing blank. One in quotes stays, and is refused as a name.
            List<String> command = words.parse(text.strip(), text.strip().length()).words();
            return line.execute(command.toArray(String[]::new)) == 0;
        } catch (SyntaxError unbalanced) {
            screen.problem("\"" + text.strip() + "\": a quote is not closed; close it or leave it out");
            return false;
        }
    }

    /** Says so of a line of so many characters; false, as it was not run. */
    boolean tooLong(long characters) {
        screen.problem("a line of " + characters + " characters is too long for a command; \"help\" lists them");
        return false;
    }

    private static String oneLine(CommandLine.ParameterException wrong) {
        String command = wrong.getCommandLine().getCommandName();
        if (command.isEmpty() && wrong instanceof CommandLine.UnmatchedArgumentException unknown) {
            String similar = Usage.didYouMean(unknown);
            return "unknown command " + Printable.quoted(unknown.getUnmatched().get(0)) + (similar.isEmpty() ? "; \"help\" lists them" : similar);
        }
        String problem = Usage.inOneLine(wrong);
        if (command.isEmpty()) { // help, about a command that is not there
            return problem.replaceFirst("\\.$", "") + "; \"help\" lists them";
        }
        return command + ": " + problem + (problem.endsWith("?") ? "" : "; see \"help " + command + "\"");
    }

    /** Hands what is written on, line by line: puts picocli's help on our screen. */
    private static final class LineWriter extends Writer {

        private final Consumer<String> lines;
        private final StringBuilder line = new StringBuilder();

        LineWriter(Consumer<String> lines) {
            this.lines = lines;
        }

        PrintWriter printer() {
            return new PrintWriter(this, true);
        }

        @Override
        public void write(char[] text, int from, int length) {
            for (int i = from; i < from + length; i++) {
                if (text[i] == '\n') {
                    lines.accept(line.toString());
                    line.setLength(0);
                } else if (text[i] != '\r') {
                    line.append(text[i]);
                }
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {
            if (!line.isEmpty()) {
                write(new char[] {'\n'}, 0, 1);
            }
        }
    }
}
