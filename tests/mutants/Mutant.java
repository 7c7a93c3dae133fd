package tests.mutants;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A rule or guard taken out of one source file, for a test to notice.
 *
 * @param place where the table has it, for error messages: {@code tests/mutants/core.txt:12}
 * @param rule what is dropped, with the rule's name in protocol.md where it has one
 * @param file the source, from the project's folder
 * @param killer the test that must fail
 */
public record Mutant(String place, String name, String rule, String file, List<Edit> edits, Killer killer) {

    /** The text stands exactly once in the file, with whatever white space between its words. */
    public record Edit(String text, String replacement) {

        private Pattern pattern() {
            return Pattern.compile(Arrays.stream(text.split("\\s+")).map(Pattern::quote)
                    .collect(Collectors.joining("\\s+")));
        }
    }

    /** The same fault, for another test to notice. */
    public Mutant killedBy(Killer other) {
        return new Mutant(place, name, rule, file, edits, other);
    }

    /**
     * The source with the fault in it.
     *
     * @throws IllegalArgumentException when the table is out of date
     */
    String spoilIn(Path root) throws IOException {
        if (!killer.standsIn(root)) {
            throw new IllegalArgumentException(place + ": there is no test " + killer.text() + "; name one of " + killer.source());
        }
        if (!Files.isRegularFile(root.resolve(file))) {
            throw new IllegalArgumentException(place + ": there is no file " + file + "; name the one that has the text now");
        }
        return spoil(Files.readString(root.resolve(file)));
    }

    private String spoil(String source) {
        String spoilt = source;
        for (Edit edit : edits) {
            List<MatchResult> found = edit.pattern().matcher(spoilt).results().toList();
            if (found.size() != 1) {
                throw new IllegalArgumentException(place + ": \"" + edit.text() + "\" stands " + found.size()
                        + " times in " + file + "; write a text that stands there once now");
            }
            MatchResult there = found.get(0);
            if (line(spoilt, there.start()).matches("(?!.*\\bprivate\\b).*\\bstatic final\\b.*")) {
                throw new IllegalArgumentException(place + ": the constant in " + file + " is compiled into the classes "
                        + "that use it, and only this one is compiled again; spoil a place that uses it");
            }
            spoilt = edit.pattern().matcher(spoilt).replaceFirst(Matcher.quoteReplacement(edit.replacement()));
        }
        return spoilt;
    }

    private static String line(String source, int at) {
        int end = source.indexOf('\n', at);
        return source.substring(source.lastIndexOf('\n', at) + 1, end < 0 ? source.length() : end);
    }
}
