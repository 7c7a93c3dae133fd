package mutex.status;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import mutex.algorithm.Algorithm.State;
import mutex.algorithm.Algorithm.TokenPlace;
import mutex.algorithm.Mode;
import mutex.event.NodeView;
import mutex.text.Durations;
import mutex.text.LockName;

/** Explains why a peer waits for a lock: whose permission is missing, why, and for whom those wait in turn. */
public final class Explanation {

    private static final long HEARD_EVERY_MILLIS = 2_500; // on a link, at least

    private final SortedMap<Integer, Snapshot> all; // the peers that answered, with ourselves
    private final int self;
    private final List<String> lines = new ArrayList<>();
    private final Set<String> told = new HashSet<>(); // "peer lock": nobody is explained twice

    private Explanation(int self, SortedMap<Integer, Snapshot> all) {
        this.self = self;
        this.all = all;
    }

    public static List<String> explain(int self, String lock, SortedMap<Integer, Snapshot> all) {
        Explanation explanation = new Explanation(self, all);
        explanation.explain(lock);
        return explanation.lines;
    }

    private void explain(String lock) {
        NodeView node = all.get(self).node();
        String us = "peer " + self + " [" + lock + "] ";
        Optional<NodeView.LockView> here = find(self, lock);
        Optional<String> pause = all.get(self).faults().stream().filter(fault -> fault.startsWith("pause")).findFirst();
        if (pause.isPresent()) {
            lines.add(us + "does not change: " + pause.get() + "; \"heal\" ends it");
        } else if (node.group() == null) {
            lines.add(us + "waits for the group to begin: " + node.waitingFor());
        } else if (here.isPresent() && here.get().state() != State.HELD && StandingText.noMajority(node).isPresent()) {
            lines.add(us + "waits: " + StandingText.noMajority(node).get());
            all.get(self).peers().stream().filter(other -> silent(all.get(self), other))
                    .forEach(other -> lines.add("  peer " + other.id() + ": " + silence(other)));
        } else if (here.isEmpty() || here.get().state() == State.IDLE) {
            lines.add("peer " + self + " has not asked for [" + lock + "]" + holder(lock));
        } else {
            if (here.get().state() == State.HELD) {
                held(us, here.get());
            }
            if (here.get().wish() != null) {
                waits(us, here.get());
            }
        }
        all.get(self).node().jobs().stream().filter(job -> job.mark().job().equals(lock)).forEach(job -> lines.add("job [" + lock + "] " + job.text()));
        if (here.isEmpty() || here.get().state() != State.HELD) {
            all.values().stream().map(Snapshot::node).filter(other -> other.change() != null)
                    .forEach(other -> lines.add("peer " + other.id() + ", change of the group: " + other.change()));
            all.get(self).peers().forEach(other -> StatusText.wayOut(all.get(self), other).ifPresent(lines::add));
        }
    }

    private void held(String us, NodeView.LockView lock) {
        Snapshot here = all.get(self);
        boolean alone = lock.wish() == null && lock.holds().size() == 1;
        for (NodeView.HoldView hold : lock.holds()) {
            LockClient client = here.client(lock, hold.stamp());
            lines.add(us + "is HELD with " + StatusText.with(hold.stamp(), hold.mode()) + " for " + Durations.say(hold.sinceNanos()) + by(self, client));
            Optional.ofNullable(client).ifPresent(one -> lines.add("  " + one.wayBack(lock.name(), self, true)));
        }
        int more = here.holds(lock) - lock.holds().size();
        if (more > 0) {
            lines.add("  and is HELD " + more + " times more");
        }
        if (lock.waiting() > 0) {
            lines.add("  " + lock.waiting() + " more waiting behind " + (alone ? "it" : "those") + " at this peer");
        }
    }

    private void waits(String us, NodeView.LockView lock) {
        NodeView.WishView wish = lock.wish();
        String since = us + "waits with " + StatusText.with(wish.stamp(), wish.mode()) + " for " + Durations.say(wish.sinceNanos());
        List<String> alsoNeeded = all.get(self).node().locks().stream().filter(other -> other.wish() != null && !other.name().equals(lock.name())
                && other.wish().stamp().equals(wish.stamp()) && !(other.missing().isEmpty() && !isFull(other))).map(NodeView.LockView::name).sorted().toList();
        if (lock.token() != null) {
            token(us, lock);
        } else if (lock.missing().isEmpty() && !isFull(lock) && !alsoNeeded.isEmpty()) {
            lines.add(since + ", has every permission for it, and needs [" + String.join(",", alsoNeeded) + "] as well");
        } else if (lock.missing().isEmpty() && !isFull(lock)) { // and for its own clock or disk
            lines.add(since + ", and has every permission: it is about to acquire the lock");
        } else {
            lines.add(since + (lock.missing().isEmpty() ? ", has every permission, and needs units that others have:" : ", for permission from:"));
            missing(self, lock, "  ");
            circle(lock).ifPresent(lines::add);
        }
    }

    /** Whether it is a pool, and others have of it, or asked for before. */
    private boolean isFull(NodeView.LockView lock) {
        return lock.wish().mode() instanceof Mode.Units && all.keySet().stream().anyMatch(peer -> conflict(peer, lock).isPresent());
    }

