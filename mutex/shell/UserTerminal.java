package mutex.shell;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import mutex.text.Printable;
import org.jline.reader.LineReader;
import org.jline.reader.Reference;
import org.jline.reader.impl.LineReaderImpl;
import org.jline.terminal.Attributes;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.InfoCmp;
import org.jline.utils.InfoCmp.Capability;

/** The terminal that a person sits at: opened whatever its type, and given back to whoever started us while Ctrl-Z stops us. */
public final class UserTerminal {

    /** What the control key and a letter send. */
    public static final int CTRL_C = 'C' - '@';
    public static final int CTRL_Z = 'Z' - '@';

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._+-]{0,63}");
    private static final Pattern OLD = Pattern.compile("(ansi|vt|linux|cons|cygwin|sun|hp|wy).*");
    private static final String PLAIN = "ansi";
    private static final String USUAL = "xterm-256color"; // what terminals of today have in common
    private static final long CONTINUED_WITHIN = 500; // milliseconds after whoever stopped us has gone on

    private UserTerminal() {}

    /** Opens it; says in one line when its type is not known here, and takes it for a common one. */
    public static Terminal open() throws IOException {
        System.setProperty("org.jline.terminal.softwareSignals", "false"); // else one Ctrl-C comes as two now and then
        String named = System.getenv("TERM");
        TerminalBuilder builder = TerminalBuilder.builder().system(true)
                .graphemeCluster(false); // else the terminal is asked what it can do, and an answer that comes late stands in the line as if typed
        if (!isKnown(named)) {
            String type = standIn(named);
            System.err.println((named == null || named.isEmpty() ? "TERM is not set" : "TERM " + Printable.quoted(named) + " is not known here")
                    + "; this terminal is taken for " + type);
            builder.type(type);
        }
        return builder.build();
    }

    /** The type that one is taken for which is not known. */
    static String standIn(String named) {
        return named == null || !NAME.matcher(named).matches() || OLD.matcher(named).matches() ? PLAIN : USUAL;
    }

    static boolean isKnown(String named) {
        try {
            return named != null && NAME.matcher(named).matches() && InfoCmp.getInfoCmp(named) != null;
        } catch (IOException unknown) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Whether it can move the cursor, and so show a screen that changes. */
    public static boolean canMove(Terminal terminal) {
        return terminal.getStringCapability(Capability.cursor_address) != null;
    }

    /** From now on Ctrl-Z at the prompt stops this process, and those in its job, until the shell continues it. */
    static void stopOnCtrlZ(Terminal terminal, LineReader reader) {
        Attributes theirs = terminal.getAttributes();
        reader.getWidgets().put("suspend", () -> {
            CountDownLatch continued = new CountDownLatch(1);
            Terminal.SignalHandler redraws = terminal.handle(Terminal.Signal.CONT, signal -> continued.countDown());
            terminal.puts(Capability.keypad_local);
            terminal.writer().write(LineReaderImpl.BRACKETED_PASTE_OFF);
            terminal.writer().println();
            stop(terminal, theirs);
            try {
                continued.await(CONTINUED_WITHIN, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            terminal.handle(Terminal.Signal.CONT, redraws);
            terminal.writer().write(LineReaderImpl.BRACKETED_PASTE_ON);
            redraws.handle(Terminal.Signal.CONT);
            return true;
        });
        reader.getKeyMaps().get(LineReader.MAIN).bind(new Reference("suspend"), String.valueOf((char) CTRL_Z));
    }

    /**
     * Stops our whole job, as the terminal itself would; returns when it is continued, or at once where nobody could continue it.
     *
     * @param theirs how the terminal is to be meanwhile
     */
    public static void stop(Terminal terminal, Attributes theirs) {
        terminal.flush();
        terminal.setAttributes(theirs);
        try {
            new ProcessBuilder("sh", "-c", "kill -s TSTP 0").inheritIO().start().waitFor(); // 0: its process group, which is ours
        } catch (IOException noJobs) {
            // on Windows
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
