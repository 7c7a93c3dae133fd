package mutex.status;

import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import mutex.event.NodeView;
import mutex.text.Durations;

/** Whether members can be taken out of the group, as far as their peer can see: at all, and without a risk. */
public final class Removal {

    /** A link is heard at least every two seconds. */
    private static final long ANSWERED_WITHIN_MILLIS = 3_000;

    private final Snapshot now;
    private final SortedSet<Integer> ids;

    public Removal(Snapshot now, SortedSet<Integer> ids) {
        this.now = now;
        this.ids = ids;
    }

    /** Whether in this group nobody can be removed by agreement. */
    public static boolean takesForce(Snapshot now) {
        return now.leaseMillis() == 0 || now.node().group() != null && now.node().group().members().size() == 2;
    }

    /** As they are typed. */
    public String ids() {
        return join(ids, " ");
    }

    /** As they are read. */
    public String peers() {
        return (ids.size() == 1 ? "peer " : "peers ") + join(ids, ", ");
    }

    /**
     * Why nobody can do that, in one line.
     *
     * @param force where one is a member, another may be a newcomer that it was adding; the members know
     */
    public Optional<String> impossible(boolean force) {
        NodeView node = now.node();
        if (node.group() == null) {
            return Optional.of("this peer is not in a group yet: " + node.waitingFor());
        }
        if (ids.contains(node.id())) {
            return Optional.of(node.id() + " is this peer; \"quit\" leaves the group");
        }
        SortedSet<Integer> members = new TreeSet<>(node.group().members().keySet());
        boolean some = force && ids.stream().anyMatch(members::contains);
        return ids.stream().filter(id -> !some && !members.contains(id)).findFirst()
                .map(id -> "peer " + id + " is not a member; the members are " + join(members, ", "));
    }

    /** Why that takes {@code --force}, in one line. */
    public Optional<String> dangerous() {
        Optional<String> answers = ids.stream().flatMap(id -> answered(id).stream()).findFirst();
        if (answers.isPresent()) {
            return Optional.of(answers.get() + "; \"remove " + ids() + " --force\" if you mean it");
        }
        Optional<String> waits = stays().stream().filter(absent()::contains).findFirst()
                .map(id -> "peer " + id + " has to agree, but is absent; name it too, or wait until it is back");
        return disagreement().map(why -> why + "; if " + peers() + (ids.size() == 1 ? " is" : " are") + " dead, \"remove " + ids()
                + " --force\" removes " + (ids.size() == 1 ? "it" : "them") + " (" + risk() + ")").or(() -> waits);
    }

    /** Why the others cannot agree on it safely. */
    private Optional<String> disagreement() {
        int size = now.node().group().members().size();
        int stay = stays().size();
        if (now.leaseMillis() == 0) {
            return Optional.of("with the lease off there is no way to know that " + peers() + " holds no lock");
        }
        if (size == 2) {
            return Optional.of("neither of two peers is a majority");
        }
        return stay < size / 2 + 1 ? Optional.of("the " + stay + " that remain are not a majority of " + size)
                : StandingText.noMajority(now.node());
    }

    /** Whether the others can agree on it, and wait until nothing can go wrong. */
    public boolean canBeAgreed() {
        return disagreement().isEmpty() && stays().stream().noneMatch(absent()::contains);
    }

    /** What to bear in mind when it is forced. */
    public String risk() {
        return canBeAgreed() ? ids.stream().flatMap(id -> answered(id).stream()).findFirst().orElse("its lease has to expire first")
                : ids.size() == 1 ? "if it lives, both may hold a lock" : "if one of them lives, two may hold a lock";
    }

    private Optional<String> answered(int id) {
        return now.peers().stream()
                .filter(other -> other.id() == id && other.linked() && !absent().contains(id)
                        && other.heardMillisAgo() >= 0 && other.heardMillisAgo() <= ANSWERED_WITHIN_MILLIS)
                .findFirst().map(other -> "peer " + id + " answered " + Durations.sayMillis(other.heardMillisAgo()) + " ago");
    }

    private SortedSet<Integer> stays() {
        SortedSet<Integer> stays = new TreeSet<>(now.node().group().members().keySet());
        stays.removeAll(ids);
        return stays;
    }

    private SortedSet<Integer> absent() {
        NodeView.StandingView standing = now.node().standing();
        return standing == null ? new TreeSet<>() : standing.absent();
    }

    public static String join(SortedSet<Integer> ids, String between) {
        return ids.stream().map(String::valueOf).collect(Collectors.joining(between));
    }
}
