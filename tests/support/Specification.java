package tests.support;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tests.mutants.Mutant;

/**
 * The rules of docs/protocol.md and docs/protocol/, and whether they and the code name each other.
 *
 * @param pages the text of each page, by its path from the project's folder
 * @param sources each Java source of the program and its tests, by its path
 * @param faults the tables of faults
 * @param model the page of the TLA+ model, which lists its rows
 */
public record Specification(Map<String, String> pages, Map<String, SourceText> sources, List<Mutant> faults, String model) {

    private static final Pattern RULE = Pattern.compile("(?ms)^- \\*\\*([A-Z]\\d) .*?(?=^- \\*\\*|^#|^\\|| ?\\z|^\\S)");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| ([A-Z]\\d) \\| ([a-z0-9, -]+) \\|$");
    private static final Pattern NAME = Pattern.compile("\\b[A-Z]\\d\\b");
    private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");

    /**
     * One source.
     *
     * @param types that are declared in it
     * @param members methods, fields and constants that are
     * @param rules that its comments name
     */
    public record SourceText(String text, Set<String> types, Set<String> members, Set<String> rules) {

        private static final Pattern TYPE = Pattern.compile("\\b(?:class|interface|enum|record) ([A-Z]\\w*)");
        private static final Pattern CLASS = Pattern.compile("(?m)^(public )?(final )?class ");
        private static final Pattern MEMBER = Pattern.compile(
                "(?m)^[ \\t]++(?!(?:return|throw|else|assert|new|case) )[\\w<>\\[\\],.?@ ]*[\\w>\\]] (\\w+)(?: =|[(;])");
        private static final Pattern STRING_OR_COMMENT = Pattern.compile(
                "(?s)\"\"\".*?\"\"\"|\"(?:\\\\.|[^\"\\\\\n])*+\"|'(?:\\\\.|[^'\\\\\n])++'|(//[^\n]*|/\\*.*?\\*/)");

        public static SourceText of(String text) {
            Set<String> rules = new TreeSet<>();
            for (Matcher comment = STRING_OR_COMMENT.matcher(text); comment.find();) {
                if (comment.group(1) != null) {
                    NAME.matcher(comment.group(1)).results().forEach(name -> rules.add(name.group()));
                }
            }
            return new SourceText(text, all(TYPE, text), all(MEMBER, text), rules);
        }

        private static Set<String> all(Pattern declaration, String text) {
            return declaration.matcher(text).results().map(found -> found.group(1)).collect(Collectors.toSet());
        }

        /** A class that decides something, and says by which rule nowhere. */
        boolean namesNoRule() {
            return rules.isEmpty() && CLASS.matcher(text).find();
        }

        /** Whether it has such a type, and such a member (null: any). */
        boolean declares(String type, String member) {
            return types.contains(type) && (member == null || members.contains(member));
        }
    }

    /** As the project has it. */
    public static Specification read(Path root, List<Mutant> faults) throws IOException {
        Map<String, String> pages = files(root, "docs/protocol", ".md");
        pages.put("docs/protocol.md", Files.readString(root.resolve("docs/protocol.md")));
        Map<String, SourceText> sources = new TreeMap<>();
        for (String folder : List.of("mutex", "tests")) {
            files(root, folder, ".java").forEach((file, text) -> sources.put(file, SourceText.of(text)));
        }
        return new Specification(pages, sources, faults, Files.readString(root.resolve("docs/model/README.md")));
    }

    private static Map<String, String> files(Path root, String folder, String suffix) throws IOException {
        Map<String, String> texts = new TreeMap<>();
        try (Stream<Path> files = Files.walk(root.resolve(folder))) {
            for (Path file : files.filter(path -> path.toString().endsWith(suffix)).toList()) {
                texts.put(root.relativize(file).toString().replace('\\', '/'), Files.readString(file));
            }
        }
        return texts;
    }

    /** One line for each thing that does not fit; none when all does. */
    public List<String> problems() {
        List<String> problems = new ArrayList<>();
        Map<String, String> rules = rules(problems);
        rules.forEach((rule, text) -> judge(rule, text, problems));
        sources.forEach((file, source) -> source.rules.stream().filter(name -> !rules.containsKey(name))
                .forEach(name -> problems.add(file + ": rule " + name + " is not in docs/protocol.md")));
        sources.entrySet().stream().filter(source -> source.getKey().matches("mutex/(group|lease)/.*")
                        && source.getValue().namesNoRule())
                .forEach(source -> problems.add(source.getKey() + " names no rule; name those that it obeys"));
        pages.forEach((page, text) -> judgeNames(page, text, rules, problems));
        judgeFaults(rules, problems);
        return problems;
    }

    private Map<String, String> rules(List<String> problems) {
        Map<String, String> rules = new TreeMap<>();
        pages.forEach((page, text) -> {
            for (Matcher rule = RULE.matcher(text); rule.find();) {
                if (rules.put(rule.group(1), rule.group()) != null) {
                    problems.add(page + ": there is a second rule " + rule.group(1));
                }
            }
        });
        return rules;
    }

