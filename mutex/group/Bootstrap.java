package mutex.group;

import java.util.List;
import java.util.Optional;

/** Who founds the group: those of a start list ({@link ListBootstrap}), or those who find each other ({@link DiscoveryBootstrap}). */
interface Bootstrap {

    /** Nobody else is looked for: the peer begins at once. */
    boolean alone();

    /** As it is told to others, with ourselves. */
    List<Seed> list();

    /**
     * Takes in a greeting.
     *
     * @param dialed the address that was dialed; null when the peer called us
     * @return one line for a person when something is wrong or was mended, else empty
     */
    Optional<String> hear(Hello hello, String dialed);

    /** One's own address was dialed under another name. */
    void drop(String dialed);

    void listing(int from, GroupMessage.Listing listing);

    void forget(int peer);

    /** That peer is in a group. */
    void begun(int peer);

    /** The group, once all agree. */
    Optional<Group> begin();

    /** Whether the group begins only when all have written it down. */
    boolean bindFirst();

    /** Agrees to nothing but this from now on; null: it will never begin. */
    void bind(Group first);

    /** Whether all others have told that theirs is written down. */
    boolean complete();

    /** What differs between the peer and us, for a person; empty while it may still turn out equal. */
    Optional<String> difference(int peer);

    /** What stands between now and the beginning, for a person. */
    String waitingFor();
}
