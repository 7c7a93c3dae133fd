package mutex.status;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import mutex.algorithm.Algorithm.State;
import mutex.algorithm.Algorithm.TokenPlace;
import mutex.node.NodeView;
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
            lines.add("peer " + self + " has not asked for [" + lock + "]" + holder(lock).map(id -> "; peer " + id + " holds it" + by(id, lock)).orElse(""));
        } else if (here.get().state() == State.HELD) {
            lines.add(us + "is HELD with " + here.get().stamp() + " for " + Durations.say(here.get().sinceNanos()) + by(self, lock));
            Optional.ofNullable(client(self, lock)).ifPresent(client -> lines.add("  " + client.wayBack(lock, self, true)));
            if (here.get().waiting() > 0) {
                lines.add("  " + here.get().waiting() + " more waiting behind it at this peer");
            }
        } else if (here.get().token() != null) {
            token(us, here.get());
        } else if (here.get().missing().isEmpty()) { // and for its own clock or disk
            lines.add(us + "waits with " + here.get().stamp() + " for " + Durations.say(here.get().sinceNanos())
                    + ", and has every permission: it is about to acquire the lock");
        } else {
            lines.add(us + "waits with " + here.get().stamp() + " for " + Durations.say(here.get().sinceNanos())
                    + ", for permission from:");
            missing(self, here.get(), "  ");
            circle(lock).ifPresent(lines::add);
        }
        if (here.isEmpty() || here.get().state() != State.HELD) {
            all.values().stream().map(Snapshot::node).filter(other -> other.change() != null)
                    .forEach(other -> lines.add("peer " + other.id() + ", change of the group: " + other.change()));
            all.get(self).peers().forEach(other -> StatusText.wayOut(all.get(self), other).ifPresent(lines::add));
        }
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

    private void missing(int waiter, NodeView.LockView lock, String indent) {
        if (!told.add(waiter + " " + lock.name())) {
            return;
        }
        for (int peer : lock.missing()) {
            Optional<NodeView.LockView> there = find(peer, lock.name());
            lines.add(indent + "peer " + peer + ": " + reason(peer, lock, there));
            if (there.isPresent() && goesFirst(there.get(), lock)) {
                if (there.get().state() == State.WANTED) {
                    missing(peer, there.get(), indent + "  ");
                } else {
                    onwards(peer, indent + "  ");
                }
            }
        }
    }

    /** A holder may itself wait for other locks. */
    private void onwards(int holder, String indent) {
        for (NodeView.LockView other : all.get(holder).node().locks()) {
            if (other.state() == State.WANTED && !told.contains(holder + " " + other.name())) {
                lines.add(indent + "which waits for [" + other.name() + "] with " + other.stamp() + ", for permission from:");
                missing(holder, other, indent + "  ");
            }
        }
    }

    private String reason(int peer, NodeView.LockView lock, Optional<NodeView.LockView> there) {
        if (!all.containsKey(peer)) {
            return other(peer).map(Explanation::silence).orElse("is not known here");
        }
        if (there.isEmpty() || !goesFirst(there.get(), lock)) {
            return "its answer is on its way";
        }
        String since = there.get().stamp() + " for " + Durations.say(there.get().sinceNanos());
        return there.get().state() == State.HELD ? "holds it with " + since + by(peer, lock.name()) : "asked earlier with " + since;
    }

    private LockClient client(int peer, String lock) {
        return all.get(peer).clients().get(lock);
    }

    private String by(int peer, String lock) {
        LockClient client = client(peer, lock);
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

    private static boolean goesFirst(NodeView.LockView there, NodeView.LockView lock) {
        return there.state() == State.HELD
                || there.state() == State.WANTED && lock.stamp() != null && there.stamp() != null && there.stamp().compareTo(lock.stamp()) < 0;
    }

    private Optional<Snapshot.Other> other(int peer) {
        return all.get(self).peers().stream().filter(other -> other.id() == peer).findFirst();
    }

    private Optional<NodeView.LockView> find(int peer, String lock) {
        return !all.containsKey(peer) ? Optional.empty()
                : all.get(peer).node().locks().stream().filter(l -> l.name().equals(lock)).findFirst();
    }

    private Optional<Integer> holder(String lock) {
        return all.keySet().stream()
                .filter(peer -> find(peer, lock).filter(l -> l.state() == State.HELD).isPresent()).findFirst();
    }

    /** Peers that wait for each other over several locks: none of them goes on by itself. */
    private Optional<String> circle(String lock) {
        Deque<String> path = new ArrayDeque<>();
        return closes(self, find(self, lock).orElseThrow(), path, new HashSet<>())
                ? Optional.of("deadlock: peers wait for each other in a circle: " + String.join(", ", path)
                        + "; one of them has to release or cancel")
                : Optional.empty();
    }

    private boolean closes(int waiter, NodeView.LockView lock, Deque<String> path, Set<Integer> seen) {
        if (!seen.add(waiter)) {
            return false;
        }
        for (int peer : lock.missing()) {
            if (find(peer, lock.name()).filter(there -> there.state() == State.HELD).isEmpty()) {
                continue;
            }
            path.addLast("peer " + waiter + " waits on [" + lock.name() + "] for peer " + peer);
            if (peer == self) {
                return true;
            }
            for (NodeView.LockView wanted : all.get(peer).node().locks()) {
                if (wanted.state() == State.WANTED && closes(peer, wanted, path, seen)) {
                    return true;
                }
            }
            path.removeLast();
        }
        return false;
    }
}
