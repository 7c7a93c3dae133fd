package mutex.web;

import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import mutex.group.Group;
import mutex.peer.PeerLoop;
import mutex.remote.PeerWatch;
import mutex.remote.PeerWatch.Silence;
import mutex.status.Snapshot;
import mutex.trace.DiagramData;
import mutex.transport.DaemonThreads;
import mutex.transport.Tls;

/**
 * Follows the running group while a page is open, on a thread of its own: hears the events of this peer and of the other
 * members, and makes of them what the pages show. While none is open nobody is asked for anything.
 */
public final class LivePage implements AutoCloseable {

    private static final long TICK = 200_000_000L;
    private static final long ASK_EVERY = 1_000_000_000L;
    private static final long LINGER = 30_000_000_000L; // a page that is loaded anew comes back soon
    /** After a picture it rests so many times as long as that took, but for a second at most. */
    private static final int REST = 10;
    private static final long MOST_REST = 1_000_000_000L;

    private final PeerLoop peer;
    private final LatestNews frames;
    private final EventBuffer recent = new EventBuffer();
    private final PeerWatch others;
    private final ScheduledExecutorService thread = DaemonThreads.timer("live");
    private int pages; // this thread's only, as all below
    private boolean following;
    private long leftAt; // when the last page was closed
    private boolean asked; // and not answered yet
    private long askedAt = System.nanoTime() - ASK_EVERY;
    private long askedChanges = -1; // how many events there had been then
    private long drawnChanges = -1;
    private SortedMap<Integer, String> members = new TreeMap<>(); // but this peer
    private SortedSet<Integer> drawnMembers = new TreeSet<>();

    /** @param tls null without TLS */
    public LivePage(PeerLoop peer, Tls tls, LatestNews frames) {
        this.peer = peer;
        this.frames = frames;
        others = new PeerWatch(tls, EventBuffer.KEPT, recent);
    }

    /** A page is open. */
    public void opened() {
        run(() -> {
            pages++;
            if (!following) {
                following = true;
                peer.follow(EventBuffer.KEPT, recent);
                tick();
            }
        });
    }

    /** A page was closed. */
    void left() {
        run(() -> {
            pages--;
            leftAt = System.nanoTime();
        });
    }

    private void run(Runnable task) {
        try {
            thread.execute(() -> {
                try {
                    task.run();
                } catch (RuntimeException | Error failed) {
                    peer.mishap(failed);
                }
            });
        } catch (RejectedExecutionException closed) {
            // nobody looks any more
        }
    }

    private void tick() {
        if (pages == 0 && System.nanoTime() - leftAt > LINGER) {
            following = false;
            peer.unfollow(recent);
            others.keep(new TreeMap<>());
            frames.drop(LatestNews.NewsKind.GROUP);
            frames.drop(LatestNews.NewsKind.RUN);
            drawnChanges = -1;
            return;
        }
        long began = System.nanoTime();
        try {
            others.keep(members);
            ask();
            draw();
        } catch (RuntimeException | Error failed) { // what went wrong once must not end the pages' news
            asked = false;
            drawnChanges = -1; // nor be kept from them: it is drawn anew
            peer.mishap(failed);
        }
        long took = System.nanoTime() - began;
        try {
            thread.schedule(this::tick, Math.max(TICK, Math.min(REST * took, MOST_REST)), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException closed) {
            // nobody looks any more
        }
    }

    /** How all stand: when something has happened, and now and then. */
    private void ask() {
        long changes = recent.changes();
        if (asked || changes == askedChanges && System.nanoTime() - askedAt < ASK_EVERY) {
            return;
        }
        asked = true;
        askedAt = System.nanoTime();
        askedChanges = changes;
        peer.inquire(Set.of()).thenCombine(others.silent(), (all, silent) -> {
            run(() -> answered(all, silent));
            return null;
        }).whenComplete((done, failed) -> {
            if (failed != null) {
                run(() -> asked = false);
            }
        });
    }

    private void answered(SortedMap<Integer, Snapshot> all, SortedMap<Integer, Silence> silent) {
        asked = false;
        int self = peer.settings().id();
        Group group = all.get(self).node().group();
        members = new TreeMap<>(group == null ? new TreeMap<>() : group.members());
        members.remove(self);
        frames.put(LatestNews.NewsKind.GROUP, GroupTable.json(self, all, silent, System.currentTimeMillis() * 1_000));
    }

    private void draw() {
        SortedSet<Integer> lines = new TreeSet<>(members.keySet());
        lines.add(peer.settings().id());
        long changes = recent.changes();
        if (changes == drawnChanges && lines.equals(drawnMembers)) {
            return;
        }
        drawnChanges = changes;
        drawnMembers = lines;
        try {
            frames.put(LatestNews.NewsKind.RUN, DiagramData.of(recent.all(), lines));
        } catch (RuntimeException garbled) { // an event that no peer of this version writes
            recent.clear();
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
        peer.unfollow(recent);
        others.close();
    }
}
