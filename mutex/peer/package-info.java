/**
 * A running peer: the node's loop, its server and the calls of clients, leaving. The loop's thread, or one that
 * has its baton, feeds the node; files are written by threads of their own, and callbacks come back to the loop. Imports
 * everything below, never a client's end nor a command.
 */
package mutex.peer;
