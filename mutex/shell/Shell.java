package mutex.shell;

import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import mutex.event.NodeView;
import mutex.status.Snapshot;
import mutex.text.ExitCode;
import mutex.text.LockName;
import mutex.text.Printable;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.LineReaderImpl;
import org.jline.terminal.Terminal;

/** Reads commands and runs them: from a person at a terminal, or line by line from a pipe. */
public final class Shell implements LineLoop.Dialogue {

    private static final int MOST_NAMED = 2;
    private static final int ROOM_FOR_NAMES = 40; // columns
    private static final int LONGEST_NAME = 16;

    private final Session session;
    private final Commands commands;
    private volatile Terminal terminal; // null before it is open
    private volatile String question; // that is being answered; null while commands are read

    public Shell(Session session) {
        this.session = session;
        this.commands = ShellCommands.of(session);
    }

    /** Whether a person sits at both ends; from Java 22 on, having a console does not say so any more. */
    public static boolean onTerminal() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException before22) {
            return true;
        }
    }

    /** Runs the lines of a pipe; the exit code is 1 when a command failed. Returns at its end or at quit. */
    public int run(InputStream in) throws IOException {
        LineLoop.PipeLines lines = new LineLoop.PipeLines(in);
        session.answerWith(question -> next(lines));
        LineLoop.PipeResult result = LineLoop.ofPipe(lines, commands, this::quitting);
        if (!result.any()) { // of a service without --no-shell: nobody meant it to end
            session.screen.problem("standard input has ended, so this peer ends; --no-shell keeps it running");
        }
        return result.well() ? 0 : ExitCode.NO;
    }

    private static String next(LineLoop.PipeLines lines) {
        try {
            return lines.next();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs a person's commands, until Ctrl-D or quit. */
    public void run() throws IOException {
        Completion completion = new Completion(commands.line(), this::known);
        LineLoop.ofTerminal(this, completion, this::prepare);
    }

    /** The locks, members and addresses that are known here. */
    private Stream<String> known(String command, List<String> before) {
        Snapshot now = session.peer.snapshot().join();
        return switch (command) {
            case "release", "cancel" -> before.isEmpty() ? locks(command.equals("release")) : Stream.of();
            case "request", "why", "pass" -> before.isEmpty() ? Stream.concat(Stream.concat(locks(true), locks(false)),
                    now.node().locks().stream().map(NodeView.LockView::name)).distinct() : Stream.of();
            case "remove" -> now.node().group() == null ? Stream.of()
                    : now.node().group().othersThan(session.id()).stream().map(String::valueOf).filter(id -> !before.contains(id));
            case "add" -> !before.isEmpty() || now.node().group() == null ? Stream.of()
                    : now.peers().stream().filter(other -> !now.node().group().members().containsKey(other.id())).map(Snapshot.Other::endpoint);
            case "fault" -> FaultCommand.words(before, now);
            case "log" -> before.isEmpty() ? Stream.of("20", "100") : Stream.of();
            default -> Stream.of();
        };
    }

    private Stream<String> locks(boolean held) {
        List<String> locks = new ArrayList<>();
        session.requests().forEach(request -> {
            if (request.held() == held) {
                locks.add(request.lock);
            }
        });
        return locks.stream();
    }

    private void prepare(Terminal terminal, LineReader reader) {
        this.terminal = terminal;
        terminal.handle(Terminal.Signal.INT, betweenLines -> interrupted("")); // while a command runs: else it ends the peer
        // The prompt tells the truth when reading begins, and with every line that is printed above it.
        Runnable refresh = () -> {
            synchronized (this) { // what it says and that it is set: several threads see changes
                ((LineReaderImpl) reader).setPrompt(prompt());
            }
        };
        Pasting.withoutEmptyLines(reader, () -> question != null);
        reader.getWidgets().put(LineReader.CALLBACK_INIT, () -> {
            refresh.run();
            return true;
        });
        session.screen.breakAt(() -> terminal.getSize().getColumns());
        session.screen.printWith(text -> {
            refresh.run();
            reader.printAbove(text);
        }, () -> {
            refresh.run();
            redraw(reader);
        });
        session.onChange(refresh);
        session.answerWith(question -> answer(reader, question));
    }

    @Override
    public void closing() {
        session.onChange(() -> { });
        session.screen.printWith(System.out::println, () -> { });
        session.screen.breakAt(TerminalWidth::now);
        session.screen.flush(); // a line may be on its way there
    }

    @Override
    public boolean quitting() {
        return session.quitting;
    }

    @Override
    public void line(String text) {
        if (text.isBlank()) {
            toggle();
        } else {
            commands.execute(text);
        }
        session.screen.flush();
    }

    @Override
    public void ended() {
        session.quitting = true;
    }

    /** The prompt is the question, and its answer no line to come back to. */
    private String answer(LineReader reader, String text) {
        session.screen.flush();
        question = text;
        reader.setVariable(LineReader.DISABLE_HISTORY, true);
        try {
            return reader.readLine(text);
        } catch (UserInterruptException | EndOfFileException none) {
            return null;
        } finally {
            question = null;
            reader.setVariable(LineReader.DISABLE_HISTORY, false);
        }
    }

    private static void redraw(LineReader reader) {
        try {
            reader.callWidget(LineReader.REDISPLAY);
        } catch (IllegalStateException nobodyTypes) {
            // the next prompt is drawn anyway
        }
    }

    @Override
    public String prompt() {
        if (question != null) {
            return question;
        }
        List<String> held = new ArrayList<>();
        List<String> waits = new ArrayList<>();
        session.requests().forEach(request -> (request.held() ? held : waits).add(request.lock));
        boolean room = terminal == null || terminal.getSize().getColumns() >= ROOM_FOR_NAMES;
        return "peer " + session.id() + named(" HELD", held, room) + named(" waits", waits, room) + session.standing() + "> ";
    }

    /** The locks of this shell, as far as there is room. */
    private static String named(String state, List<String> locks, boolean room) {
        String names = locks.stream().limit(MOST_NAMED).map(lock -> " [" + Printable.of(lock, LONGEST_NAME) + "]").collect(Collectors.joining());
        return locks.isEmpty() ? "" : !room ? state : state + names + (locks.size() > MOST_NAMED ? " +" + (locks.size() - MOST_NAMED) : "");
    }

    /** Ctrl-C clears the line; on an empty one it withdraws what waits, and never gives a held lock back. */
    @Override
    public void interrupted(String partial) {
        if (partial != null && !partial.isEmpty()) {
            return;
        }
        boolean any = !session.changes.isEmpty();
        session.changes.forEach(GroupChange::giveUp);
        for (ShellRequest request : session.requests()) {
            any = true;
            if (!request.held()) {
                session.withdraw(request);
            } else {
                session.tell(request.lock, "stays HELD; " + Session.command("release", request.lock) + " gives it back, \"quit\" leaves");
            }
        }
        if (!any) {
            session.screen.line("nothing is waiting; \"quit\" or Ctrl-D leaves");
        }
    }

    private void toggle() {
        ShellRequest request = session.request(LockName.DEFAULT);
        commands.execute((request == null ? "request " : request.held() ? "release " : "why ") + LockName.DEFAULT);
    }
}
