/**
 * The live page of a peer and of its group. Threads of the JDK's HTTP server, bounded; asks the loop. Imports peer,
 * remote, status, log and trace, which draws the diagram.
 */
package mutex.web;
