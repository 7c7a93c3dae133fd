package mutex.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import mutex.remote.StatusClient;
import mutex.shell.DurationConverter;
import mutex.shell.Shell;
import mutex.shell.TerminalWidth;
import mutex.shell.UserTerminal;
import mutex.status.TopTable;
import mutex.text.DisplayWidth;
import mutex.text.Printable;
import mutex.wire.StatusJson;
import org.jline.terminal.Attributes;
import org.jline.terminal.Terminal;
import org.jline.utils.InfoCmp.Capability;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The locks of the whole group, again and again on a terminal until q or Ctrl-C; else once. */
@Command(name = "top", description = "Show all locks of the group, who holds them and who waits; on a terminal until q is pressed.")
final class Top extends StatusCommands {

    private static final String KEYS = "q: quit";
    private static final int TIMEOUT = -2; // what a read gives that ran out of time

    @Option(names = "--every", paramLabel = "TIME", defaultValue = "1s", converter = DurationConverter.class,
            description = "how often to refresh, on a terminal (default: ${DEFAULT-VALUE})")
    private Duration every;

    private StatusClient.Survey survey; // the latest; null when there was no answer: guarded by this, as the next
    private String problem;

    @Override
    void look(StatusClient peer) throws IOException {
        if (json || !Shell.onTerminal()) {
            once(peer.inquire());
            return;
        }
        try (Terminal terminal = UserTerminal.open()) {
            if (!UserTerminal.canMove(terminal)) {
                once(peer.inquire());
                return;
            }
            Attributes before = terminal.enterRawMode();
            show(terminal);
            try {
                follow(peer, terminal, before);
            } finally {
                hide(terminal);
                terminal.setAttributes(before);
            }
        }
    }

    private void once(StatusClient.Survey survey) {
        print(() -> StatusJson.top(survey.replies()), TopTable.lines(survey.self(), survey.byId(), TerminalWidth.limit()));
    }

    private static void show(Terminal terminal) {
        terminal.puts(Capability.enter_ca_mode);
        terminal.puts(Capability.cursor_invisible);
        terminal.puts(Capability.clear_screen);
    }

    private static void hide(Terminal terminal) {
        terminal.puts(Capability.cursor_visible);
        terminal.puts(Capability.exit_ca_mode);
        terminal.flush();
    }

    private void follow(StatusClient peer, Terminal terminal, Attributes before) throws IOException {
        terminal.handle(Terminal.Signal.WINCH, resized -> draw(terminal));
        while (true) {
            ask(peer);
            draw(terminal);
            int key = terminal.reader().read(Math.max(1, every.toMillis()));
            if (key == UserTerminal.CTRL_Z) {
                hide(terminal);
                UserTerminal.stop(terminal, before);
                terminal.enterRawMode();
                show(terminal);
            } else if (key == 'q' || key == 'Q' || key == UserTerminal.CTRL_C || key < 0 && key != TIMEOUT) {
                return;
            }
        }
    }

    /** A peer that does not answer may come back. */
    private void ask(StatusClient peer) {
        StatusClient.Survey found = null;
        String why = null;
        try {
            found = peer.inquire();
        } catch (IOException e) {
            why = e.getMessage();
        }
        synchronized (this) {
            survey = found;
            problem = why;
        }
    }

    /** All of it, line by line: what a terminal shows after a change of its size is its own affair. */
    private synchronized void draw(Terminal terminal) {
        int rows = Math.max(2, terminal.getSize().getRows());
        int columns = Math.max(20, terminal.getSize().getColumns());
        List<String> lines = survey == null ? wrapped(List.of(String.valueOf(problem)), columns)
                : TopTable.lines(survey.self(), survey.byId(), columns);
        for (int row = 0; row < rows; row++) {
            boolean more = row == rows - 2 && lines.size() > rows - 1;
            String text = row == rows - 1 ? KEYS : more ? "... " + (lines.size() - rows + 2) + " more lines" : row < lines.size() ? lines.get(row) : "";
            String shown = DisplayWidth.cut(Printable.of(text), columns);
            terminal.puts(Capability.cursor_address, row, 0);
            terminal.puts(Capability.clr_eol);
            terminal.writer().write(shown);
        }
        terminal.flush();
    }
}
