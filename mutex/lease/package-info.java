/**
 * What the silence of members means, where the lease is on: whether a majority backs this peer (standing), and which
 * members it may do without (absence). Pure: time comes in as a number; one thread at a time. Imports java.util and
 * nothing else.
 */
package mutex.lease;
