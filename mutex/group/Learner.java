package mutex.group;

import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import mutex.group.OwnGroup.Purpose;

/**
 * Takes in the versions of a group that others show (G1), if their word counts (W2, W6). A peer that its group went on without
 * tells those that are behind (G3), and asks to be added unless it was removed or has left (B5).
 */
final class Learner {

    private static final long TELL_EVERY = 500_000_000L;

    private final OwnGroup own;
    private final Acceptor acceptor;
    private final Founding founding;
    private final TrustedPeers trusted;
    private final GroupHost host;
    private final Consumer<Group> enter;
    private final JoinRequests joining = new JoinRequests();
    private final SortedMap<Integer, Long> behind = new TreeMap<>(); // peers that do not know the newest version yet, and when to tell them

    private final Map<Integer, Group> refused = new HashMap<>(); // R6: by the linked peer that has shown it, and has heard that

    Learner(OwnGroup own, Acceptor acceptor, Founding founding, TrustedPeers trusted, GroupHost host, Consumer<Group> enter) {
        this.own = own;
        this.acceptor = acceptor;
        this.founding = founding;
        this.trusted = trusted;
        this.host = host;
        this.enter = enter;
    }

    /** W6: whose word counts: of the members, of the last known ones for who is outside, and before there is a group of those it knows. */
    boolean counts(int peer) {
        return own.last() != null ? own.last().members().containsKey(peer) : founding.knows(peer);
    }

    /** G1, B5: adopts a newer version of our group, or the first one that lists us. */
    void consider(int from, Group theirs, long now) {
        trusted.shows(from, theirs);
        Group last = own.last();
        boolean promised = acceptor.promised(theirs) && theirs.members().containsKey(from);
        if (last == null && !founding.knows(from) && !promised) {
            trusted.sayUnknown(from, "shows a group"); // W6
            return;
        }
        if (acceptor.released(theirs)) {
            joining.meet(from);
            if (!theirs.equals(refused.put(from, theirs))) { // it waits for us
                host.send(from, new GroupMessage.Join(true));
            }
            return;
        }
        boolean ours = own.isOurs(theirs);
        boolean outside = own.outside() != null && ours;
        if (outside && theirs.version().compareTo(last.version()) < 0) { // the past
            behind.putIfAbsent(from, now);
            return;
        }
        boolean ahead = ours && theirs.version().compareTo(last.version()) > 0;
        boolean changed = ahead || outside && !theirs.equals(last); // of one version there is one group
        if (changed && !last.members().containsKey(from) && !promised) {
            trusted.sayStranger(from, last); // W2
            return;
        }
        if (outside) {
            own.wentOn(theirs);
        }
        if (own.saving()) {
            joining.meet(from); // if this leaves us in no group, we ask, and are shown theirs again
            return;
        }
        if (founding.open()) {
            founding.meetGroup(from, theirs, now);
        }
        adopt(from, theirs, ahead, last == null || ours || promisedBy(from, theirs));
    }

    /**
     * @param ahead it is a newer version of our group
     * @param may become our group, if we are in none
     */
    private void adopt(int from, Group theirs, boolean ahead, boolean may) {
        boolean newer = own.group() != null && ahead;
        if (newer && !own.isIn(theirs)) {
            joining.removed();
            host.say("the group went on without this peer: " + theirs);
            own.save(new DurableState(theirs, null), Purpose.ADOPT);
        } else if (founding.open() && !founding.bindsFirst() && own.isIn(theirs) && theirs.version().number() == 1) {
            enter.accept(theirs); // as founded: the state file is first written at the first change
        } else if (newer || own.group() == null && own.isIn(theirs) && may) {
            own.save(new DurableState(theirs, acceptor.outlives(theirs)), Purpose.ADOPT);
        } else if (own.group() == null) { // not listed, or at another address: it asks
            joining.meet(from);
        }
    }

    /** W2: a peer that is outside its group is taken into another only by those it has promised that. */
    private boolean promisedBy(int from, Group theirs) {
        Group next = acceptor.promise() == null ? null : acceptor.promise().next();
        return next != null && next.origin() == theirs.origin() && (next.equals(theirs) || next.members().containsKey(from));
    }

    void entered() {
        refused.clear();
        joining.inGroup();
    }

    /** B5: this peer leaves, and does not ask to come back; the others are told of the version without it. */
    void leaves(Group next, long now) {
        joining.removed();
        next.members().keySet().forEach(peer -> behind.put(peer, now));
    }

    void unlinked(int peer) {
        joining.forget(peer);
        refused.remove(peer);
        behind.remove(peer);
    }

    /** R7: a linked peer shows that version of its group; whether it is a member of the one that went on without us, and has that. */
    boolean knowsWhatWentOn(int peer, Version version) {
        Group outside = own.outside();
        boolean knows = outside != null && outside.members().containsKey(peer) && version.compareTo(outside.version()) >= 0;
        if (knows) {
            behind.remove(peer);
        }
        return knows;
    }

    private void tellThoseBehind(long now) {
        behind.replaceAll((peer, due) -> {
            if (now < due) {
                return due;
            }
            host.send(peer, new GroupMessage.Present(own.outside()));
            return now + TELL_EVERY; // it may have to write that down first
        });
    }

    /** While this peer is in no group. */
    void tick(long now) {
        tellThoseBehind(now);
        joining.due(now, this::counts).ifPresent(contact -> host.send(contact, new GroupMessage.Join(acceptor.released())));
    }

    long wakeAt() {
        return behind.values().stream().reduce(joining.wakeAt(), Math::min);
    }

    /** What this peer waits for that is in no group, for a person. */
    String waitingFor() {
        Promise promise = acceptor.promise();
        if (promise != null && !promise.founds() && own.isIn(promise.next())) {
            return "being added to the group of peer " + promise.by();
        }
        return joining.waitingFor(this::counts).orElseGet(own.outside() == null ? founding::waitingFor : this::waitsOutside);
    }

    private String waitsOutside() {
        Group outside = own.outside();
        String was = outside.members().get(own.id());
        return was == null ? "its group went on without it, as " + outside + "; waits to hear one of them"
                : "it has moved here from " + was + "; waits for a member of " + outside + " that has not; if all have, stop them, delete "
                        + "their state files, and let them begin a new group";
    }
}
