/**
 * Links between peers: dialing, greeting, one link of the two that a pair makes, order, silence; and the fault lab that
 * delays and cuts them. The loop's thread. Imports transport, wire and status.
 */
package mutex.link;
