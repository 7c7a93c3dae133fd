package mutex.replay;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SortedMap;
import java.util.TreeMap;
import mutex.event.Event;
import mutex.event.Frame;

/**
 * Feeds the recorded inputs of all peers to fresh nodes, in one order that agrees with cause and effect: what a peer
 * received, the replay of its sender has sent before. Where that leaves it open, the wall clock decides.
 */
final class Replay {

    private final Recording recording;
    private final SortedMap<Integer, ReplayedPeer> actors = new TreeMap<>();
    private final MessagesInFlight mail = new MessagesInFlight();
    private final List<ReplayedPeer> order = new ArrayList<>(); // whose step comes first, second, ...
    private int next; // in the order

    Replay(Recording recording) {
        this.recording = recording;
        recording.lives().forEach((peer, lives) -> actors.put(peer, new ReplayedPeer(lives, mail)));
    }

    Recording recording() {
        return recording;
    }

    SortedMap<Integer, ReplayedPeer> actors() {
        return actors;
    }

    /** Finds the order; every step is played once. Then {@link #rewind}. */
    Replay arrange(ReplayListener listener) {
        Comparator<ReplayedPeer> byClock = Comparator.comparingLong(ReplayedPeer::wallMicros).thenComparingInt(actor -> actor.life().peer());
        PriorityQueue<ReplayedPeer> ready = new PriorityQueue<>(byClock);
        Map<ReplayedPeer, Deque<ReplayedPeer>> waiting = new HashMap<>(); // by whom they wait for
        ready.addAll(actors.values());
        while (true) {
            ReplayedPeer actor = ready.poll();
            boolean forced = actor == null;
            if (forced) { // a circle: what is waited for was not sent in this replay
                actor = waiting.values().stream().flatMap(Deque::stream).min(byClock).orElse(null);
                if (actor == null) {
                    return this;
                }
                ReplayedPeer first = actor;
                waiting.values().forEach(queue -> queue.remove(first));
            }
            ReplayedPeer before = forced ? null : before(actor);
            if (before != null) {
                waiting.computeIfAbsent(before, none -> new ArrayDeque<>()).add(actor);
                continue;
            }
            order.add(actor);
            listener.played(play(actor), order.size());
            if (!actor.done()) {
                ready.add(actor);
            }
            Deque<ReplayedPeer> freed = waiting.remove(actor);
            if (freed != null) {
                ready.addAll(freed);
            }
        }
    }

    /** Is told of each step, and how many there were so far. */
    interface ReplayListener {
        void played(Played played, int count);
    }

    /** Who has still to send what the actor receives next; null: nobody. */
    private ReplayedPeer before(ReplayedPeer actor) {
        ReplayStep step = actor.head();
        if (step.fed() == null) {
            return null;
        }
        if (step.fed().event() instanceof Event.Linked linked) {
            ReplayedPeer other = actors.get(linked.hello().id());
            RecordedLife life = other == null ? null : other.ofEpoch(linked.hello().epoch());
            return life != null && other != actor && other.owes(life, -1) ? other : null;
        }
        if (!(step.fed().event() instanceof Event.Received received)) {
            return null;
        }
        Frame frame = received.frame();
        ReplayedPeer other = actors.get(frame.from());
        RecordedLife life = other == null ? null : other.ofEpoch(frame.fromEpoch());
        return life != null && other.owes(life, step.fed().known()) && !mail.unsent(life, actor.life().peer(), frame).isEmpty() ? other : null;
    }

    private Played play(ReplayedPeer actor) {
        ReplayStep step = actor.head();
        int peer = actor.life().peer();
        Difference unsent = null;
        if (step.fed() != null && step.fed().event() instanceof Event.Received received) {
            Frame frame = received.frame();
            ReplayedPeer sender = actors.get(frame.from());
            RecordedLife life = sender == null ? null : sender.ofEpoch(frame.fromEpoch());
            if (life != null) {
                List<Object> missing = mail.unsent(life, peer, frame);
                mail.received(life, peer, frame);
                if (!missing.isEmpty() && life.goesOnAfter(step.fed().known())) {
                    unsent = new Difference(step.where(), "peer " + peer + " receives from " + frame.from() + ": " + EventText.of(missing.get(0)),
                            "peer " + frame.from() + " never sent that");
                }
            }
        }
        Played played = actor.play();
        if (unsent != null) {
            played.differences().add(0, unsent);
            return new Played(played.life(), step, played.entries(), played.differences(), false);
        }
        return played;
    }

    void rewind() {
        next = 0;
        mail.clear();
        actors.values().forEach(ReplayedPeer::rewind);
    }

    int length() {
        return order.size();
    }

    int position() {
        return next;
    }

    /** Plays the next step of the order. */
    Played step() {
        return play(order.get(next++));
    }
}
