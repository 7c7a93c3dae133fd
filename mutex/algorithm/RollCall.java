package mutex.algorithm;

import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import mutex.algorithm.Algorithm.Outgoing;
import mutex.algorithm.Message.Permission;
import mutex.algorithm.Message.Refusal;
import mutex.algorithm.Message.Request;

/**
 * C7: a wait is over, and those whose permission is missing are asked whether they are inside: a permission that is
 * kept back and a peer that has stopped look the same, and only the first means that another has the lock.
 */
public final class RollCall {

    public final long since; // nanoseconds
    private final Request wish;
    private final SortedSet<Integer> silent;
    private int first; // a peer that is not inside but asked before us; 0: none has said so

    /** @param wish that waits */
    public RollCall(Request wish, SortedSet<Integer> asked, long now) {
        this.wish = wish;
        this.silent = new TreeSet<>(asked);
        since = now;
    }

    /** The same request again, as a try: that has an answer in any case, and leaves nothing to remember. */
    public List<Outgoing> questions() {
        Request question = new Request(wish.stamp(), true, wish.mode());
        return silent.stream().map(peer -> new Outgoing(peer, question)).toList();
    }

    /** Those of the peers that have not answered. */
    public SortedSet<Integer> silentOf(Set<Integer> peers) {
        SortedSet<Integer> those = new TreeSet<>(silent);
        those.retainAll(peers);
        return those;
    }

    /**
     * Takes in a message; why another has the lock, in a line, or null while nobody is known to.
     *
     * @param needed whose permission is needed now
     */
    public String answered(int from, Message message, Set<Integer> needed) {
        if (!wish.stamp().equals(message.stamp()) || !(message instanceof Permission || message instanceof Refusal)) {
            return null;
        }
        silent.remove(from);
        if (message instanceof Refusal refusal) {
            if (refusal.held()) {
                return "peer " + from + " holds it";
            }
            first = from;
        }
        return first != 0 && silentOf(needed).isEmpty() ? "peer " + first + " asked first" : null;
    }
}
