package mutex.link;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import mutex.MutexProto.LinkMessage;
import mutex.status.Snapshot;
import mutex.transport.EventLoop;
import mutex.wire.Packet;

/**
 * Asks the linked peers how they stand: once for all who want to know, and never more often than ten times a second,
 * so that however many ask, the links stay free for the locks. Loop thread only.
 */
public final class Inquiries {

    private static final long ANSWER_WITHIN = 1_000_000_000L;
    private static final long APART = 100_000_000L;
    /** More than one request has; the rest is told of as far as there is room. */
    private static final int MOST_ABOUT = 32;

    private final EventLoop loop;
    private final Links links;
    private List<CompletableFuture<SortedMap<Integer, Snapshot>>> next = new ArrayList<>(); // who asked too late for the one under way
    private List<CompletableFuture<SortedMap<Integer, Snapshot>>> askers = List.of(); // of the one under way
    private final Set<String> about = new TreeSet<>(); // locks that the next ones are about
    private Collection<Integer> asked = List.of();
    private SortedMap<Integer, Snapshot> reports; // null unless one is under way
    private long number; // of the last one
    private long begunAt = System.nanoTime() - APART;
    private boolean planned;

    public Inquiries(EventLoop loop, Links links) {
        this.loop = loop;
        this.links = links;
    }

    /**
     * Completes with the reports of all, or of those that came within a second, and with our own: none was made before
     * this was called, so that takes twice as long where one is under way.
     *
     * @param locks that each tells of in any case
     * @param own gives our own report, about those
     */
    public void ask(int self, Set<String> locks, Function<Set<String>, Snapshot> own, CompletableFuture<SortedMap<Integer, Snapshot>> answer) {
        next.add(answer);
        locks.stream().limit(Math.max(0, MOST_ABOUT - about.size())).forEach(about::add);
        begin(self, own);
    }

    private void begin(int self, Function<Set<String>, Snapshot> own) {
        if (reports != null || planned || next.isEmpty()) {
            return;
        }
        long wait = begunAt + APART - System.nanoTime();
        if (wait > 0) {
            planned = true;
            loop.after(wait, () -> {
                planned = false;
                begin(self, own);
            });
            return;
        }
        begunAt = System.nanoTime();
        long current = ++number;
        askers = next;
        next = new ArrayList<>();
        asked = new ArrayList<>(links.peers());
        reports = new TreeMap<>(Map.of(self, own.apply(Set.copyOf(about))));
        LinkMessage question = LinkMessage.newBuilder().setInquiry(current).addAllAbout(about).build();
        about.clear();
        asked.forEach(peer -> links.send(peer, new Packet.Generated(question)));
        finishIfComplete();
        if (reports != null) {
            loop.after(ANSWER_WITHIN, () -> {
                if (current == number) {
                    finish();
                }
            });
        }
        askers.get(0).thenRun(() -> loop.later(() -> begin(self, own)));
    }

    /** A report came; one that nobody waits for any more is dropped. */
    public void report(int peer, long of, Snapshot snapshot) {
        if (reports != null && of == number) {
            reports.put(peer, snapshot);
            finishIfComplete();
        }
    }

    private void finishIfComplete() {
        if (reports.keySet().containsAll(asked)) {
            finish();
        }
    }

    private void finish() {
        if (reports != null) {
            SortedMap<Integer, Snapshot> all = reports;
            reports = null;
            askers.forEach(answer -> answer.complete(all));
        }
    }
}
