package mutex.replay;

import java.io.IOException;
import java.io.InputStream;
import java.util.stream.Stream;
import mutex.shell.Commands;
import mutex.shell.Completion;
import mutex.shell.LineLoop;
import mutex.shell.Pasting;
import mutex.shell.Screen;

/** The commands that move a replay, from a person at a terminal or from a pipe. */
final class ReplayShell implements LineLoop.Dialogue {

    private final StepCursor cursor;
    private final Screen screen;
    private final ReplayCommands replay;
    private final Commands commands;
    private boolean ended; // by Ctrl-D

    ReplayShell(StepCursor cursor, Screen screen) {
        this.cursor = cursor;
        this.screen = screen;
        replay = new ReplayCommands(cursor, screen);
        commands = new Commands(replay, screen);
    }

    /** Runs the lines of a pipe; false when a command failed. */
    boolean run(InputStream in) throws IOException {
        return LineLoop.ofPipe(new LineLoop.PipeLines(in), commands, this::quitting).well();
    }

    /** Runs a person's commands, until Ctrl-D or quit. */
    void run() throws IOException {
        Completion completer = new Completion(commands.line(), (command, before) -> !before.isEmpty() ? Stream.of()
                : command.equals("run") ? Stream.of("entry")
                : command.equals("state") ? cursor.peers().stream().map(String::valueOf) : Stream.of());
        screen.flush();
        LineLoop.ofTerminal(this, completer, (terminal, reader) -> {
            Pasting.drawnAtOnce(reader);
            screen.breakAt(() -> terminal.getSize().getColumns());
        });
    }

    @Override
    public boolean quitting() {
        return ended || replay.quitting();
    }

    @Override
    public String prompt() {
        return "replay: step " + cursor.number() + " of " + cursor.length() + "> ";
    }

    @Override
    public void line(String text) {
        commands.execute(text.isBlank() ? "step" : text);
        screen.flush();
    }

    @Override
    public void interrupted(String partial) {
        // it clears the line, and nothing else
    }

    @Override
    public void ended() {
        ended = true;
    }
}
