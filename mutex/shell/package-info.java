/**
 * The interactive shell of a peer: prompt, commands, completion, and what is said when something happens. The screen's
 * thread writes, the terminal's reads, and the loop calls back. Imports peer, status and text.
 */
package mutex.shell;
