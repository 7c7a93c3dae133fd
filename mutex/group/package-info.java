/**
 * Who is a member, and how that changes by agreement of all (a one-decree consensus per version). Pure: time comes in as
 * a number; one thread at a time. Imports lease, for its length, once, for what the state file keeps,
 * and nothing else but java.util.
 */
package mutex.group;
