package mutex.group;

import java.util.List;

/** What peers say to each other about the group; see protocol.md, founding and joining. */
public sealed interface GroupMessage {

    /** "This is the group", to a peer that shows an older version or none. */
    record Present(Group group) implements GroupMessage {}

    /** "My start list reads so now", while founding. */
    record Listing(List<Listed> list) implements GroupMessage {}

    /** "Please add me", from a peer that is in no group. */
    record Join() implements GroupMessage {}

    /** PROPOSE: "be bound to this next version of the group at base." */
    record Propose(Version base, Group next) implements GroupMessage {}

    /** "I am bound to it, and have written that down." */
    record Bound(Version next) implements GroupMessage {}

    /** "I am not", with the reason for a person. */
    record Unbound(Version next, String reason) implements GroupMessage {}
}
