package mutex.trace;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import mutex.algorithm.AlgorithmKind.EntryRule;
import mutex.algorithm.Message.Permission;
import mutex.algorithm.Message.Request;
import mutex.algorithm.Mode;
import mutex.algorithm.RicartAgrawala;
import mutex.algorithm.Stamp;
import mutex.event.LogEvent;
import mutex.event.LogEvent.Detail.FollowsAlgorithm;
import mutex.event.LogEvent.Detail.InGroup;
import mutex.event.LogEvent.Detail.InMode;
import mutex.event.LogEvent.Detail.Reachable;
import mutex.event.LogEvent.EventKind;
import mutex.log.Incarnation;
import mutex.log.LogEntry;
import mutex.log.LogLine;

/** Follows all peers through the merged order and collects their requests. */
final class RequestSpans {

    /** What a peer knows at a place in the order. */
    private static final class PeerSpans {
        final int id;
        final List<Incarnation> lives;
        int begun; // lives so far
        int left; // events of the present one that are still to come
        int last; // place of its last event
        SortedSet<Integer> others; // members of its group but itself, null while it is in none; replaced, never changed
        final SortedSet<Integer> absent = new TreeSet<>();
        final Map<SpanKey, RequestSpan> current = new LinkedHashMap<>(); // of a lock one that waits at most, and those inside
        final Map<String, SortedSet<Integer>> granted = new HashMap<>(); // who permitted the one that waits, by lock
        final Map<String, SortedMap<Integer, Integer>> deferred = new HashMap<>(); // by lock and peer, where: it waits for an answer

        PeerSpans(int id, List<Incarnation> lives) {
            this.id = id;
            this.lives = lives;
        }

        Incarnation life() {
            return lives.get(begun - 1);
        }

        List<RequestSpan> current(String lock) {
            return current.values().stream().filter(span -> span.lock.equals(lock)).toList();
        }

        void endAll(RequestSpan.SpanEnd how, int at) {
            current.values().forEach(span -> span.end(how, at));
            current.clear();
            absent.clear();
            granted.clear();
            deferred.clear();
        }
    }

    private record SpanKey(String lock, Stamp stamp) {}

    private final Map<Integer, PeerSpans> peers = new HashMap<>();
    private final Map<SpanKey, RequestSpan> newest = new HashMap<>(); // a peer that was started anew may use a stamp again
    private final List<RequestSpan> spans = new ArrayList<>();
    private final Map<String, String> algorithms = new HashMap<>(); // of the last request, by lock
    private final Map<SpanKey, Mode> modes = new HashMap<>(); // that are not exclusive, as messages tell them
    private final Set<String> mixed = new HashSet<>(); // locks that are not only wanted exclusively
    private int entries;

    private RequestSpans(SortedMap<Integer, List<Incarnation>> lives) {
        lives.forEach((id, ofPeer) -> peers.put(id, new PeerSpans(id, ofPeer)));
    }

    /** In the order of asking. */
    static List<RequestSpan> of(List<LogLine> lines, SortedMap<Integer, List<Incarnation>> lives) {
        RequestSpans all = new RequestSpans(lives);
        lines.forEach(line -> all.learnMode(line.event().what()));
        for (int at = 0; at < lines.size(); at++) {
            all.take(at, lines.get(at).event());
        }
        for (RequestSpan span : all.spans) {
            if (span.end == RequestSpan.SpanEnd.OPEN) {
                span.ended = lines.size() - 1;
            }
        }
        return all.spans;
    }

    private void learnMode(LogEvent what) {
        boolean told = what.message() instanceof Request request && !request.mode().equals(Mode.EXCLUSIVE);
        if (told) {
            modes.put(new SpanKey(what.lock(), what.stamp()), ((Request) what.message()).mode());
        }
        if (told || what.detail() instanceof InMode) {
            mixed.add(what.lock());
        }
    }

    private void take(int at, LogEntry event) {
        LogEvent what = event.what();
        PeerSpans peer = peers.get(event.peer());
        if (peer.left == 0) {
            begin(peer);
        }
        peer.left--;
        peer.last = at;
        switch (what.kind()) {
            case REQUEST -> ask(peer, what, at);
            case ENTRY -> enter(peer, what, at);
            case EXIT, CANCEL, LOST -> leave(peer, what, at);
            case SEND -> sent(peer, what);
            case PERMISSION -> granted(peer, what.lock()).add(what.peer());
            case DEFER -> peer.deferred.computeIfAbsent(what.lock(), none -> new TreeMap<>()).put(what.peer(), at);
            case GROUP -> regroup(peer, what);
            case ABSENT -> absent(peer, what);
            case EPOCH -> epoch(peer, what.peer(), at);
            default -> { }
        }
        if (what.message() != null && !what.message().ofRequest()) {
            peers.values().forEach(each -> tokenMoves(each.current(what.lock()), at));
        }
        if (what.stamp() != null) {
            RequestSpan span = newest.get(new SpanKey(what.lock(), what.stamp()));
            if (span != null) {
                span.about.add(at);
                span.asksOthers |= what.kind() == EventKind.SEND && what.message() instanceof Request;
            }
        }
    }

    /** All that happens to the token concerns whoever waits for it. */
    private static void tokenMoves(List<RequestSpan> spans, int at) {
        spans.stream().filter(span -> !span.held()).forEach(span -> span.about.add(at));
    }

