package mutex.group;

import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;

/** B5: how a peer in no group asks those that are in one to add it: one after the other, until one does. */
final class JoinRequests {

    /** How often it asks, in nanoseconds. */
    static final long EVERY = 3_000_000_000L;

    private final Set<Integer> contacts = new LinkedHashSet<>(); // linked peers whose group lacks us; next one first
    private long askAt = Long.MIN_VALUE;
    private boolean removed; // the group went on without us (G3): do not ask to come back

    void meet(int peer) {
        contacts.add(peer);
    }

    void forget(int peer) {
        contacts.remove(peer);
    }

    void inGroup() {
        contacts.clear();
        removed = false;
    }

    void removed() {
        removed = true;
    }

    /**
     * Whom to ask now.
     *
     * @param counts whose word does
     */
    Optional<Integer> due(long now, IntPredicate counts) {
        if (now < wakeAt()) {
            return Optional.empty();
        }
        askAt = now + EVERY;
        Optional<Integer> contact = contacts.stream().filter(counts::test).findFirst();
        contact.ifPresent(contacts::remove);
        contact.ifPresent(contacts::add); // another one next time, should this one not manage it
        return contact;
    }

    long wakeAt() {
        return removed || contacts.isEmpty() ? Long.MAX_VALUE : askAt;
    }

    /** What this peer waits for, for a person; empty when it asks nobody. */
    Optional<String> waitingFor(IntPredicate counts) {
        if (removed) {
            return Optional.of("removed from its group; another member can add it again");
        }
        return contacts.stream().filter(counts::test).findFirst().map(contact -> "asks to be added to the group of peer " + contact);
    }
}
