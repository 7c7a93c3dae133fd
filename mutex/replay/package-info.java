/**
 * Plays the log of a run again, step by step, with fresh nodes that are fed what the old ones were. One thread. Imports
 * log, wire and the pure rooms; its prompt is the shell's.
 */
package mutex.replay;
