package mutex.group;

/**
 * The version of the group a peer is bound to: it answered PROPOSE and takes no older proposal.
 *
 * @param by id of the peer that proposed it
 */
public record Promise(Group next, int by) {}
