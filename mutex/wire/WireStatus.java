package mutex.wire;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import mutex.MutexProto;
import mutex.MutexProto.LockStatus;
import mutex.MutexProto.PeerStatus;
import mutex.MutexProto.StatusReply;
import mutex.algorithm.Stamp;
import mutex.event.NodeView;
import mutex.event.NodeView.JobView;
import mutex.log.Tallies.LockTally;
import mutex.once.RunMark;
import mutex.status.LockClient;
import mutex.status.LockClient.ClientKind;
import mutex.status.Snapshot;
import mutex.text.LockName;
import mutex.text.Printable;

/** Between a snapshot and its message. */
public final class WireStatus {

    /** Bytes up to which locks, then peers are added, so that a status fits in a message between peers. */
    private static final int LOCKS_UP_TO = 12 << 10;
    private static final int PEERS_UP_TO = 15 << 10;
    static final int MOST_IDS = 64;
    private static final int MOST_ABOUT = 64;
    private static final int MOST_TROUBLE = 300;
    private static final int MOST_SUSPECTS = 4;
    private static final int MOST_FAULTS = 32;
    /** Letters of what a peer waits for; with long names of 64 peers it may be many times that. */
    private static final int MOST_WAITING = 900;

    private WireStatus() {}

    /** The names among those that a question is about; what is none is passed over. */
    public static Set<String> about(List<String> names) {
        return names.stream().filter(LockName::legal).limit(MOST_ABOUT).collect(Collectors.toSet());
    }

    public static StatusReply out(Snapshot snapshot) {
        NodeView node = snapshot.node();
        StatusReply.Builder out = StatusReply.newBuilder()
                .setId(node.id()).setEndpoint(node.endpoint()).setEpoch(node.epoch())
                .setTime(node.time()).setSeen(node.seen())
                .setAlgorithm(snapshot.algorithm()).setLeaseMillis(snapshot.leaseMillis());
        if (node.group() != null) {
            out.setGroup(WireFields.out(node.group()));
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
        for (NodeView.LockView lock : node.locks()) {
            LockStatus next = WireLock.out(lock, snapshot);
            bytes += next.getSerializedSize() + 3; // its tag and length
            if (bytes > LOCKS_UP_TO) {
                break;
            }
            out.addLocks(next);
        }
        out.setMoreLocks(node.moreLocks() + node.locks().size() - out.getLocksCount());
        for (JobView job : node.jobs().stream().sorted(Comparator.comparingLong(JobView::agoMillis)).toList()) {
            bytes += WireFields.MOST_JOB;
            if (bytes > LOCKS_UP_TO) {
                break;
            }
            out.addJobs(out(job));
        }
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

    public static MutexProto.JobStatus out(JobView job) {
        return MutexProto.JobStatus.newBuilder().setJob(job.mark().job()).setPeer(job.mark().peer()).setStartedMillis(job.mark().started())
                .setPeriodMillis(job.mark().period()).setRanMillisAgo(job.agoMillis()).setAgainInMillis(job.againMillis()).build();
    }

    private static List<JobView> jobs(List<MutexProto.JobStatus> jobs) {
        return jobs.stream().map(job -> new JobView(new RunMark(Printable.brief(job.getJob()), job.getStartedMillis(), job.getPeriodMillis(), job.getPeer()),
                job.getRanMillisAgo(), job.getAgainInMillis())).toList();
    }

    private static void standing(NodeView node, StatusReply.Builder out) {
        NodeView.StandingView standing = node.standing();
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

    static String cut(String text) {
        return text.substring(0, Math.min(MOST_TROUBLE, text.length()));
    }

    /** Who calls from that address, as it says of itself; only this peer's own process is a shell or a page. */
    public static LockClient caller(MutexProto.LockClient said, String address) {
        ClientKind kind = switch (said.getKind()) {
            case LOCK -> ClientKind.LOCK;
            case HOLD -> ClientKind.HOLD;
            default -> ClientKind.PROGRAM;
        };
        return new LockClient(kind, Integer.toUnsignedLong(said.getPid()), said.getHost(), address);
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

    public static Snapshot in(StatusReply status) {
        List<NodeView.LockView> locks = new ArrayList<>();
        Map<String, LockTally> tallies = new HashMap<>();
        Map<String, LockClient> clients = new HashMap<>();
        Map<Stamp, LockClient> askers = new HashMap<>();
        Map<String, Integer> moreHolds = new HashMap<>();
        for (LockStatus lock : status.getLocksList()) {
            locks.add(WireLock.in(lock));
            tallies.put(Printable.brief(lock.getName()), new LockTally(lock.getEntries(), lock.getMessages()));
            LockClient client = WireLock.in(lock.getClient());
            if (client != null) {
                clients.put(Printable.brief(lock.getName()), client);
            }
            WireLock.askers(lock, askers);
            if (lock.getMoreHolds() > 0) {
                moreHolds.put(Printable.brief(lock.getName()), lock.getMoreHolds());
            }
        }
        List<Snapshot.Other> others = status.getPeersList().stream().map(other -> new Snapshot.Other(
                other.getId(), Printable.brief(other.getEndpoint()), other.getLinked(), other.getEpoch(),
                other.hasHeardMillisAgo() ? other.getHeardMillisAgo() : -1, other.getRoundTripMicros(),
                Printable.brief(other.getTrouble()))).toList();
        NodeView node = new NodeView(status.getId(), Printable.brief(status.getEndpoint()), status.getEpoch(), status.getTime(),
                status.getSeen(), status.hasGroup() ? WireFields.in(status.getGroup()) : null,
                status.hasGroup() ? null : Printable.brief(status.getWaitingFor()), locks, Math.max(0, status.getMoreLocks()), new TreeMap<>(),
                status.hasStanding() ? standing(status.getStanding()) : null, suspects(status),
                status.getChange().isEmpty() ? null : Printable.brief(status.getChange()), jobs(status.getJobsList()));
        return new Snapshot(node, Printable.brief(status.getAlgorithm()), status.getLeaseMillis(), others, tallies,
                status.getFaultsList().stream().limit(MOST_FAULTS).map(Printable::brief).toList(), clients, askers, moreHolds);
    }

    private static NodeView.StandingView standing(MutexProto.Standing standing) {
        return new NodeView.StandingView(standing.getGood(), standing.getHeard(), standing.getMajority(),
                standing.getAbsentList().stream().limit(MOST_IDS).collect(Collectors.toCollection(TreeSet::new)));
    }

    private static SortedMap<Integer, String> suspects(StatusReply status) {
        SortedMap<Integer, String> suspects = new TreeMap<>();
        status.getSuspectsList().stream().limit(MOST_SUSPECTS)
                .forEach(suspect -> suspects.put(suspect.getId(), Printable.brief(suspect.getRule())));
        return suspects;
    }
}
