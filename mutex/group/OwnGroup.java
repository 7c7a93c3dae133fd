package mutex.group;

import java.util.Objects;
import java.util.Set;

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
}
