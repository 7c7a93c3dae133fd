package mutex.net;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import mutex.MutexProto.LinkMessage;

/** Asks the linked peers how they stand. Loop thread only. */
final class Inquiries {

    private static final long ANSWER_WITHIN = 1_000_000_000L;

    /** An inquiry under way: what came so far, and who was asked. */
    private record Open(
            SortedMap<Integer, Snapshot> reports, Collection<Integer> asked,
            CompletableFuture<SortedMap<Integer, Snapshot>> answer) {

        boolean complete() {
            return reports.keySet().containsAll(asked);
        }
    }

    private final EventLoop loop;
    private final Links links;
    private final Map<Long, Open> open = new HashMap<>();
    private long lastNumber;

    Inquiries(EventLoop loop, Links links) {
        this.loop = loop;
        this.links = links;
    }

    /** Completes with the reports of all, or of those that came within a second, and with our own. */
    void ask(int self, Snapshot own, CompletableFuture<SortedMap<Integer, Snapshot>> answer) {
        long number = ++lastNumber;
        Open inquiry = new Open(new TreeMap<>(Map.of(self, own)), new ArrayList<>(links.peers()), answer);
        open.put(number, inquiry);
        inquiry.asked.forEach(peer -> links.send(peer, LinkMessage.newBuilder().setInquiry(number).build()));
        if (inquiry.complete()) {
            finish(number);
        } else {
            loop.after(ANSWER_WITHIN, () -> finish(number));
        }
    }

    /** A report came; one that nobody waits for any more is dropped. */
    void report(int peer, long number, Snapshot snapshot) {
        Open inquiry = open.get(number);
        if (inquiry != null) {
            inquiry.reports.put(peer, snapshot);
            if (inquiry.complete()) {
                finish(number);
            }
        }
    }

    private void finish(long number) {
        Open inquiry = open.remove(number);
        if (inquiry != null) {
            inquiry.answer.complete(inquiry.reports);
        }
    }
}