    private void judge(String rule, String text, List<String> problems) {
        if (!pages.getOrDefault("docs/protocol.md", "").contains(rule + " ")) {
            problems.add("rule " + rule + " is missing in the list of docs/protocol.md");
        }
        if (sources.entrySet().stream().noneMatch(source -> source.getKey().startsWith("mutex/") && source.getValue().rules.contains(rule))) {
            problems.add("rule " + rule + ": no comment under mutex/ names it; add its name where the code obeys it");
        }
        List<String> places = quoted(part(text, "Code"));
        if (places.isEmpty()) {
            problems.add("rule " + rule + ": say after *Code:* where it is");
        }
        places.stream().map(place -> place.split("\\.")[0]).distinct().filter(type -> sources.entrySet().stream().noneMatch(source ->
                source.getKey().startsWith("mutex/") && source.getValue().declares(type, null) && source.getValue().rules.contains(rule)))
                .forEach(type -> problems.add("rule " + rule + " is to be in " + type + ", of which no comment names it"));
        List<String> shown = quoted(part(text, "Shown by"));
        if (shown.isEmpty()) {
            problems.add("rule " + rule + ": say after *Shown by:* what notices when it is dropped");
        }
        shown.stream().filter(name -> !isFault(name) && !isRow(name) && !isTest(name))
                .forEach(name -> problems.add("rule " + rule + ": there is no fault, row of the model or test " + name));
    }

    /** What stands in a rule behind a word in italics, up to the next. */
    private static String part(String rule, String word) {
        int at = rule.indexOf("*" + word + ":*");
        int end = at < 0 ? 0 : rule.indexOf("\n  - *", at);
        return at < 0 ? "" : rule.substring(at, end < 0 ? rule.length() : end);
    }

    private static List<String> quoted(String text) {
        return QUOTED.matcher(text).results().map(found -> found.group(1)).toList();
    }

    private boolean isFault(String name) {
        return faults.stream().anyMatch(fault -> fault.name().equals(name));
    }

    private boolean isRow(String name) {
        return Pattern.compile("(?m)^\\| \\**" + Pattern.quote(name) + "\\** \\|").matcher(model).find();
    }

    private boolean isTest(String name) {
        return name.matches("[A-Z]\\w*Test(\\.\\w+)?") && isCode(name);
    }

    private boolean isCode(String name) {
        String[] parts = name.split("\\.");
        return sources.values().stream().anyMatch(source -> source.declares(parts[0], parts.length == 1 ? null : parts[1]));
    }

    private void judgeNames(String page, String text, Map<String, String> rules, List<String> problems) {
        for (String name : new TreeSet<>(quoted(text))) {
            if (name.matches("[A-Z][a-z]\\w*(\\.\\w+)?|[A-Z][a-z]\\w*\\.[A-Z_]+") && !isCode(name)) {
                problems.add(page + ": there is no " + name);
            }
        }
        NAME.matcher(QUOTED.matcher(text).replaceAll("")).results().map(found -> found.group()).distinct()
                .filter(name -> !rules.containsKey(name))
                .forEach(name -> problems.add(page + ": there is no rule " + name));
    }

    private void judgeFaults(Map<String, String> rules, List<String> problems) {
        Map<String, Set<String>> rows = new TreeMap<>(); // by fault: the rules in whose row it is
        pages.values().forEach(text -> ROW.matcher(text).results().forEach(row -> {
            for (String fault : row.group(2).split(", ")) {
                rows.computeIfAbsent(fault, name -> new TreeSet<>()).add(row.group(1));
            }
        }));
        rows.keySet().stream().filter(name -> !isFault(name))
                .forEach(name -> problems.add("docs/protocol/faults.md: there is no fault " + name));
        for (Mutant fault : faults) {
            Set<String> listed = rows.getOrDefault(fault.name(), Set.of());
            Set<String> drops = NAME.matcher(fault.rule()).results().map(name -> name.group()).collect(Collectors.toCollection(TreeSet::new));
            drops.stream().filter(name -> !rules.containsKey(name))
                    .forEach(name -> problems.add(fault.place() + ": rule " + name + " is not in docs/protocol.md"));
            if (listed.size() != 1) {
                problems.add(fault.place() + ": " + fault.name() + (listed.isEmpty()
                        ? " stands in no row of docs/protocol/faults.md; add it to that of the rule it drops"
                        : " stands in the rows of " + listed + " in docs/protocol/faults.md; leave one"));
            } else if (!drops.isEmpty() && !drops.containsAll(listed)) {
                problems.add(fault.place() + ": " + fault.name() + " drops " + drops + ", but stands in the row of " + listed
                        + " in docs/protocol/faults.md");
            }
        }
    }
}
