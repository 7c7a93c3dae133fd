package mutex.group;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.Stream;

/**
 * The version of the group a peer is bound to: it answered PROPOSE and takes no older proposal.
 *
 * @param by id of the peer that proposed it
 * @param again whether the second question was answered, too (R4): from then on it may have been made
 * @param earlier those by other peers that it took the place of, and that may have been made with newcomers all the same (R6)
 */
public record Promise(Group next, int by, boolean again, List<Promise> earlier) {

    public Promise(Group next, int by, boolean again) {
        this(next, by, again, List.of());
    }

    public Promise(Group next, int by) {
        this(next, by, false);
    }

    /** This one and those before it. */
    Stream<Promise> all() {
        return Stream.concat(Stream.of(this), earlier.stream());
    }

    /** Whether it is to a founding: kept until that group, or certainly not that group, has begun. */
    boolean founds() {
        return next.version().number() == 1;
    }

    /** What was agreed to, by a peer that is in that group, in words. */
    String about(Group group) {
        SortedMap<Integer, String> to = next.members();
        List<String> steps = new ArrayList<>();
        group.members().forEach((id, there) -> {
            if (!there.equals(to.get(id))) {
                steps.add(to.containsKey(id) ? "move " + id + " to " + to.get(id) : "remove " + id);
            }
        });
        to.forEach((id, there) -> {
            if (!group.members().containsKey(id)) {
                steps.add("add " + id + " at " + there);
            }
        });
        return "has agreed with peer " + by + " to " + (steps.isEmpty() ? "close a change that was left open" : String.join(", ", steps));
    }
}
