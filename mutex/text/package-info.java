/**
 * What every command writes and reads alike: lengths of time, counts, exit codes, and what is said of a wrong command
 * line. No state, any thread. Imports node for what may be printed, and picocli.
 */
package mutex.text;
