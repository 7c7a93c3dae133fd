package mutex.state;

import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import mutex.group.DurableState;
import mutex.group.Group;
import mutex.group.Hello;
import mutex.group.Seed;

/**
 * What a person has to know at the start about a state file, which outranks the command line: which one was read, of when,
 * whom this peer will wait for or do without, and how to forget it.
 */
public final class StateNotice {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneId.systemDefault());

    private static final boolean WINDOWS = System.getProperty("os.name").startsWith("Windows");

    private StateNotice() {}

    /**
     * One line; null when the file decides nothing.
     *
     * @param saved what the file says; null when there is none
     * @param own what this peer tells others first: its id, its address and its start list
     */
    public static String notice(Path file, Instant written, DurableState saved, Hello own) {
        if (saved == null || saved.group() == null && saved.promise() == null) {
            return null;
        }
        String said = saved.group() == null ? "has no group yet, but this peer has agreed to that of " + saved.promise().next().list()
                : !saved.group().members().containsKey(own.id()) ? "says that the group went on without this peer, as "
                        + saved.group().list() + "; it asks to be added again"
                : "has the group of " + of(saved.group()) + difference(saved.group(), own);
        return file + ", written " + TIME.format(written) + ": " + said + "; to forget that and " + forgetting(file).substring("to ".length());
    }

    /** How the file is forgotten. */
    static String forgetting(Path file) {
        return "to begin a new group, stop all its peers and delete the file of each, here by: " + deletion(file);
    }

    private static String of(Group group) {
        return group.members().size() == 1 ? "this peer alone" : group.list();
    }

    /** Who is in only one of the two, the group and the list; empty when nobody is. */
    private static String difference(Group group, Hello own) {
        if (own.list().isEmpty()) {
            return "";
        }
        SortedMap<Integer, String> unnamed = new TreeMap<>(group.members());
        unnamed.remove(own.id());
        for (Seed listed : own.list()) {
            unnamed.entrySet().removeIf(peer -> isListed(listed, peer.getKey(), peer.getValue()));
        }
        List<String> strangers = own.list().stream().filter(listed -> !listed.endpoint().equals(own.endpoint())
                && group.members().entrySet().stream().noneMatch(peer -> isListed(listed, peer.getKey(), peer.getValue()))).map(Seed::endpoint).toList();
        return (unnamed.isEmpty() ? "" : ", and that counts; the command line does not name " + unnamed.entrySet().stream()
                        .map(peer -> "peer " + peer.getKey() + " at " + peer.getValue()).collect(Collectors.joining(", "))
                        + ": \"remove ID\" takes out who will not come back")
                + (strangers.isEmpty() ? "" : ", and that counts, not the command line: " + String.join(", ", strangers)
                        + (strangers.size() == 1 ? " is no member until it is added" : " are no members until they are added"));
    }

    private static boolean isListed(Seed listed, int id, String endpoint) {
        return endpoint.equals(listed.endpoint()) || id == listed.id();
    }

    /** A command for a shell. */
    static String deletion(Path file) {
        return (WINDOWS ? "del " : "rm ") + word(file.toString());
    }

    /** A command for a shell that gives it a name which no peer looks for. */
    static String moving(Path file) {
        return (WINDOWS ? "move " : "mv ") + word(file.toString()) + " " + word(file + ".away");
    }

    private static String word(String file) {
        return WINDOWS ? "\"" + file + "\"" : file.matches("[\\w/.,:@%+-]+") ? file : "'" + file.replace("'", "'\\''") + "'";
    }
}
