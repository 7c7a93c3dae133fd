package mutex.web;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import mutex.algorithm.LockMode;
import mutex.algorithm.Mode;
import mutex.algorithm.Stamp;
import mutex.event.Effect.Outcome;
import mutex.peer.PeerLoop;
import mutex.status.AskedLocks;
import mutex.status.LockClient;
import mutex.status.LockListener;
import mutex.text.LockName;

/**
 * The locks that were asked for on the page. They belong to the peer, not to the page: a held lock stays held when the page
 * is closed, until it is given back on any page of this peer or the peer ends. For any thread; returns at once.
 */
final class PageLocks {

    private static final int MOST = 1_000;
    private static final int MOST_SAID = 5;

    private final PeerLoop peer;
    private final Consumer<String> news;
    private final Map<String, PageRequest> turns = new ConcurrentSkipListMap<>(); // by lock
    private final Deque<JsonObject> said = new ArrayDeque<>(); // guarded by itself

    /** @param news is given the present state as JSON whenever it changes; called on any thread */
    PageLocks(PeerLoop peer, Consumer<String> news) {
        this.peer = peer;
        this.news = news;
        tell();
    }

    /** One request, from asking to giving back. Its callbacks run on the loop thread. */
    private final class PageRequest implements LockListener {

        final List<LockMode> locks;
        final CompletableFuture<Long> number = new CompletableFuture<>(); // to withdraw it by; the entry may come before it
        volatile boolean held;

        PageRequest(List<LockMode> locks) {
            this.locks = locks;
        }

        @Override
        public LockClient client() {
            return LockClient.here(LockClient.ClientKind.PAGE);
        }

        @Override
        public void entered(Stamp stamp, long fence) {
            held = true;
            say(locks, "HELD with " + stamp + ", fence " + fence, false);
        }

        @Override
        public void ended(Outcome outcome, String reason) {
            forget(this);
            switch (outcome) {
                case RELEASED -> say(locks, "given back", false);
                case CANCELLED -> say(locks, "request withdrawn", false);
                case REFUSED, PRECEDED, FULL, UNANSWERED, EXPIRED -> say(locks, "not acquired: " + reason, true);
                case LOST -> say(locks, "LOST: " + reason + "; another peer may be inside now", true);
            }
        }
    }

    /**
     * Does what a button says: {@code request} of what is written as {@code a,b:shared,gpu:2/8}, {@code release} or {@code cancel}
     * of all that was requested together with that lock.
     *
     * @throws IllegalArgumentException in one line when a lock cannot have that name, or one request not name those
     * @throws IllegalStateException in one line when the lock is not in the state for that
     */
    void press(String button, String text) {
        if (button.equals("request")) {
            request(AskedLocks.check(AskedLocks.parse(text, Mode.EXCLUSIVE), peer.settings().algorithms()));
            return;
        }
        String lock = LockName.check(text);
        boolean release = button.equals("release");
        PageRequest turn = turns.get(lock);
        if (turn == null || turn.held != release) {
            throw wrong(button, lock, turn == null ? "is not " + (release ? "HELD" : "asked for") + " by this page; the table says who has it, "
                    + "and how it is given back" : turn.held ? "is HELD; \"release\" gives it back" : "is still waiting; \"cancel\" gives up");
        }
        turn.number.thenAccept(peer.requests()::withdraw);
    }

    private void request(List<LockMode> locks) {
        PageRequest turn = new PageRequest(locks);
        synchronized (turns) { // all of them or none
            for (LockMode one : locks) {
                PageRequest before = turns.get(one.lock());
                if (before != null) {
                    throw wrong("request", one.lock(), before.held ? "is already HELD; \"release\" gives it back" : "is already waiting; \"cancel\" gives up");
                }
            }
            if (turns.size() + locks.size() > MOST) {
                throw wrong("request", LockMode.text(locks), "is too many: this page has " + turns.size() + " locks already, of at most " + MOST + "; release some first");
            }
            locks.forEach(one -> turns.put(one.lock(), turn));
        }
        tell();
        peer.requests().ask(locks, false, Long.MAX_VALUE, turn).thenAccept(turn.number::complete);
    }

    private void forget(PageRequest turn) {
        turn.locks.forEach(one -> turns.remove(one.lock(), turn));
    }

    private IllegalStateException wrong(String button, String lock, String what) {
        return new IllegalStateException(button + ": peer " + peer.settings().id() + " [" + lock + "] " + what);
    }

    private void say(List<LockMode> locks, String text, boolean bad) {
        JsonObject line = new JsonObject();
        line.addProperty("at", System.currentTimeMillis());
        line.addProperty("text", "peer " + peer.settings().id() + " [" + LockMode.text(locks) + "] " + text);
        line.addProperty("bad", bad);
        synchronized (said) {
            said.addLast(line);
            if (said.size() > MOST_SAID) {
                said.removeFirst();
            }
        }
        tell();
    }

    private void tell() {
        JsonObject state = new JsonObject();
        JsonObject locks = new JsonObject();
        JsonArray lines = new JsonArray();
        synchronized (said) { // in step with what is told before and after
            turns.forEach((lock, turn) -> locks.addProperty(lock, turn.held ? "held" : "waits"));
            said.forEach(lines::add);
            state.add("locks", locks);
            state.add("said", lines);
            news.accept(state.toString());
        }
    }
}
