/**
 * Who is a member, how that changes by agreement of all (a one-decree consensus per version), and what the members'
 * silence means: the lease's standing and absence. Pure: time comes in as a number; one thread at a time. Imports
 * java.util and nothing else.
 */
package mutex.group;
