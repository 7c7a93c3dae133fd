/**
 * The client's end of a peer's calls: hold a lock, ask for status, watch events, go on at another peer. A thread or
 * loop a call; callbacks come from it. Imports transport, wire, status and log; nothing of a running peer.
 */
package mutex.remote;
