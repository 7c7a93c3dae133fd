package mutex.shell;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.function.BooleanSupplier;
import org.jline.reader.Completer;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.Terminal;

/** Reads the lines of a shell until it quits: from a person at a terminal, or from a pipe. */
public final class LineLoop {

    /** What a shell does with what a person types. */
    public interface Dialogue {

        boolean quitting();

        String prompt();

        /** A line, which may be blank. */
        void line(String text);

        /** Ctrl-C, with what was typed before it. */
        void interrupted(String partial);

        /** Ctrl-D on an empty line. */
        void ended();

        /** The terminal is about to be closed: from now on nothing is to be printed there. */
        default void closing() {}
    }

    /**
     * How the lines of a pipe went.
     *
     * @param any whether there was a line at all
     * @param well whether every command succeeded
     */
    public record PipeResult(boolean any, boolean well) {}

    /** Gets the terminal and its reader ready before the first line is read. */
    public interface TerminalSetup {
        void prepare(Terminal terminal, LineReader reader);
    }

    /** The lines of a pipe, of which each is read to its end but kept no longer than a command may be: a pipe may have none that ends. */
    public static final class PipeLines {

        private final Reader in;
        private boolean afterReturn; // a line feed that comes now is of the end of the line before
        private long length;

        public PipeLines(InputStream in) {
            this.in = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        }

        /** The next line, or how it begins; null at the end. */
        String next() throws IOException {
            StringBuilder line = new StringBuilder();
            length = 0;
            int c;
            while ((c = in.read()) >= 0) {
                boolean rest = c == '\n' && afterReturn;
                afterReturn = c == '\r';
                if (rest) {
                    continue;
                }
                if (c == '\n' || c == '\r') {
                    return line.toString();
                }
                if (length++ < Commands.LONGEST_LINE) {
                    line.append((char) c);
                }
            }
            return length == 0 ? null : line.toString();
        }

        /** Of the line that was read last, all of it, in characters. */
        long length() {
            return length;
        }
    }

    private LineLoop() {}

    /** Reads what a person types until the shell quits. */
    public static void ofTerminal(Dialogue shell, Completer completer, TerminalSetup setup) throws IOException {
        DefaultParser parser = new DefaultParser(); // of the line while it is typed
        parser.setEscapeChars(null);
        try (Terminal terminal = UserTerminal.open()) {
            LineReader reader = LineReaderBuilder.builder().terminal(terminal).parser(parser).completer(completer)
                    .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true).build();
            UserTerminal.stopOnCtrlZ(terminal, reader);
            setup.prepare(terminal, reader);
            try {
                read(shell, reader);
            } finally {
                shell.closing();
            }
        }
    }

    private static void read(Dialogue shell, LineReader reader) {
        while (!shell.quitting()) {
            reader.setAutosuggestion(LineReader.SuggestionType.HISTORY); // may have been stopped in the line before
            try {
                shell.line(reader.readLine(shell.prompt()));
            } catch (UserInterruptException interrupt) {
                shell.interrupted(interrupt.getPartialLine());
            } catch (EndOfFileException end) {
                shell.ended();
            }
        }
    }

    /** Runs a pipe's lines to its end, or until one of them quits. */
    public static PipeResult ofPipe(PipeLines lines, Commands commands, BooleanSupplier quitting) throws IOException {
        boolean any = false;
        boolean well = true;
        String line;
        while (!quitting.getAsBoolean() && (line = lines.next()) != null) {
            line = any || !line.startsWith("\ufeff") ? line : line.substring(1); // as editors of Windows begin a file
            any = true;
            well &= lines.length() > Commands.LONGEST_LINE ? commands.tooLong(lines.length()) : line.isBlank() || commands.execute(line);
        }
        return new PipeResult(any, well);
    }
}
