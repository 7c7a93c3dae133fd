/**
 * The log of a peer: an event with its vector clock, kept in memory (journal), written to a file and read back. The
 * loop's thread records; a thread of its own writes the file. Imports algorithm, text, and event, whose events it keeps.
 */
package mutex.log;
