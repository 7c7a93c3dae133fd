/**
 * What every connection stands on: the event loop, TLS with certificates that may change while it runs, and the bounds
 * on who may connect how often. The loop's one thread, or one that has its baton, unless a class says otherwise. Imports
 * discover and text; gRPC and Netty are known here, in link, peer and remote.
 */
package mutex.transport;
