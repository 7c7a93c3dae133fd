/**
 * Where the other peers are: a list, a file, DNS or Serf, and whether others can reach the address that this peer gives
 * out. Blocks, but for NameLookups, which has threads; called by a thread that may wait, never by the loop. Imports group
 * and text, for ids and limits.
 */
package mutex.discover;
