package mutex.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import mutex.remote.StatusClient;
import mutex.shell.DurationConverter;
import mutex.shell.Shell;
import mutex.status.TopTable;
import mutex.text.Printable;
import org.jline.terminal.Attributes;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.AttributedString;
import org.jline.utils.Display;
import org.jline.utils.InfoCmp.Capability;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The locks of the whole group, again and again on a terminal until q or Ctrl-C; else once. */
@Command(name = "top", description = "Show all locks of the group, who holds them and who waits; on a terminal until q is pressed.")
final class Top extends StatusCommands {

    private static final String KEYS = "q: quit";
    private static final int ESCAPED = -2; // what a read that ran out of time gives

    @Option(names = "--every", paramLabel = "TIME", defaultValue = "1s", converter = DurationConverter.class,
            description = "how often to refresh, on a terminal (default: ${DEFAULT-VALUE})")
    private Duration every;

    @Override
    void look(StatusClient peer) throws IOException {
        if (json || !Shell.onTerminal()) {
            StatusClient.Survey survey = peer.inquire();
            print(survey.reports(), TopTable.lines(survey.self(), survey.byId()));
            return;
        }
        try (Terminal terminal = TerminalBuilder.builder().system(true).build()) {
            Attributes before = terminal.enterRawMode();
            terminal.puts(Capability.enter_ca_mode);
            terminal.puts(Capability.cursor_invisible);
            try {
                follow(peer, terminal);
            } finally {
                terminal.puts(Capability.cursor_visible);
                terminal.puts(Capability.exit_ca_mode);
                terminal.flush();
                terminal.setAttributes(before);
            }
        }
    }

    private void follow(StatusClient peer, Terminal terminal) throws IOException {
        Display display = new Display(terminal, true);
        Size size = Size.of(0, 0);
        AtomicBoolean interrupted = new AtomicBoolean();
        terminal.handle(Terminal.Signal.INT, signal -> {
            interrupted.set(true);
        });
        while (!interrupted.get()) {
            List<String> lines = lines(peer);
            if (!size.equals(terminal.getSize())) {
                size = Size.of(terminal.getSize());
                terminal.puts(Capability.clear_screen);
                display.reset();
            }
            draw(size, display, lines);
            int key = terminal.reader().read(Math.max(1, every.toMillis()));
            if (key == 'q' || key == 'Q' || key < 0 && key != ESCAPED) {
                return;
            }
        }
    }

    /** A peer that does not answer may come back. */
    private static List<String> lines(StatusClient peer) {
        try {
            StatusClient.Survey survey = peer.inquire();
            return TopTable.lines(survey.self(), survey.byId());
        } catch (IOException e) {
            return List.of(e.getMessage());
        }
    }

    private static void draw(Size size, Display display, List<String> lines) {
        int rows = Math.max(2, size.getRows());
        int columns = Math.max(1, size.getColumns());
        display.resize(Size.of(rows, columns));
        List<AttributedString> screen = new ArrayList<>(lines.stream().limit(rows - 1)
                .map(line -> new AttributedString(Printable.of(line)).columnSubSequence(0, columns)).toList());
        if (lines.size() > rows - 1) {
            screen.set(rows - 2, new AttributedString("... " + (lines.size() - rows + 2) + " more lines").columnSubSequence(0, columns));
        }
        while (screen.size() < rows - 1) {
            screen.add(AttributedString.EMPTY);
        }
        screen.add(new AttributedString(KEYS).columnSubSequence(0, columns));
        display.update(screen, -1);
    }
}
