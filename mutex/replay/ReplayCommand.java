package mutex.replay;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import mutex.log.LogContents;
import mutex.log.LogReader;
import mutex.shell.Screen;
import mutex.shell.Shell;
import mutex.text.Count;
import mutex.text.ExitCode;
import mutex.text.Printable;
import mutex.trace.LogFiles;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Plays the logs of a run again, on fresh nodes in this process, and compares what they do with the logs. */
@Command(name = "replay", mixinStandardHelpOptions = true, sortOptions = false,
        description = {"Play the logs of a run again on fresh peers, step by step in a shell, and report where "
            + "they behave differently from the logs."},
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:the replay agrees with the logs", "1:it differs; the first difference is named", "64:wrong usage",
            "65:a log cannot be read, or has nothing to replay", "74:the output cannot be written"})
public final class ReplayCommand implements Callable<Integer> {

    @Option(names = "--check", description = "print the outcome in one line instead of reading commands")
    private boolean check;

    @Mixin
    private LogFiles files;

    /** Makes it a command of the line. */
    public static void addTo(CommandLine line) {
        line.addSubcommand(new ReplayCommand());
    }

    @Override
    public Integer call() throws IOException {
        int refused = files.check();
        if (refused != 0) {
            return refused;
        }
        StepCursor stage;
        try {
            stage = load();
        } catch (IllegalArgumentException | IOException wrong) {
            return files.fail(ExitCode.UNREADABLE, wrong.getMessage());
        }
        return run(stage);
    }

    private StepCursor load() throws IOException {
        try (ProgressNotice progress = new ProgressNotice(System.err, "reading")) {
            List<LogContents> logs = new ArrayList<>();
            for (Path file : files.all()) {
                progress.now("reading " + file);
                logs.add(LogReader.log(file));
            }
            Recording recording = Recording.of(logs);
            recording.missing().forEach(line -> System.err.println("replay: " + Printable.of(line)));
            if (recording.lives().isEmpty()) {
                throw new IllegalArgumentException(logs.stream().allMatch(log -> log.lines().isEmpty()) ? "these logs have no events; nothing can be replayed"
                        : "no log here has the beginning of a peer; nothing can be replayed");
            }
            progress.now("playing the logs for the first time");
            StepCursor stage = new StepCursor(new Replay(recording));
            for (LogContents log : logs) {
                if (log.lines().isEmpty()) {
                    System.err.println("replay: " + Printable.of(log.name()) + ": has no events");
                }
            }
            if (stage.events() == 0) {
                throw new IllegalArgumentException("these logs have no events; nothing can be replayed");
            }
            if (!stage.unheard().isEmpty()) {
                System.err.println("replay: no log of " + Count.peers(stage.unheard()) + ": what " + (stage.unheard().size() == 1 ? "it" : "they")
                        + " sent is taken from the logs of the others");
            }
            return stage;
        }
    }

    private int run(StepCursor stage) throws IOException {
        boolean terminal = Shell.onTerminal();
        boolean well = true;
        if (check) {
            System.out.println(Printable.of(outcome(stage)));
        } else {
            try (Screen screen = new Screen(System.out, terminal ? null : System.err)) {
                screen.line(outcome(stage));
                ReplayShell shell = new ReplayShell(stage, screen);
                if (terminal) {
                    screen.line("Enter plays a step; help lists the commands");
                    shell.run();
                } else {
                    well = shell.run(System.in);
                }
            }
        }
        return stage.first() == null && well ? 0 : ExitCode.NO;
    }

    private static String outcome(StepCursor stage) {
        return "replay: " + stage.verdict() + (stage.first() == null ? "" : ", " + stage.first());
    }
}
