package tests.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The pages that people read: README.md and the others of the root, then all below docs. */
public final class Documents {

    private static final Pattern LINK = Pattern.compile("(?<!\\\\)\\[(?:[^\\]\\[]|\\[[^\\]]*\\])*\\]\\(([^)\\s]+)\\)");
    private static final Pattern CODE = Pattern.compile("(?ms)^ *```.*?^ *```$|`[^`\n]*`");
    private static final Pattern SHELL = Pattern.compile("(?ms)^```sh\n(.*?)^```$");
    private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} +(.*?)(?: +#+)?$");

    private static final String RECIPES = "recipes.md";

    private final Path root;
    private final Map<Path, String> pages = new TreeMap<>(Comparator.comparing((Path page) -> !page.endsWith("README.md"))
            .thenComparing(Path::getNameCount).thenComparing(Comparator.naturalOrder()));

    public Documents(Path root) {
        this.root = root.toAbsolutePath().normalize();
        try (Stream<Path> top = Files.list(this.root); Stream<Path> docs = Files.walk(this.root.resolve("docs"))) {
            for (Path page : Stream.concat(top, docs).filter(file -> file.toString().endsWith(".md") && !file.toString().endsWith(".in.md")).toList()) {
                pages.put(page, Files.readString(page));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Set<Path> pages() {
        return pages.keySet();
    }

    public String text() {
        return String.join("\n", pages.values());
    }

    /** What they tell a reader to type: the lines of their blocks for a shell, those of README first, each once; but for the recipes. */
    public List<String> commands() {
        return commands(page -> !page.endsWith(RECIPES));
    }

    /** The lines for a shell of docs/recipes.md. */
    public List<String> recipes() {
        return commands(page -> page.endsWith(RECIPES));
    }

    private List<String> commands(Predicate<Path> which) {
        return pages.entrySet().stream().filter(page -> which.test(page.getKey())).flatMap(page -> SHELL.matcher(page.getValue()).results())
                .flatMap(block -> block.group(1).lines()).filter(line -> !line.isBlank()).distinct().toList();
    }

    /** All groups that the pattern finds, of all pages. */
    public List<String> all(String regex) {
        return Pattern.compile(regex).matcher(text()).results().map(found -> found.group(1)).toList();
    }

    /** Links of the pages that lead nowhere, each with its page: to a file that is not there, or a heading. */
    public List<String> brokenLinks() {
        List<String> broken = new ArrayList<>();
        pages.forEach((page, text) -> LINK.matcher(CODE.matcher(text).replaceAll("")).results().map(found -> found.group(1))
                .filter(link -> !link.matches("[a-z]+:.*") && !leads(page, link))
                .forEach(link -> broken.add(root.relativize(page) + " links to " + link)));
        return broken;
    }

    private boolean leads(Path page, String link) {
        String[] parts = link.split("#", 2);
        Path file = parts[0].isEmpty() ? page : page.resolveSibling(parts[0]).normalize();
        return file.startsWith(root) && Files.exists(file)
                && (parts.length == 1 || pages.containsKey(file) && anchors(pages.get(file)).contains(parts[1]));
    }

    /** As the hosts of repositories make them: small letters, words joined by hyphens, the second of a name with -1. */
    private static Set<String> anchors(String page) {
        Map<String, Integer> seen = new TreeMap<>();
        String prose = Pattern.compile("(?ms)^ *```.*?^ *```$").matcher(page).replaceAll("");
        return HEADING.matcher(prose).results().map(heading -> heading.group(1).replaceAll("\\[([^\\]]*)\\]\\([^)]*\\)", "$1")
                .toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
                .map(name -> name + (seen.merge(name, 1, Integer::sum) == 1 ? "" : "-" + (seen.get(name) - 1)))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
