package mutex.group;

import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;

/** The group this peer is in, or the newest version that went on without it (G3), and the state that is being written down (G4). */
final class OwnGroup {

    /** A state on its way to the disk, and what for. */
    record Saving(DurableState state, Purpose purpose) {}

    enum Purpose { ADOPT, BIND, COMMIT, FOUND, UNDO }

    private final int id;
    private final String endpoint;
    private final GroupHost host;
    private Group group; // null: in none
    private Group outside; // the newest version that went on without this peer; null: none did
    private Saving saving; // null: nothing under way

    OwnGroup(int id, String endpoint, GroupHost host) {
        this.id = id;
        this.endpoint = endpoint;
        this.host = host;
    }

    int id() {
        return id;
    }

    String endpoint() {
        return endpoint;
    }

    Group group() {
        return group;
    }

    Group outside() {
        return outside;
    }

    /** The group this peer is in, or else the one that went on without it; null when it was in none. */
    Group last() {
        return group != null ? group : outside;
    }

    boolean isOurs(Group theirs) {
        return last() != null && last().origin() == theirs.origin();
    }

    /** The version of that group that is known here; none of another one. */
    Version known(Group theirs) {
        return isOurs(theirs) ? last().version() : Version.NONE;
    }

    /** This peer is listed there, at its address. */
    boolean isIn(Group theirs) {
        return endpoint.equals(theirs.members().get(id));
    }

    /** This peer is a member, but not at the address that its group has. */
    boolean hasMoved() {
        return outside != null && outside.members().containsKey(id);
    }

    /** M4: it has moved, and nobody else is there to agree. */
    boolean hasMovedAlone() {
        return outside != null && outside.members().keySet().equals(Set.of(id));
    }

    /** G3: the group we are in, or the one that goes on without us; an older version must not count again. */
    void keep(Group known) {
        boolean member = known != null && isIn(known);
        group = member ? known : null;
        outside = member ? null : known;
    }

    /** What went on without this peer has a newer version. */
    void wentOn(Group newer) {
        outside = newer;
    }

    // What others hear of it.

    /** Shows our group to a peer that is behind. */
    void present(int to) {
        host.send(to, new GroupMessage.Present(group));
    }

    /** G2: says that the peer is in another group, where both groups have more than one member. */
    void refuseForeign(Hello hello) {
        Group theirs = hello.group();
        boolean both = group != null && group.members().size() > 1 && theirs.members().size() > 1;
        if (both && group.origin() != theirs.origin()) {
            host.say("peer " + hello.id() + " at " + hello.endpoint() + " is in another group: " + theirs
                    + "; this one is " + group + "; groups never merge: stop one, remove its state files and add its peers");
        }
    }

    // On disk before it counts.

    void save(DurableState state, Purpose purpose) {
        saving = new Saving(state, purpose);
        host.save(state);
    }

    boolean saving() {
        return saving != null;
    }

    /** The state was written, or could not be; null when nothing was under way. */
    Saving saved() {
        Saving done = saving;
        saving = null;
        return done;
    }

    /** Whether that is this peer's group and promise, written down or not. */
    boolean is(DurableState state, Promise promise) {
        return Objects.equals(state.group(), last()) && Objects.equals(state.promise(), promise);
    }

    /** Begins to undo a version that the disk has refused; unwritten says why, as far as that knows. */
    Undo undo(String unwritten, long now) {
        return new Undo(unwritten, now);
    }

    /** R6: the disk may have a version all the same that it has refused: the state before is written again, until it is there. */
    final class Undo {

        private static final long EVERY = 1_000_000_000L;
        private static final long WITHIN = 10_000_000_000L;

        private final String unwritten;
        private final long giveUpAt; // nanoseconds
        private long nextAt;

        private Undo(String unwritten, long now) {
            this.unwritten = unwritten;
            giveUpAt = now + WITHIN;
            nextAt = now;
        }

        void tick(Promise promise, long now) {
            if (now >= nextAt && !saving()) {
                nextAt = Long.MAX_VALUE;
                save(new DurableState(group, promise), Purpose.UNDO);
            }
        }

        /**
         * The state before is on the disk again, or could not be written (problem).
         *
         * @return what failed, for a person; empty if it is written once more
         */
        Optional<String> written(String problem, SortedSet<Integer> removed, long now) {
            if (problem == null) {
                return Optional.of(unwritten);
            } else if (now >= giveUpAt) {
                return Optional.of(unwritten + "; it may have been all the same: keep " + removed + " stopped until this peer has restarted");
            }
            nextAt = now + EVERY;
            return Optional.empty();
        }

        long wakeAt() {
            return saving() ? Long.MAX_VALUE : nextAt;
        }
    }
}
