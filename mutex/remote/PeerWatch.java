package mutex.remote;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import mutex.log.LogEntry;
import mutex.transport.EventLoop;
import mutex.transport.Tls;

/**
 * Hears what happens at other peers: a Watch at each, on a loop of its own, so that a peer that watches others is no slower
 * at its locks. Methods may be called from any thread and return at once.
 */
public final class PeerWatch implements AutoCloseable {

    /**
     * A peer that tells nothing now.
     *
     * @param sinceMicros microseconds since 1970
     * @param reason for a person
     * @param unheard it was asked, and has not told anything or failed yet
     */
    public record Silence(long sinceMicros, String reason, boolean unheard) {}

    private final EventLoop loop;
    private final int last;
    private final Consumer<LogEntry> listener;
    private final SortedMap<Integer, WatchedPeer> watched = new TreeMap<>(); // by peer; loop only

    /**
     * Begins with nobody.
     *
     * @param tls null without TLS
     * @param last how many of its last events each peer is asked for first, every time
     * @param listener is called on a thread of this class, and must not block
     */
    public PeerWatch(Tls tls, int last, Consumer<LogEntry> listener) {
        loop = new EventLoop(tls, "watch");
        this.last = last;
        this.listener = listener;
    }

    /**
     * Watches the peers at these addresses, and no others. To be called a few times a second: only then is more read, so
     * that peers with very many events cost no more than that, and only then is who broke off tried again.
     */
    public void keep(Map<Integer, String> addresses) {
        loop.run(() -> {
            watched.entrySet().removeIf(each -> {
                boolean gone = !each.getValue().address.equals(addresses.get(each.getKey()));
                if (gone) {
                    each.getValue().close();
                }
                return gone;
            });
            addresses.forEach((peer, address) ->
                    watched.computeIfAbsent(peer, id -> new WatchedPeer(id, address, loop.channelTo(address), last, listener)).tick());
        });
    }

    /** Those that tell nothing now. */
    public CompletableFuture<SortedMap<Integer, Silence>> silent() {
        CompletableFuture<SortedMap<Integer, Silence>> answer = new CompletableFuture<>();
        loop.run(() -> {
            SortedMap<Integer, Silence> silent = new TreeMap<>();
            watched.forEach((peer, each) -> {
                if (each.silence != null) {
                    silent.put(peer, each.silence);
                }
            });
            answer.complete(silent);
        });
        return answer;
    }

    @Override
    public void close() {
        keep(Map.of());
        loop.run(loop::close);
    }
}
