package tests.mutants;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import tests.mutants.Mutant.Edit;

/**
 * Reads the faults from all {@code tests/mutants/*.txt}, so that a new one is a few lines of text:
 *
 * <pre>
 * stale-permission
 *     drops   C3: a permission names the request it answers
 *     in      mutex/algorithm/RicartAgrawala.java
 *     -       &amp;&amp; message.stamp().equals(mine)
 *     +
 *     killer  RulesTest.latePermissionAfterCancelDoesNotCount
 * </pre>
 *
 * <p>The text after {@code -} is replaced by that after {@code +}. Each may have several lines; a
 * {@code -} after a {@code +} begins another edit of the same file. Lines with # are comments.
 */
public final class FaultTable {

    private final String file; // from the project's folder
    private final List<Mutant> faults = new ArrayList<>();
    private String place; // of the fault being read
    private String name; // null before the first one
    private String rule;
    private String source;
    private List<Edit> edits;
    private String minus;
    private String plus; // null: only minus lines so far
    private Killer killer;

    private FaultTable(String file) {
        this.file = file;
    }

    /** @throws IllegalArgumentException with the place, when a line cannot be understood or a fault is not whole */
    public static List<Mutant> read(Path root) throws IOException {
        List<Mutant> faults = new ArrayList<>();
        try (Stream<Path> files = Files.list(root.resolve("tests/mutants"))) {
            for (Path file : files.filter(path -> path.toString().endsWith(".txt")).sorted().toList()) {
                faults.addAll(parse("tests/mutants/" + file.getFileName(), Files.readAllLines(file)));
            }
        }
        Set<String> names = new HashSet<>();
        for (Mutant fault : faults) {
            if (!names.add(fault.name())) {
                throw new IllegalArgumentException(fault.place() + ": there is another " + fault.name() + "; name it otherwise");
            }
        }
        return faults;
    }

    public static List<Mutant> parse(String file, List<String> lines) {
        FaultTable table = new FaultTable(file);
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (!line.isEmpty() && !line.startsWith("#")) {
                try {
                    table.take(lines.get(i), line, i + 1);
                } catch (IllegalArgumentException wrong) {
                    throw new IllegalArgumentException(file + ":" + (i + 1) + ": " + wrong.getMessage(), wrong);
                }
            }
        }
        table.finish();
        return table.faults;
    }

    private void take(String line, String stripped, int number) {
        if (!Character.isWhitespace(line.charAt(0))) {
            finish();
            place = file + ":" + number;
            name = stripped;
            edits = new ArrayList<>();
            return;
        }
        String[] parts = stripped.split("\\s+", 2);
        String value = parts.length == 1 ? "" : parts[1];
        switch (parts[0]) {
            case "drops" -> rule = value;
            case "in" -> source = value;
            case "killer" -> killer = new Killer(value);
            case "-" -> remove(value);
            case "+" -> plus = plus == null || plus.isEmpty() ? value : plus + "\n" + value;
            default -> throw new IllegalArgumentException('"' + parts[0] + "\" is none of drops, in, -, +, killer");
        }
    }

    private void remove(String text) {
        if (plus != null) {
            closeEdit();
        }
        minus = minus == null ? text : minus + "\n" + text;
    }

    private void closeEdit() {
        if (minus != null) {
            edits.add(new Edit(minus, plus == null ? "" : plus));
        }
        minus = null;
        plus = null;
    }

    private void finish() {
        if (name == null) {
            return;
        }
        closeEdit();
        if (rule == null || source == null || killer == null || edits.isEmpty()) {
            throw new IllegalArgumentException(place + ": " + name + " needs each of drops, in, - and killer");
        }
        faults.add(new Mutant(place, name, rule, source, List.copyOf(edits), killer));
        name = null;
        rule = null;
        source = null;
        killer = null;
    }
}