    /** Where it is as far as the peers know that answer, and what its replacement waits for. */
    private void token(String us, NodeView.LockView lock) {
        lines.add(us + "waits with " + lock.stamp() + " for " + Durations.say(lock.sinceNanos()) + ", for the token:");
        boolean here = all.keySet().stream().anyMatch(id -> hasToken(id, lock));
        all.keySet().stream().filter(id -> hasToken(id, lock) == here).forEach(id -> find(id, lock.name()).ifPresent(there ->
                lines.add("  peer " + id + ": " + (there.state() == State.HELD ? "is inside with it for "
                        + Durations.say(there.sinceNanos()) : there.about()))));
        if (!lock.missing().isEmpty()) {
            lines.add("  older tokens will be discarded once this is promised by:");
            missing(self, lock, "    ");
        }
        find(self, LockName.token(lock.name())).filter(maker -> maker.state() == State.WANTED).ifPresent(maker -> {
            lines.add("  it may be lost; to make a new one, this peer needs permission from:");
            missing(self, maker, "    ");
        });
        all.get(self).peers().stream().filter(other -> !all.containsKey(other.id()))
                .forEach(other -> lines.add("  peer " + other.id() + ": " + silence(other)));
    }

    private boolean hasToken(int peer, NodeView.LockView lock) {
        return find(peer, lock.name()).filter(there -> there.token() == TokenPlace.HERE).isPresent();
    }

    /** Those that have to answer first, and of a pool those that have some of it. */
    private void missing(int waiter, NodeView.LockView lock, String indent) {
        if (!told.add(waiter + " " + lock.name())) {
            return;
        }
        SortedSet<Integer> inTheWay = new TreeSet<>(lock.missing());
        if (lock.wish() != null && lock.wish().mode() instanceof Mode.Units) {
            all.keySet().stream().filter(peer -> conflict(peer, lock).isPresent()).forEach(inTheWay::add);
        }
        for (int peer : inTheWay) {
            Optional<Conflict> conflict = conflict(peer, lock);
            lines.add(indent + "peer " + peer + ": " + reason(peer, conflict));
            if (conflict.isPresent() && peer != waiter) {
                if (!conflict.get().held()) {
                    missing(peer, find(peer, lock.name()).orElseThrow(), indent + "  ");
                } else {
                    onwards(peer, lock.name(), indent + "  ");
                }
            }
        }
    }

    private Optional<Conflict> conflict(int peer, NodeView.LockView lock) {
        return lock.wish() == null ? Optional.empty() : find(peer, lock.name()).flatMap(there -> Conflict.of(lock.wish(), all.get(peer), there));
    }

    /** A holder may itself wait for other locks. */
    private void onwards(int holder, String lock, String indent) {
        for (NodeView.LockView other : all.get(holder).node().locks()) {
            if (other.wish() != null && !other.name().equals(lock) && !told.contains(holder + " " + other.name())) {
                lines.add(indent + "which waits for [" + other.name() + "] with " + StatusText.with(other.wish().stamp(), other.wish().mode()) + ", for permission from:");
                missing(holder, other, indent + "  ");
            }
        }
    }

    private String reason(int peer, Optional<Conflict> conflict) {
        if (!all.containsKey(peer)) {
            return other(peer).map(Explanation::silence).orElse("is not known here");
        }
        return conflict.map(Conflict::toString).orElse("its answer is on its way");
    }

    private static String by(int peer, LockClient client) {
        return client == null ? "" : " (" + client.who(peer) + ")";
    }

    private static boolean silent(Snapshot peer, Snapshot.Other other) {
        return peer.node().group().members().containsKey(other.id())
                && (!other.linked() || other.heardMillisAgo() >= Math.min(HEARD_EVERY_MILLIS, peer.leaseMillis()));
    }

    private static String silence(Snapshot.Other other) {
        String since = other.heardMillisAgo() < 0 ? "has never been heard from"
                : "silent for " + Durations.sayMillis(other.heardMillisAgo());
        return since + (other.trouble().isEmpty() ? "" : " (" + other.trouble() + ")");
    }

    private Optional<Snapshot.Other> other(int peer) {
        return all.get(self).peers().stream().filter(other -> other.id() == peer).findFirst();
    }

    private Optional<NodeView.LockView> find(int peer, String lock) {
        return !all.containsKey(peer) ? Optional.empty()
                : all.get(peer).node().locks().stream().filter(l -> l.name().equals(lock)).findFirst();
    }

    /** The first that holds it, in words. */
    private String holder(String lock) {
        for (int peer : all.keySet()) {
            NodeView.LockView there = find(peer, lock).filter(one -> !one.holds().isEmpty()).orElse(null);
            if (there != null) {
                NodeView.HoldView hold = there.holds().get(0);
                return "; peer " + peer + " holds it" + (hold.mode().equals(Mode.EXCLUSIVE) ? "" : ", " + hold.mode()) + by(peer, all.get(peer).client(there, hold.stamp()));
            }
        }
        return "";
    }

    /** Peers that wait for each other over several locks: none of them goes on by itself. */
    private Optional<String> circle(NodeView.LockView lock) {
        Deque<String> path = new ArrayDeque<>();
        return closes(self, lock, path, new HashSet<>())
                ? Optional.of("deadlock: peers wait for each other in a circle: " + String.join(", ", path)
                        + "; one of them has to release or cancel; or ask for both locks in one request, which cannot end so")
                : Optional.empty();
    }

    private boolean closes(int waiter, NodeView.LockView lock, Deque<String> path, Set<Integer> seen) {
        if (!seen.add(waiter)) {
            return false;
        }
        for (int peer : lock.missing()) {
            if (conflict(peer, lock).filter(Conflict::held).isEmpty()) {
                continue;
            }
            path.addLast("peer " + waiter + " waits on [" + lock.name() + "] for peer " + peer);
            if (peer == self) {
                return true;
            }
            for (NodeView.LockView wanted : all.get(peer).node().locks()) {
                if (wanted.wish() != null && closes(peer, wanted, path, seen)) {
                    return true;
                }
            }
            path.removeLast();
        }
        return false;
    }
}
