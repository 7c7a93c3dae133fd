package mutex.group;

import java.util.List;

/** What peers say to each other about the group; see protocol.md, founding and joining. */
public sealed interface GroupMessage {

    /** "This is the group", to a peer that shows an older version or none. */
    record Present(Group group) implements GroupMessage {}

    /**
     * "My start list reads so now", while founding.
     *
     * @param bound "and I am bound to it, and have written that down": nothing but that group may begin with me
     */
    record Listing(List<Seed> list, boolean bound) implements GroupMessage {

        public Listing(List<Seed> list) {
            this(list, false);
        }
    }

    /**
     * B5: "Please add me", from a peer that is in no group.
     *
     * @param released "and am bound to a version without me, so that I enter none before that" (R6)
     */
    record Join(boolean released) implements GroupMessage {

        public Join() {
            this(false);
        }
    }

    /**
     * PROPOSE (G5): "be bound to this next version of the group at base."
     *
     * @param again whether it is asked for the second time, after a lease, before members are removed
     */
    record Propose(Version base, Group next, boolean again) implements GroupMessage {

        public Propose(Version base, Group next) {
            this(base, next, false);
        }
    }

    /** "I am bound to it, and have written that down"; again as in the question. */
    record Bound(Version next, boolean again) implements GroupMessage {

        public Bound(Version next) {
            this(next, false);
        }
    }

    /** "I am not", with the reason for a person. */
    record Unbound(Version next, String reason) implements GroupMessage {}
}
