/**
 * The command line: peer, status, top, certs, demo and the options that they share. The main thread. Imports
 * everything; nothing imports it but Peer.java.
 */
package mutex.cli;
