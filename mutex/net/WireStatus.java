package mutex.net;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import mutex.MutexProto;
import mutex.MutexProto.LockStatus;
import mutex.MutexProto.PeerStatus;
import mutex.MutexProto.StatusReply;
import mutex.algorithm.Algorithm.State;
import mutex.algorithm.Stamp;
import mutex.node.Printable;
import mutex.node.View;
import mutex.trace.Tallies.Tally;

/** Between a snapshot and its message. */
final class WireStatus {

    /** Bytes up to which locks, then peers are added, so that a status fits in a message between peers. */
    private static final int LOCKS_UP_TO = 12 << 10;
    private static final int PEERS_UP_TO = 15 << 10;
    private static final int MOST_IDS = 64;
    private static final int MOST_TROUBLE = 300;
    private static final int MOST_SUSPECTS = 4;
    private static final int MOST_FAULTS = 32;
    /** Letters of what a peer waits for; with long names of 64 peers it may be many times that. */
    private static final int MOST_WAITING = 900;

    private WireStatus() {}

    static StatusReply out(Snapshot snapshot) {
        View node = snapshot.node();
        StatusReply.Builder out = StatusReply.newBuilder()
                .setId(node.id()).setEndpoint(node.endpoint()).setEpoch(node.epoch())
                .setTime(node.time()).setSeen(node.seen())
                .setAlgorithm(snapshot.algorithm()).setLeaseMillis(snapshot.leaseMillis());
        if (node.group() != null) {
            out.setGroup(Wire.out(node.group()));
        } else {
            out.setWaitingFor(Printable.of(node.waitingFor(), MOST_WAITING));
        }
        standing(node, out);
        int bytes = out.build().getSerializedSize();
        for (String fault : snapshot.faults().stream().limit(MOST_FAULTS).toList()) {
            bytes += 3 * MOST_TROUBLE; // at most: three bytes a letter
            if (bytes > LOCKS_UP_TO) {
                break;
            }
            out.addFaults(cut(fault));
        }
        bytes = out.build().getSerializedSize();
        for (View.OfLock lock : node.locks()) {
            LockStatus next = out(lock, snapshot.tallies().getOrDefault(lock.name(), Tally.NONE));
            bytes += next.getSerializedSize() + 3; // its tag and length
            if (bytes > LOCKS_UP_TO) {
                break;
            }
            out.addLocks(next);
        }
        out.setMoreLocks(node.locks().size() - out.getLocksCount());
        bytes = out.build().getSerializedSize();
        for (Snapshot.Other other : snapshot.peers()) {
            PeerStatus next = out(other);
            bytes += next.getSerializedSize() + 3;
            if (bytes > PEERS_UP_TO) {
                break;
            }
            out.addPeers(next);
        }
        return out.build();
    }

    private static void standing(View node, StatusReply.Builder out) {
        View.Standing standing = node.standing();
        if (standing != null) {
            out.setStanding(MutexProto.Standing.newBuilder().setGood(standing.good()).setHeard(standing.heard())
                    .setMajority(standing.majority()).addAllAbsent(standing.absent()));
        }
        if (node.change() != null) {
            out.setChange(cut(node.change()));
        }
        node.suspects().entrySet().stream().limit(MOST_SUSPECTS).forEach(suspect -> out.addSuspects(
                MutexProto.Suspect.newBuilder().setId(suspect.getKey()).setRule(cut(suspect.getValue()))));
    }

    private static String cut(String text) {
        return text.substring(0, Math.min(MOST_TROUBLE, text.length()));
    }

    private static LockStatus out(View.OfLock lock, Tally tally) {
        LockStatus.Builder out = LockStatus.newBuilder().setName(lock.name())
                .setState(LockStatus.State.forNumber(lock.state().ordinal())).setFence(lock.fence())
                .setSinceMillis(lock.sinceNanos() / 1_000_000).addAllMissing(lock.missing())
                .setWaiting(lock.waiting()).setEntries(tally.entries()).setMessages(tally.messages())
                .setEnteredWith(lock.messages()).setAbout(cut(lock.about()));
        if (lock.stamp() != null) {
            out.setStamp(Wire.out(lock.stamp()));
        }
        lock.deferred().values().forEach(stamp -> out.addDeferred(Wire.out(stamp)));
        return out.build();
    }

    private static PeerStatus out(Snapshot.Other other) {
        PeerStatus.Builder out = PeerStatus.newBuilder().setId(other.id()).setEndpoint(other.endpoint())
                .setLinked(other.linked()).setEpoch(other.epoch()).setRoundTripMicros(other.roundTripMicros())
                .setTrouble(cut(other.trouble()));
        if (other.heardMillisAgo() >= 0) {
            out.setHeardMillisAgo(other.heardMillisAgo());
        }
        return out.build();
    }

    static Snapshot in(StatusReply status) {
        List<View.OfLock> locks = new ArrayList<>();
        Map<String, Tally> tallies = new HashMap<>();
        for (LockStatus lock : status.getLocksList()) {
            SortedMap<Integer, Stamp> deferred = new TreeMap<>();
            lock.getDeferredList().stream().limit(MOST_IDS).forEach(s -> deferred.put(s.getPeer(), Wire.in(s)));
            State state = lock.getState() == LockStatus.State.HELD ? State.HELD
                    : lock.getState() == LockStatus.State.WANTED ? State.WANTED : State.IDLE;
            locks.add(new View.OfLock(Wire.text(lock.getName()), state,
                    lock.hasStamp() ? Wire.in(lock.getStamp()) : null, lock.getFence(),
                    lock.getSinceMillis() * 1_000_000, new TreeSet<>(lock.getMissingList()), deferred,
                    lock.getWaiting(), lock.getEnteredWith(), Wire.text(lock.getAbout())));
            tallies.put(Wire.text(lock.getName()), new Tally(lock.getEntries(), lock.getMessages()));
        }
        List<Snapshot.Other> others = status.getPeersList().stream().map(other -> new Snapshot.Other(
                other.getId(), Wire.text(other.getEndpoint()), other.getLinked(), other.getEpoch(),
                other.hasHeardMillisAgo() ? other.getHeardMillisAgo() : -1, other.getRoundTripMicros(),
                Wire.text(other.getTrouble()))).toList();
        View node = new View(status.getId(), Wire.text(status.getEndpoint()), status.getEpoch(), status.getTime(),
                status.getSeen(), status.hasGroup() ? Wire.in(status.getGroup()) : null,
                status.hasGroup() ? null : Wire.text(status.getWaitingFor()), locks, new TreeMap<>(),
                status.hasStanding() ? standing(status.getStanding()) : null, suspects(status),
                status.getChange().isEmpty() ? null : Wire.text(status.getChange()));
        return new Snapshot(node, Wire.text(status.getAlgorithm()), status.getLeaseMillis(), others, tallies,
                status.getFaultsList().stream().limit(MOST_FAULTS).map(Wire::text).toList());
    }

    private static View.Standing standing(MutexProto.Standing standing) {
        return new View.Standing(standing.getGood(), standing.getHeard(), standing.getMajority(),
                standing.getAbsentList().stream().limit(MOST_IDS).collect(Collectors.toCollection(TreeSet::new)));
    }

    private static SortedMap<Integer, String> suspects(StatusReply status) {
        SortedMap<Integer, String> suspects = new TreeMap<>();
        status.getSuspectsList().stream().limit(MOST_SUSPECTS)
                .forEach(suspect -> suspects.put(suspect.getId(), Wire.text(suspect.getRule())));
        return suspects;
    }
}
