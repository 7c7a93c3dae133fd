/**
 * The textbook algorithms for one lock among the members: Ricart-Agrawala, Roucairol-Carvalho's kept permissions, and a
 * token ring; and what their messages say of a member that is silent or breaks the rules. Pure: a call is an event, what
 * it gives back is to be sent; one thread at a time. Imports java.util and nothing else.
 */
package mutex.algorithm;
