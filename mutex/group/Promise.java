package mutex.group;

/**
 * The version of the group a peer is bound to: it answered PROPOSE and takes no older proposal.
 *
 * @param by id of the peer that proposed it
 * @param again whether the second question was answered, too: from then on it may have been made
 */
public record Promise(Group next, int by, boolean again) {

    public Promise(Group next, int by) {
        this(next, by, false);
    }

    /** Whether it is to a founding: kept until that group, or certainly not that group, has begun. */
    boolean founds() {
        return next.version().number() == 1;
    }
}