    private static void begin(PeerSpans peer) {
        peer.endAll(RequestSpan.SpanEnd.CUT, peer.last);
        peer.others = null;
        peer.left = peer.lives.get(peer.begun++).lines().size();
    }

    private RequestSpan ask(PeerSpans peer, LogEvent what, int at) {
        SpanKey key = new SpanKey(what.lock(), what.stamp());
        RequestSpan span = new RequestSpan(peer.life(), what.lock(), what.stamp(), mode(what), algorithm(what), at);
        for (RequestSpan before : peer.current(what.lock())) {
            span.oldestBeside = Math.min(span.oldestBeside, before.asked);
            if (!before.held() || before.stamp.equals(what.stamp())) { // one waits at most
                before.end(RequestSpan.SpanEnd.VOID, at);
                peer.current.remove(new SpanKey(before.lock, before.stamp));
            }
        }
        spans.add(span);
        newest.put(key, span);
        peer.current.put(key, span);
        if (span.rule == EntryRule.PERMISSIONS) {
            granted(peer, what.lock()).clear();
        }
        return span;
    }

    private Mode mode(LogEvent what) {
        if (what.kind() == EventKind.REQUEST) {
            return what.detail() instanceof InMode in ? in.mode() : Mode.EXCLUSIVE;
        }
        return modes.getOrDefault(new SpanKey(what.lock(), what.stamp()), mixed.contains(what.lock()) ? null : Mode.EXCLUSIVE);
    }

    /** A request names it, where it is not Ricart-Agrawala; where a log begins later, it is that of the requests before. */
    private String algorithm(LogEvent what) {
        if (what.kind() == LogEvent.EventKind.REQUEST) {
            algorithms.put(what.lock(), what.detail() instanceof FollowsAlgorithm follows ? follows.name() : RicartAgrawala.NAME);
        }
        return algorithms.getOrDefault(what.lock(), RicartAgrawala.NAME);
    }

    /** With kept permissions, whoever gives its own gives the other's back. */
    private void sent(PeerSpans peer, LogEvent what) {
        if (what.message() instanceof Permission) {
            peer.deferred.getOrDefault(what.lock(), new TreeMap<>()).remove(what.peer());
            if (!algorithms.getOrDefault(what.lock(), RicartAgrawala.NAME).equals(RicartAgrawala.NAME)) {
                granted(peer, what.lock()).remove(what.peer());
            }
        }
    }

    private void enter(PeerSpans peer, LogEvent what, int at) {
        RequestSpan span = peer.current.get(new SpanKey(what.lock(), what.stamp()));
        if (span == null || span.held()) {
            span = ask(peer, what, at); // before its log began
        }
        RequestSpan entry = span;
        List<RequestSpan> inside = peer.current(what.lock()).stream().filter(other -> other != entry && other.held()).toList();
        entry.fenceBeside = inside.stream().mapToLong(other -> other.fence).max().orElse(0);
        boolean alone = peer.others == null || peer.others.isEmpty();
        entry.joins = !alone && !entry.asksOthers && entry.mode != null && entry.mode.use(entry.mode) == 0
                && !inside.isEmpty() && inside.stream().allMatch(other -> entry.mode.equals(other.mode));
        entry.passes = !entry.joins ? -1
                : peer.deferred.getOrDefault(what.lock(), new TreeMap<>()).values().stream().mapToInt(Integer::intValue).min().orElse(-1);
        entry.entered = at;
        entry.fence = what.fence();
        entry.number = ++entries;
        entry.members = peer.others;
        entry.ungranted = peer.others == null || entry.joins || !entry.rule.ofPermissions() ? new TreeSet<>() : new TreeSet<>(peer.others);
        entry.ungranted.removeAll(granted(peer, what.lock()));
        entry.ungranted.removeAll(peer.absent);
    }

    private static void leave(PeerSpans peer, LogEvent what, int at) {
        RequestSpan span = peer.current.remove(new SpanKey(what.lock(), what.stamp()));
        if (span != null) {
            span.end(RequestSpan.endBy(what.kind()), at);
        }
    }

    /** Permissions count only in the group that they were given in. */
    private static void regroup(PeerSpans peer, LogEvent what) {
        if (what.detail() instanceof InGroup group) {
            peer.others = new TreeSet<>(group.members());
            peer.others.remove(peer.id);
            peer.absent.retainAll(peer.others);
            peer.granted.clear();
            peer.deferred.clear();
        }
    }

    private static void absent(PeerSpans peer, LogEvent what) {
        if (what.detail() instanceof Reachable reachable && !reachable.now()) {
            peer.absent.add(what.peer());
        } else {
            peer.absent.remove(what.peer());
        }
    }

    /** Its own: it lost its standing, and with it the stamps that wait. Another's: what that promised is void. */
    private static void epoch(PeerSpans peer, int whose, int at) {
        if (whose == peer.id) {
            peer.endAll(RequestSpan.SpanEnd.VOID, at);
        } else {
            peer.granted.values().forEach(granted -> granted.remove(whose));
            peer.deferred.values().forEach(deferred -> deferred.remove(whose));
        }
    }

    private static SortedSet<Integer> granted(PeerSpans peer, String lock) {
        return peer.granted.computeIfAbsent(lock, none -> new TreeSet<>());
    }
}
