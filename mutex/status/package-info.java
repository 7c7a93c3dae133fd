/**
 * What a peer knows of itself and the others at one moment, and how that is told to a person: status, why, the table of
 * top. Records and text without state, any thread. Imports algorithm, event, log and text.
 */
package mutex.status;
