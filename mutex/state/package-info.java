/**
 * What a peer remembers on its disk: the state file, its name and its lock, and files that are written whole or not at all.
 * Each file has a thread of its own to write it, as a disk may hang. Imports the wire for the file's text, never the peer.
 */
package mutex.state;
