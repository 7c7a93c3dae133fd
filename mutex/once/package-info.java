/**
 * Jobs that run at most once a period: what the members remember of the runs, and what they say to each other about it.
 * Pure: time comes in as a number; one thread at a time. Imports java.util and nothing else.
 */
package mutex.once;
