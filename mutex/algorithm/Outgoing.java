package mutex.algorithm;

/**
 * A message on its way.
 *
 * @param to id of the peer it is for
 */
public record Outgoing(int to, Message message) {}
