/**
 * Translates between the pure records and the messages of mutex.proto, checking every number and text that comes in;
 * also the steps of a node as --log writes them for a replay. Frames of locks, nearly all that there are, are read and written
 * field by field. Any thread, but one at a time where something is kept. Imports the pure rooms, log and
 * status; the protobuf messages are known here and in the rooms that send or keep them.
 */
package mutex.wire;
