/**
 * A peer without a network: all its locks, its clocks and fences, its group; an event goes in, effects come out. Pure,
 * one thread at a time, and the same events give the same effects again: the simulator and the replay rely on it.
 * Imports algorithm, lease, once, group, text, and event, the words for what goes in and out.
 */
package mutex.node;
