package mutex.web;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import mutex.peer.PeerLoop;
import mutex.trace.Diagram;
import mutex.transport.HttpBounds;
import mutex.transport.Tls;

/**
 * Serves the live page of a peer to this machine alone, over plain HTTP on threads of its own: the page and its parts,
 * {@code events} as server-sent events, and what its buttons ask for by POST with the lock's name as the body; all of it
 * below a {@link PageSecret}.
 */
public final class WebServer implements AutoCloseable {

    private static final int MOST_PAGES = 20;
    private static final int THREADS = MOST_PAGES + 20;
    private static final int MOST_BODY = 4_000; // bytes: sixteen locks with the longest names and modes
    private static final long WORD_EVERY_MILLIS = 2_000; // a page that is gone is noticed by writing to it
    private static final byte[] AGAIN = "retry: 1000\n\n".getBytes(StandardCharsets.US_ASCII); // milliseconds
    private static final byte[] AT_ONCE = "retry: 50\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] WORD = ":\n\n".getBytes(StandardCharsets.US_ASCII);

    private record PagePart(String type, byte[] text) {
        PagePart(String type, String text) {
            this("text/" + type + "; charset=us-ascii", text.getBytes(StandardCharsets.US_ASCII));
        }
    }

    private final HttpServer server;
    private final PageSecret secret;
    private final Map<String, PagePart> parts = new HashMap<>(); // by path, after the secret
    private final LatestNews frames = new LatestNews();
    private final Semaphore room = new Semaphore(MOST_PAGES);
    private final AtomicBoolean closed = new AtomicBoolean();
    private final PageLocks locks;
    private final LivePage live;
    private final ExecutorService threads;

    /**
     * Begins to serve.
     *
     * @param port 0 lets the system choose
     * @param tls of the peer, to ask the others with; null without TLS
     * @param secret the file that keeps what the address of the page begins with; null for one that ends with this server
     * @throws IOException in one line when it cannot be listened on
     */
    public WebServer(PeerLoop peer, int port, Tls tls, Path secret) throws IOException {
        parts.put("/", new PagePart("html", Diagram.template(WebServer.class, "live.html")));
        parts.put("/live.css", new PagePart("css", Diagram.template(WebServer.class, "live.css")));
        parts.put("/live.js", new PagePart("javascript", Diagram.template(WebServer.class, "live.js")));
        parts.put("/diagram.css", new PagePart("css", Diagram.template("diagram.css")));
        parts.put("/diagram.js", new PagePart("javascript", Diagram.template("diagram.js")));
        HttpBounds.set();
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        } catch (BindException e) {
            throw new IOException("--web " + port + ": localhost:" + port + " cannot be listened on (" + e.getMessage()
                    + "); choose another port, or 0", e);
        }
        threads = HttpBounds.threads("page", THREADS, peer::mishap);
        this.secret = PageSecret.of(secret);
        locks = new PageLocks(peer, state -> frames.put(LatestNews.NewsKind.MINE, state));
        live = new LivePage(peer, tls, frames);
        server.createContext("/", this::answer);
        server.setExecutor(threads);
        server.start();
    }

    /** Where a browser of this machine finds the page. Who knows it can press the buttons. */
    public String address() {
        return "http://localhost:" + server.getAddress().getPort() + secret.prefix();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            Headers headers = exchange.getResponseHeaders();
            headers.set("Cache-Control", "no-store");
            headers.set("X-Content-Type-Options", "nosniff");
            headers.set("X-Frame-Options", "DENY");
            headers.set("Referrer-Policy", "no-referrer");
            headers.set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
                    + "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
            String method = exchange.getRequestMethod();
            String path = secret.within(String.valueOf(exchange.getRequestURI().getPath()));
            String refusal = OriginCheck.refusal(method, exchange.getRequestHeaders());
            boolean button = path != null && List.of("/request", "/release", "/cancel").contains(path);
            if (refusal != null) {
                say(exchange, 403, refusal);
            } else if (path == null) {
                say(exchange, 404, "nothing is here; open the whole address that the peer has printed");
            } else if (path.isEmpty()) { // the links of the page begin after the slash
                headers.set("Location", secret.prefix());
                say(exchange, 308, "the page is " + address());
            } else if (button && method.equals("POST")) {
                press(exchange, path.substring(1));
            } else if (!button && !path.equals("/events") && !parts.containsKey(path)) {
                say(exchange, 404, "nothing is here; the page is " + address());
            } else if (button || !method.equals("GET")) {
                headers.set("Allow", button ? "POST" : "GET");
                say(exchange, 405, method + " is not possible here");
            } else if (path.equals("/events")) {
                follow(exchange);
            } else {
                send(exchange, 200, parts.get(path));
            }
        }
    }

    private static void say(HttpExchange exchange, int code, String line) throws IOException {
        send(exchange, code, new PagePart("text/plain; charset=utf-8", (line + "\n").getBytes(StandardCharsets.UTF_8)));
    }

    private static void send(HttpExchange exchange, int code, PagePart part) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", part.type);
        boolean head = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(code, head ? -1 : part.text.length);
        if (!head) {
            exchange.getResponseBody().write(part.text);
        }
    }

    private void press(HttpExchange exchange, String button) throws IOException {
        byte[] body = exchange.getRequestBody().readNBytes(MOST_BODY + 1);
        try {
            locks.press(button, new String(body, StandardCharsets.UTF_8));
            say(exchange, 200, "done");
        } catch (IllegalArgumentException wrong) {
            say(exchange, 400, wrong.getMessage());
        } catch (IllegalStateException wrong) {
            say(exchange, 409, wrong.getMessage());
        }
    }

    /**
     * Tells a page everything that is new, until it is closed. Each connection begins with all there is, and ends in order before
     * the server would cut it off as one that is not read; the page makes the next one at once.
     */
    private void follow(HttpExchange exchange) throws IOException {
        if (!room.tryAcquire()) {
            exchange.getResponseHeaders().set("Connection", "close"); // who is refused keeps no connection
            say(exchange, 503, MOST_PAGES + " pages of this peer are open; close one");
            return;
        }
        live.opened();
        try {
            exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
            exchange.sendResponseHeaders(200, 0);
            OutputStream out = exchange.getResponseBody();
            out.write(AGAIN);
            long seen = 0;
            long began = System.nanoTime();
            long longest = TimeUnit.MILLISECONDS.toNanos(HttpBounds.longestAnswerMillis());
            for (List<LatestNews.News> news = List.of(); news != null; news = frames.after(seen, WORD_EVERY_MILLIS)) {
                out.write(WORD);
                for (LatestNews.News frame : news) {
                    out.write(frame.text());
                    seen = frame.number();
                }
                if (System.nanoTime() - began > longest) {
                    out.write(AT_ONCE);
                    return;
                }
                out.flush();
            }
        } catch (InterruptedException ends) {
            Thread.currentThread().interrupt();
        } finally {
            live.left();
            room.release();
        }
    }

    /** Ends all that it began, at once; the locks of the page end with the peer. */
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        live.close();
        frames.close();
        server.stop(0);
        threads.shutdownNow();
    }
}
