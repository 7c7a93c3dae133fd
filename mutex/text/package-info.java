/**
 * What everybody writes and reads alike: lengths of time, counts, exit codes. No state, any thread. Pure: imports
 * java.util and nothing else.
 */
package mutex.text;
