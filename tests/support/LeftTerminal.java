package tests.support;

import java.io.IOException;
import mutex.shell.LineLoop;
import org.jline.reader.Completer;
import org.jline.reader.LineReader;
import org.jline.terminal.Terminal;

/** A process whose shell ends at once, at a terminal: says whether lines could still be printed there when it was left, and could not later. */
public final class LeftTerminal implements LineLoop.Dialogue, LineLoop.TerminalSetup {

    private Terminal terminal;

    private LeftTerminal() {}

    public static void main(String... args) throws IOException {
        LeftTerminal shell = new LeftTerminal();
        Completer none = (reader, line, candidates) -> { };
        LineLoop.ofTerminal(shell, none, shell);
        shell.tell("at last");
    }

    private void tell(String when) {
        boolean taken;
        try {
            terminal.writer().println();
            taken = !terminal.writer().checkError();
        } catch (RuntimeException closed) {
            taken = false;
        }
        System.out.println(when + " " + (taken ? "open" : "closed"));
    }

    @Override
    public void prepare(Terminal terminal, LineReader reader) {
        this.terminal = terminal;
    }

    @Override
    public void closing() {
        tell("when left");
    }

    @Override
    public boolean quitting() {
        return true;
    }

    @Override
    public String prompt() {
        return "";
    }

    @Override
    public void line(String text) {}

    @Override
    public void interrupted(String partial) {}

    @Override
    public void ended() {}
}
