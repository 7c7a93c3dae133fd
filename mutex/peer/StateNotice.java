package mutex.peer;

import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import mutex.group.DurableState;
import mutex.group.Seed;

/** What a person has to know at the start about a state file: whom this peer will wait for though its command line does not name it. */
final class StateNotice {

    private StateNotice() {}

    /**
     * One line; null when there is nothing to say.
     *
     * @param saved what the file says; null when there is none
     */
    static String notice(Path file, DurableState saved, PeerSettings settings) {
        if (saved == null || saved.group() == null || settings.list().isEmpty()) {
            return null;
        }
        SortedMap<Integer, String> unnamed = new TreeMap<>(saved.group().members());
        boolean member = unnamed.remove(settings.id()) != null;
        for (Seed listed : settings.list()) {
            unnamed.entrySet().removeIf(peer -> peer.getValue().equals(listed.endpoint()) || peer.getKey() == listed.id());
        }
        String anew = "to begin a new group with the peers of the command line, stop all, and delete the file of each or start with another --state";
        if (!member) {
            return file + ": says that this peer is not in its group any more; " + anew;
        }
        return unnamed.isEmpty() ? null : file + ": has the group of peers " + saved.group().members().keySet().stream()
                .map(String::valueOf).collect(Collectors.joining(", ")) + ", and that counts; the command line does not name "
                + unnamed.entrySet().stream().map(peer -> "peer " + peer.getKey() + " at " + peer.getValue()).collect(Collectors.joining(", "))
                + ": \"remove ID\" takes out who will not come back; " + anew;
    }
}
