package mutex.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import mutex.discover.LateNotice;
import mutex.remote.StatusClient;
import mutex.shell.DurationConverter;
import mutex.shell.Shell;
import mutex.shell.TerminalWidth;
import mutex.shell.UserTerminal;
import mutex.status.TopTable;
import mutex.text.DisplayWidth;
import mutex.text.Printable;
import mutex.transport.DaemonThreads;
import mutex.transport.FailureText;
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

    private StatusClient.Survey survey; // the latest; null when there was no answer: guarded by this, as all below
    private String problem; // null before the first answer
    private long askedAt; // nanoseconds; 0: no question is under way
    private boolean shown; // not while another has the terminal

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
            ScheduledExecutorService asker = DaemonThreads.timer("asker");
            peer.whenLate(null); // the screen says it
            try {
                show(peer, terminal);
                asker.scheduleWithFixedDelay(() -> {
                    ask(peer);
                    draw(peer, terminal);
                }, 0, Math.max(1, every.toMillis()), TimeUnit.MILLISECONDS);
                follow(peer, terminal, before);
            } finally {
                asker.shutdownNow();
                hide(terminal);
                terminal.setAttributes(before);
            }
        }
    }

    private void once(StatusClient.Survey survey) {
        print(() -> StatusJson.top(survey.replies()), TopTable.lines(survey.self(), survey.byId(), TerminalWidth.limit()));
    }

    private synchronized void show(StatusClient peer, Terminal terminal) {
        shown = true;
        terminal.puts(Capability.enter_ca_mode);
        terminal.puts(Capability.cursor_invisible);
        terminal.puts(Capability.clear_screen);
        draw(peer, terminal);
    }

    private synchronized void hide(Terminal terminal) {
        shown = false;
        terminal.puts(Capability.cursor_visible);
        terminal.puts(Capability.exit_ca_mode);
        terminal.flush();
    }

    /** Obeys the keys, whatever the peer does. */
    private void follow(StatusClient peer, Terminal terminal, Attributes before) throws IOException {
        terminal.handle(Terminal.Signal.WINCH, resized -> draw(peer, terminal));
        while (true) {
            int key = terminal.reader().read(LateNotice.AFTER);
            if (key == TIMEOUT) {
                draw(peer, terminal); // so that it says how it waits
            } else if (key == UserTerminal.CTRL_Z) {
                hide(terminal);
                UserTerminal.stop(terminal, before);
                terminal.enterRawMode();
                show(peer, terminal);
            } else if (key == 'q' || key == 'Q' || key == UserTerminal.CTRL_C || key < 0) {
                return;
            }
        }
    }

    /** A peer that does not answer may come back. The asker's thread only, which waits for it. */
    private void ask(StatusClient peer) {
        StatusClient.Survey found = null;
        String why = null;
        synchronized (this) {
            askedAt = System.nanoTime();
        }
        try {
            found = peer.inquire();
        } catch (IOException e) {
            why = e.getMessage();
        } catch (RuntimeException garbled) { // and asked again all the same
            why = FailureText.inOneLine(garbled);
        }
        synchronized (this) {
            askedAt = 0;
            survey = found;
            problem = why;
        }
    }

    private List<String> lines(StatusClient peer, int columns) {
        return survey != null ? TopTable.lines(survey.self(), survey.byId(), columns)
                : wrapped(List.of(problem != null ? problem : peer.asks()), columns);
    }

    private String keys(StatusClient peer) {
        boolean late = askedAt != 0 && System.nanoTime() - askedAt >= TimeUnit.MILLISECONDS.toNanos(LateNotice.AFTER);
        return late ? KEYS + "; " + peer.awaited() : KEYS;
    }

    /** All of it, line by line: what a terminal shows after a change of its size is its own affair. */
    private synchronized void draw(StatusClient peer, Terminal terminal) {
        if (!shown) {
            return;
        }
        int rows = Math.max(2, terminal.getSize().getRows());
        int columns = Math.max(20, terminal.getSize().getColumns());
        List<String> lines = lines(peer, columns);
        for (int row = 0; row < rows; row++) {
            boolean more = row == rows - 2 && lines.size() > rows - 1;
            String text = row == rows - 1 ? keys(peer) : more ? "... " + (lines.size() - rows + 2) + " more lines" : row < lines.size() ? lines.get(row) : "";
            String cut = DisplayWidth.cut(Printable.of(text), columns);
            terminal.puts(Capability.cursor_address, row, 0);
            terminal.puts(Capability.clr_eol);
            terminal.writer().write(cut);
        }
        terminal.flush();
    }
}
