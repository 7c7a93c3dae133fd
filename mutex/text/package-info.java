/**
 * What everybody writes and reads alike: lengths of time, counts, exit codes, names of locks, text that others sent. No
 * state, any thread. Pure: imports java.util and nothing else.
 */
package mutex.text;
