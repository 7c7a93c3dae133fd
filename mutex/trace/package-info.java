/**
 * Reads the logs of a run together: puts events into causal order, checks the rules, and tells the run as story,
 * diagram and report. One thread, no network. Imports log and what its events are made of.
 */
package mutex.trace;
