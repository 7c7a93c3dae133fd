/**
 * Metrics for Prometheus, and whether the peer lives and is ready. Threads of the JDK's HTTP server, bounded; asks the
 * loop. Imports peer, status and log.
 */
package mutex.metrics;
