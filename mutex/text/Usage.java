package mutex.text;

import java.util.stream.Collectors;
import java.util.stream.Stream;
import mutex.node.Printable;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What is wrong with the words of a command line: what was found, and what to write instead. */
public final class Usage {

    private static final int LONGEST = 300;

    private Usage() {}

    /** One line, without control characters, of bounded length. */
    public static String inOneLine(ParameterException wrong) {
        return Printable.of(line(wrong).lines().findFirst().orElse(""), LONGEST);
    }

    private static String line(ParameterException wrong) {
        if (wrong instanceof UnmatchedArgumentException unknown) {
            return quoted(unknown.getUnmatched().get(0)) + (unknown.isUnknownOption() ? " is no option" : " is one word too many")
                    + didYouMean(unknown);
        }
        if (wrong instanceof MissingParameterException missing) {
            return missing.getMissing().stream().map(Usage::form).collect(Collectors.joining(" and ")) + ": the value is missing";
        }
        if (wrong instanceof OverwrittenOptionException twice) {
            return name(twice.getOverwritten()) + " is given twice; give it once";
        }
        if (wrong.getArgSpec() != null && wrong.getValue() != null) {
            boolean number = wrong.getArgSpec().type() == int.class;
            return name(wrong.getArgSpec()) + " " + (number || !(wrong.getCause() instanceof TypeConversionException said)
                    ? quoted(wrong.getValue()) + (number ? " is not a whole number" : " is not possible") : said.getMessage());
        }
        return String.valueOf(wrong.getMessage());
    }

    /** What may have been meant instead of an option or command that is not known; nothing when nothing is near. */
    public static String didYouMean(UnmatchedArgumentException unknown) {
        String word = unknown.getUnmatched().get(0);
        CommandLine command = unknown.getCommandLine();
        Stream<String> known = unknown.isUnknownOption()
                ? command.getCommandSpec().optionsMap().keySet().stream().filter(option -> option.startsWith("--"))
                : command.getSubcommands().keySet().stream();
        String similar = known.filter(name -> distance(word, name) <= Math.min(2, name.length() / 3)).sorted()
                .map(Usage::quoted).collect(Collectors.joining(" or "));
        return similar.isEmpty() ? "" : "; did you mean " + similar + "?";
    }

    /** How many letters to change, leave out, put in or swap with their neighbour. */
    private static int distance(String one, String other) {
        int[][] steps = new int[one.length() + 1][other.length() + 1];
        for (int i = 0; i <= one.length(); i++) {
            for (int k = 0; k <= other.length(); k++) {
                if (i == 0 || k == 0) {
                    steps[i][k] = i + k;
                    continue;
                }
                int change = one.charAt(i - 1) == other.charAt(k - 1) ? 0 : 1;
                steps[i][k] = Math.min(steps[i - 1][k - 1] + change, 1 + Math.min(steps[i - 1][k], steps[i][k - 1]));
                boolean swapped = i > 1 && k > 1 && one.charAt(i - 1) == other.charAt(k - 2) && one.charAt(i - 2) == other.charAt(k - 1);
                if (swapped) {
                    steps[i][k] = Math.min(steps[i][k], steps[i - 2][k - 2] + 1);
                }
            }
        }
        return steps[one.length()][other.length()];
    }

    private static String name(ArgSpec argument) {
        return argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
    }

    private static String form(ArgSpec argument) {
        return argument instanceof OptionSpec option ? option.longestName() + " " + argument.paramLabel() : argument.paramLabel();
    }

    /** The word as it may be printed: no control characters, not endless. */
    public static String quoted(String word) {
        return "\"" + Printable.of(word, 80) + "\"";
    }
}
