/**
 * What a node and the world say to each other: events that go in, effects and frames that come out, what is logged of it,
 * and how the node stands. Records and enums without state, any thread. Imports the rooms whose messages a frame carries.
 */
package mutex.event;
