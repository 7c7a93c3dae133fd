package mutex.replay;

import mutex.shell.Screen;
import mutex.text.Count;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** The commands of the replay's shell. */
@Command(name = "", customSynopsis = "COMMAND [ARGUMENT]", description = "Enter alone plays the next step.",
        subcommands = {ReplayCommands.StepCommand.class, ReplayCommands.Back.class, ReplayCommands.RunCommand.class, ReplayCommands.StateCommand.class,
            ReplayCommands.EntriesCommand.class, HelpCommand.class, ReplayCommands.QuitReplay.class})
final class ReplayCommands {

    private final StepCursor stage;
    private final Screen screen;
    private boolean quitting;

    ReplayCommands(StepCursor stage, Screen screen) {
        this.stage = stage;
        this.screen = screen;
    }

    boolean quitting() {
        return quitting;
    }

    private void row(String line) {
        screen.row(line, StepCursor.TEXT);
    }

    private void where() {
        screen.line("at step " + stage.number() + " of " + stage.length());
    }

    /** The commands that go on or back by so many steps. */
    abstract static class Walk implements Runnable {

        @ParentCommand
        private ReplayCommands shell;

        @Parameters(paramLabel = "N", arity = "0..1", defaultValue = "1", description = "how many (default: 1)")
        private int steps;

        @Override
        public void run() {
            if (steps < 1) {
                throw new IllegalArgumentException(steps + " is not a number of steps; write 1 or more");
            }
            walk(shell, steps);
        }

        abstract void walk(ReplayCommands shell, int steps);
    }

    @Command(name = "step", description = "Play the next step, or the next N.")
    static final class StepCommand extends Walk {

        @Override
        void walk(ReplayCommands shell, int steps) {
            boolean more = true;
            for (int left = steps; left > 0 && more; left--) {
                more = shell.stage.step(shell::row);
            }
            if (!more) {
                shell.screen.line("the logs end here");
            }
        }
    }

    @Command(name = "back", description = "Undo the last step, or the last N.")
    static final class Back extends Walk {

        @Override
        void walk(ReplayCommands shell, int steps) {
            shell.stage.back(steps);
            shell.where();
        }
    }

    @Command(name = "run", description = "Play on to the next difference from the logs, or to their end; shows starts, entries and losses only.")
    static final class RunCommand implements Runnable {

        @ParentCommand
        private ReplayCommands shell;

        @Parameters(paramLabel = "TO", arity = "0..1", description = "the number of a step to end at, or \"entry\": the next one")
        private String to;

        @Override
        public void run() {
            boolean toEntry = "entry".equals(to);
            shell.stage.run(to == null || toEntry ? Integer.MAX_VALUE : number(), toEntry, shell::row);
            shell.where();
        }

        private int number() {
            int length = shell.stage.length();
            if (!to.matches("[0-9]{1,9}") || Integer.parseInt(to) > length) {
                throw new IllegalArgumentException("\"" + to + "\" is not a step; write a number up to " + length + ", or entry");
            } else if (Integer.parseInt(to) < shell.stage.number()) {
                shell.stage.back(shell.stage.number() - Integer.parseInt(to));
            }
            return Integer.parseInt(to);
        }
    }

    @Command(name = "state", description = "Show the peers as they are now, or one of them: the group, and the locks held, wanted and deferred.")
    static final class StateCommand implements Runnable {

        @ParentCommand
        private ReplayCommands shell;

        @Parameters(paramLabel = "PEER", arity = "0..1", description = "the id of a peer (default: all)")
        private Integer peer;

        @Override
        public void run() {
            if (peer != null && !shell.stage.peers().contains(peer)) {
                throw new IllegalArgumentException("peer " + peer + " is not in these logs; they have " + Count.peers(shell.stage.peers()));
            }
            for (int each : shell.stage.peers()) {
                if (peer == null || peer == each) {
                    String indent = "";
                    for (String line : shell.stage.state(each)) {
                        shell.screen.line(indent + line);
                        indent = "  ";
                    }
                }
            }
        }
    }

    @Command(name = "entries", description = "List all entries with the numbers of their steps; \"run 17\" goes there.")
    static final class EntriesCommand implements Runnable {

        @ParentCommand
        private ReplayCommands shell;

        @Override
        public void run() {
            shell.stage.entries().forEach(shell::row);
        }
    }

    @Command(name = "quit", description = "Leave.")
    static final class QuitReplay implements Runnable {

        @ParentCommand
        private ReplayCommands shell;

        @Override
        public void run() {
            shell.quitting = true;
        }
    }
}
