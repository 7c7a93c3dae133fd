package mutex.shell;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;
import org.jline.reader.impl.completer.SystemCompleter;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.shell.jline3.PicocliCommands;

/** Completes commands, options, the value of an option by its type, and the arguments that a shell knows. */
public final class Completion implements Completer {

    /** What a shell knows of its commands' arguments. */
    public interface KnownArguments {

        /**
         * What may stand there.
         *
         * @param before arguments that the command has already, without its options
         */
        Stream<String> of(String command, List<String> before);
    }

    private static final List<String> TIMES = List.of("5s", "30s", "2m", "1h");
    private static final int MOST_FILES = 500;

    private final CommandLine line;
    private final SystemCompleter commands;
    private final KnownArguments arguments;

    /** @param line with a subcommand for each command */
    public Completion(CommandLine line, KnownArguments arguments) {
        this.line = line;
        this.arguments = arguments;
        commands = new PicocliCommands(line).compileCompleters();
        commands.compile();
    }

    @Override
    public void complete(LineReader reader, ParsedLine typed, List<Candidate> candidates) {
        String command = typed.words().get(0);
        CommandLine known = line.getSubcommands().get(command);
        if (typed.wordIndex() == 0 || known == null) {
            commands.complete(reader, typed, candidates);
            return;
        }
        String word = typed.word().substring(0, Math.min(typed.wordCursor(), typed.word().length()));
        List<String> before = new ArrayList<>();
        OptionSpec open = null; // the option that the next word is the value of
        for (String each : typed.words().subList(1, typed.wordIndex())) {
            OptionSpec option = open == null && !each.contains("=") ? known.getCommandSpec().findOption(each) : null;
            if (open == null && !each.startsWith("-")) {
                before.add(each);
            }
            open = option != null && option.arity().max() > 0 ? option : null;
        }
        int equals = word.startsWith("--") ? word.indexOf('=') : -1;
        OptionSpec named = equals < 0 ? open : known.getCommandSpec().findOption(word.substring(0, equals));
        if (named != null) {
            values(named, word.substring(0, equals + 1), word.substring(equals + 1), candidates);
            return;
        }
        if (word.startsWith("-")) {
            commands.complete(reader, typed, candidates);
        } else if (command.equals("help")) {
            (before.isEmpty() ? line.getSubcommands().keySet() : List.<String>of()).forEach(name -> candidates.add(new Candidate(name)));
        } else {
            arguments.of(command, before).forEach(name -> candidates.add(new Candidate(name)));
        }
    }

    /** @param option with its equals sign, as far as that is in the same word as the value */
    private static void values(OptionSpec option, String before, String typed, List<Candidate> candidates) {
        if (option.type() == Path.class) {
            files(before, typed, candidates);
        } else if (option.type() == Duration.class) {
            TIMES.forEach(time -> candidates.add(new Candidate(before + time)));
        } else if (option.completionCandidates() != null) {
            option.completionCandidates().forEach(choice -> candidates.add(new Candidate(before + choice)));
        }
    }

    /** Those in the folder that was typed so far; a folder is not the end of the word. */
    private static void files(String before, String typed, List<Candidate> candidates) {
        String folder = typed.substring(0, typed.lastIndexOf('/') + 1);
        try (Stream<Path> all = Files.list(Path.of(folder.isEmpty() ? "." : folder))) {
            all.limit(MOST_FILES).sorted().forEach(file -> {
                boolean inside = Files.isDirectory(file);
                String name = folder + file.getFileName() + (inside ? "/" : "");
                candidates.add(new Candidate(before + name, name, null, null, null, null, !inside));
            });
        } catch (IOException | RuntimeException unreadable) {
            // nothing to offer
        }
    }
}
