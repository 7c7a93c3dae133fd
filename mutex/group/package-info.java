/**
 * Who is a member, how that changes by agreement of all (a one-decree consensus per version), and what a peer writes down.
 * Pure: time comes in as a number; one thread at a time. Imports lease, for its length, once, for what the state file keeps,
 * and nothing else but java.util.
 */
package mutex.group;
