package mutex.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.prometheus.metrics.exporter.httpserver.MetricsHandler;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.logging.Level;
import java.util.logging.Logger;
import mutex.peer.PeerLoop;
import mutex.transport.HttpBounds;

/**
 * Serves {@code /metrics} in the format of Prometheus and {@code /ready}, 200 while the peer may use locks and else
 * 503, over plain HTTP on threads of its own. The loop is asked for a snapshot at each scrape, and tells the journal's
 * events as they come; it never waits.
 */
public final class MetricsServer implements AutoCloseable {

    private static final String READY = "/ready";
    private static final int THREADS = 32;
    /** The library prints a stack trace for each client that goes before it has read its answer: that is no news. */
    private static final Logger LIBRARY = Logger.getLogger("io.prometheus.metrics.exporter.httpserver");

    static {
        LIBRARY.setLevel(Level.OFF);
    }

    private final PeerLoop peer;
    private final Gauges present;
    private final EventCounters happened;
    private final HttpServer server;
    private final ExecutorService threads;

    /**
     * Begins to count and to serve.
     *
     * @param port 0 lets the system choose
     * @throws IOException in one line when it cannot be listened on
     */
    public MetricsServer(PeerLoop peer, InetAddress host, int port) throws IOException {
        this.peer = peer;
        PrometheusRegistry registry = new PrometheusRegistry();
        happened = new EventCounters(registry, System::nanoTime);
        present = new Gauges(peer);
        registry.register(present);
        HttpBounds.set();
        threads = HttpBounds.threads("metrics", THREADS, peer::mishap);
        try {
            server = HttpServer.create(new InetSocketAddress(host, port), 0); // not the library's own: there only 3 wait to be accepted
        } catch (BindException e) {
            threads.shutdownNow();
            throw new IOException("--metrics " + port + ": " + host.toString().replaceFirst("^(.+)/.*|/", "$1") + ":" + port + " cannot be listened on (" + e.getMessage()
                    + "); choose another port", e);
        }
        server.createContext("/", this::answer);
        server.createContext("/metrics", new MetricsHandler(registry));
        server.setExecutor(threads);
        server.start();
        peer.journal().listen(happened);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            boolean asked = exchange.getRequestURI().getPath().equals(READY);
            boolean ready = asked && present.ready();
            byte[] text = (!asked ? "/metrics or /ready\n" : ready ? "ready\n" : "not ready\n").getBytes(StandardCharsets.US_ASCII);
            exchange.sendResponseHeaders(!asked ? 404 : ready ? 200 : 503, text.length);
            exchange.getResponseBody().write(text);
        }
    }

    public int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        peer.journal().unlisten(happened);
        server.stop(0);
        threads.shutdownNow();
    }
}
