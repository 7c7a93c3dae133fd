package mutex.replay;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import mutex.shell.Commands;
import mutex.shell.Pasting;
import mutex.shell.Screen;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.reader.impl.completer.SystemCompleter;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import picocli.shell.jline3.PicocliCommands;

/** Reads the commands that move a replay: from a person at a terminal, or line by line from a pipe. */
final class ReplayShell {

    private final StepCursor stage;
    private final Screen screen;
    private final ReplayCommands replay;
    private final Commands commands;

    ReplayShell(StepCursor stage, Screen screen) {
        this.stage = stage;
        this.screen = screen;
        replay = new ReplayCommands(stage, screen);
        commands = new Commands(replay, screen);
    }

    /** Runs the lines of a pipe; false when a command failed. */
    boolean run(InputStream in) throws IOException {
        boolean well = true;
        BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        String line;
        while (!replay.quitting() && (line = lines.readLine()) != null) {
            well &= line.isBlank() || commands.execute(line);
        }
        return well;
    }

    /** Runs a person's commands, until Ctrl-D or quit. */
    void run() throws IOException {
        DefaultParser parser = new DefaultParser();
        parser.setEscapeChars(null);
        SystemCompleter completer = new PicocliCommands(commands.line()).compileCompleters();
        completer.compile();
        try (Terminal terminal = TerminalBuilder.builder().system(true).build()) {
            LineReader reader = LineReaderBuilder.builder().terminal(terminal).parser(parser).completer(completer)
                    .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true).build();
            reader.setAutosuggestion(LineReader.SuggestionType.HISTORY);
            Pasting.drawnAtOnce(reader);
            while (!replay.quitting()) {
                try {
                    screen.flush();
                    String line = reader.readLine("replay " + stage.number() + "/" + stage.length() + "> ");
                    commands.execute(line.isBlank() ? "step" : line);
                } catch (UserInterruptException clearsTheLine) {
                    // and nothing else
                } catch (EndOfFileException end) {
                    return;
                }
            }
        }
    }
}
