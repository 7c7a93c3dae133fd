package mutex.shell;

import java.util.stream.Collectors;
import mutex.text.Printable;
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
    private static final int MOST_OFF = 3; // letters that a suggestion is longer or shorter: picocli needs only two in common
    private static final int MOST_OPTIONS = 3; // suggested: those that begin alike; of commands only the most similar

    private Usage() {}

    /** One line, without control characters, of bounded length. */
    public static String inOneLine(ParameterException wrong) {
        return Printable.of(line(wrong).lines().findFirst().orElse(""), LONGEST);
    }

    private static String line(ParameterException wrong) {
        if (wrong instanceof UnmatchedArgumentException unknown) {
            return (unknown.isUnknownOption() ? "unknown option " : "unexpected argument ") + Printable.quoted(unknown.getUnmatched().get(0))
                    + didYouMean(unknown);
        }
        if (wrong instanceof MissingParameterException missing) {
            return missing.getMissing().stream().map(Usage::missing).collect(Collectors.joining(" and "));
        }
        if (wrong instanceof OverwrittenOptionException twice) {
            return name(twice.getOverwritten()) + " is given twice; give it once";
        }
        if (wrong.getArgSpec() != null && wrong.getValue() != null) {
            boolean number = wrong.getArgSpec().type() == int.class;
            return name(wrong.getArgSpec()) + " " + (number || !(wrong.getCause() instanceof TypeConversionException said)
                    ? Printable.quoted(wrong.getValue()) + (number ? " is not a whole number" : " is not possible") : said.getMessage());
        }
        return String.valueOf(wrong.getMessage());
    }

    /** What may have been meant instead of an unknown option or command, as picocli sees it; empty when nothing is near. */
    public static String didYouMean(UnmatchedArgumentException unknown) {
        int length = unknown.getUnmatched().get(0).length();
        String similar = unknown.getSuggestions().stream().filter(name -> Math.abs(name.length() - length) <= MOST_OFF)
                .limit(unknown.isUnknownOption() ? MOST_OPTIONS : 1).map(Printable::quoted).collect(Collectors.joining(" or "));
        return similar.isEmpty() ? "" : "; did you mean " + similar + "?";
    }

    private static String name(ArgSpec argument) {
        return argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
    }

    private static String missing(ArgSpec argument) {
        return argument instanceof OptionSpec option ? option.longestName() + " " + argument.paramLabel() + ": the value is missing"
                : argument.paramLabel() + " is missing";
    }
}
