/**
 * The library: a Java program is a peer of its own (Mutex.peer) or uses one that runs (Mutex.connect). Any thread;
 * callbacks have threads of their own. Imports peer and remote, below the same interface.
 */
package mutex.client;
