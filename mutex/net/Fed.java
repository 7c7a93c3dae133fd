package mutex.net;

import mutex.node.Event;

/**
 * One step of a node, as the log has it.
 *
 * @param now when, in the nanoseconds of the node
 * @param known how many events the sender of the received frame had logged when it sent that; 0 where none was received
 */
public record Fed(Event event, long known, long now) {}
