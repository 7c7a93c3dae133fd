package mutex.shell;

import java.io.BufferedReader;
import java.io.IOException;
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
    public static PipeResult ofPipe(BufferedReader lines, Commands commands, BooleanSupplier quitting) throws IOException {
        boolean any = false;
        boolean well = true;
        String line;
        while (!quitting.getAsBoolean() && (line = lines.readLine()) != null) {
            line = any || !line.startsWith("\ufeff") ? line : line.substring(1); // as editors of Windows begin a file
            any = true;
            well &= line.isBlank() || commands.execute(line);
        }
        return new PipeResult(any, well);
    }
}
