package mutex.trace;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import mutex.algorithm.AlgorithmKind.EntryRule;
import mutex.algorithm.Message.Permission;
import mutex.algorithm.RicartAgrawala;
import mutex.algorithm.Stamp;
import mutex.log.Incarnation;
import mutex.log.LogEntry;
import mutex.log.LogLine;
import mutex.node.LogEvent;
import mutex.node.LogEvent.Detail.FollowsAlgorithm;
import mutex.node.LogEvent.Detail.InGroup;
import mutex.node.LogEvent.Detail.Reachable;

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
        final Map<String, RequestSpan> current = new HashMap<>(); // by lock
        final Map<String, SortedSet<Integer>> granted = new HashMap<>(); // who permitted the current span, by lock

        PeerSpans(int id, List<Incarnation> lives) {
            this.id = id;
            this.lives = lives;
        }

        Incarnation life() {
            return lives.get(begun - 1);
        }
    }

    private record SpanKey(String lock, Stamp stamp) {}

    private final Map<Integer, PeerSpans> peers = new HashMap<>();
    private final Map<SpanKey, RequestSpan> newest = new HashMap<>(); // a peer that was started anew may use a stamp again
    private final List<RequestSpan> spans = new ArrayList<>();
    private final Map<String, String> algorithms = new HashMap<>(); // of the last request, by lock
    private int entries;

    private RequestSpans(SortedMap<Integer, List<Incarnation>> lives) {
        lives.forEach((id, ofPeer) -> peers.put(id, new PeerSpans(id, ofPeer)));
    }

    /** In the order of asking. */
    static List<RequestSpan> of(List<LogLine> lines, SortedMap<Integer, List<Incarnation>> lives) {
        RequestSpans all = new RequestSpans(lives);
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
            case GROUP -> regroup(peer, what);
            case ABSENT -> absent(peer, what);
            case EPOCH -> epoch(peer, what.peer(), at);
            default -> { }
        }
        if (what.message() != null && !what.message().ofRequest()) {
            peers.values().forEach(each -> tokenMoves(each.current.get(what.lock()), at));
        }
        if (what.stamp() != null) {
            RequestSpan span = newest.get(new SpanKey(what.lock(), what.stamp()));
            if (span != null) {
                span.about.add(at);
            }
        }
    }

    /** All that happens to the token concerns whoever waits for it. */
    private static void tokenMoves(RequestSpan span, int at) {
        if (span != null && !span.held()) {
            span.about.add(at);
        }
    }

    private static void begin(PeerSpans peer) {
        peer.current.values().forEach(span -> span.end(RequestSpan.SpanEnd.CUT, peer.last));
        peer.current.clear();
        peer.absent.clear();
        peer.granted.clear();
        peer.others = null;
        peer.left = peer.lives.get(peer.begun++).lines().size();
    }

    private RequestSpan ask(PeerSpans peer, LogEvent what, int at) {
        RequestSpan span = new RequestSpan(peer.life(), what.lock(), what.stamp(), algorithm(what), at);
        spans.add(span);
        newest.put(new SpanKey(what.lock(), what.stamp()), span);
        if (span.rule == EntryRule.PERMISSIONS) {
            granted(peer, what.lock()).clear();
        }
        RequestSpan before = peer.current.put(what.lock(), span);
        if (before != null) {
            before.end(RequestSpan.SpanEnd.VOID, at);
        }
        return span;
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
        if (what.message() instanceof Permission && !algorithms.getOrDefault(what.lock(), RicartAgrawala.NAME).equals(RicartAgrawala.NAME)) {
            granted(peer, what.lock()).remove(what.peer());
        }
    }

    private void enter(PeerSpans peer, LogEvent what, int at) {
        RequestSpan span = peer.current.get(what.lock());
        if (span == null || span.held() || !span.stamp.equals(what.stamp())) {
            span = ask(peer, what, at); // before its log began
        }
        span.entered = at;
        span.number = ++entries;
        span.members = peer.others;
        span.ungranted = peer.others == null || !span.rule.ofPermissions() ? new TreeSet<>() : new TreeSet<>(peer.others);
        span.ungranted.removeAll(granted(peer, what.lock()));
        span.ungranted.removeAll(peer.absent);
    }

    private static void leave(PeerSpans peer, LogEvent what, int at) {
        RequestSpan span = peer.current.get(what.lock());
        if (span != null && span.stamp.equals(what.stamp())) {
            span.end(RequestSpan.endBy(what.kind()), at);
            peer.current.remove(what.lock());
        }
    }

    /** Permissions count only in the group that they were given in. */
    private static void regroup(PeerSpans peer, LogEvent what) {
        if (what.detail() instanceof InGroup group) {
            peer.others = new TreeSet<>(group.members());
            peer.others.remove(peer.id);
            peer.absent.retainAll(peer.others);
            peer.granted.clear();
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
            peer.current.values().forEach(span -> span.end(RequestSpan.SpanEnd.VOID, at));
            peer.current.clear();
            peer.absent.clear();
            peer.granted.clear();
        } else {
            peer.granted.values().forEach(granted -> granted.remove(whose));
        }
    }

    private static SortedSet<Integer> granted(PeerSpans peer, String lock) {
        return peer.granted.computeIfAbsent(lock, none -> new TreeSet<>());
    }
}
