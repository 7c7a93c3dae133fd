package mutex.peer;

import io.grpc.Context;
import io.grpc.Status;
import java.util.List;
import java.util.concurrent.TimeUnit;
import mutex.MutexProto.HoldEvent;
import mutex.MutexProto.HoldRequest;
import mutex.algorithm.LockMode;
import mutex.algorithm.Stamp;
import mutex.event.Effect.Outcome;
import mutex.event.NodeView.JobView;
import mutex.once.RunMark;
import mutex.status.AskedLocks;
import mutex.status.LockClient;
import mutex.status.LockListener;
import mutex.text.LockName;
import mutex.text.Printable;
import mutex.wire.WireFields;
import mutex.wire.WireMode;
import mutex.wire.WireStatus;

/**
 * One hold of a client: a lock is asked for, or several together, and held until the client gives it back or its stream ends. A client
 * that asked for notice keeps it so much longer when the stream breaks: it needs that time to stop what it does. One that did not is
 * never told that the lock is sure for any time. Loop thread only.
 */
final class ServerHold implements LockListener {

    /** Its end of the stream: a whole stream of Hold, or a part of one of Holds. */
    interface HoldOutlet {

        /** Whether the client has read most of what it was told. */
        boolean isReady();

        void send(HoldEvent.Builder event);

        /** Last: as the client wanted it, or as it was told. */
        void complete();

        /** Last: with the status, and a line for a person. */
        void fail(Status status, String line);
    }

    /** A connection on which nothing comes from a client is given up after eight seconds: see {@link Server}. */
    static final long SURE_WITHOUT_A_WORD = 7_000;
    private static final long MOST_NOTICE = TimeUnit.MINUTES.toMillis(10);
    /** The longest that anybody may count on a lock. */
    static final long MOST_SURE = SURE_WITHOUT_A_WORD + MOST_NOTICE;

    private final PeerLoop peer;
    private final HoldOutlet outlet;
    private final GracePeriods tenants;
    private final String address; // of the client
    private LockClient client; // null until asked
    private String lock; // as it was asked for, and several with commas between them; null until asked
    private long notice; // milliseconds
    private long asker;
    private boolean held;
    private GracePeriods.Place place; // null unless the client is inside and needs notice
    private long question; // the newest that is not answered yet; 0: none
    private long promised = System.nanoTime(); // until when the client may count on the lock, by the system's clock
    private boolean failed; // the run of the job, and it is not to count
    private boolean over; // the call has ended, or will with the next answer

    ServerHold(PeerLoop peer, HoldOutlet outlet, GracePeriods tenants, String address) {
        this.address = address;
        this.peer = peer;
        this.tenants = tenants;
        this.outlet = outlet;
    }

    boolean over() {
        return over;
    }

    /** The next message of the client about this hold. */
    void take(HoldRequest request) {
        if (over) {
            return;
        }
        if (lock == null) {
            ask(request);
        } else if (request.getFailed()) {
            failed = true;
        } else if (request.getQuestion() > 0) {
            question = request.getQuestion();
            answer();
        } else {
            fail(Status.INVALID_ARGUMENT, "one stream holds one lock; open another for \"" + Printable.brief(request.getLocksCount() == 0 ? request.getLock() : request.getLocks(0).getLock()) + "\"");
            letGoWhenDue();
        }
    }

    private void ask(HoldRequest request) {
        List<LockMode> locks;
        try {
            locks = AskedLocks.check(wanted(request), peer.settings().algorithms());
            require(request.getWaitMillis() >= 0, "wait_millis " + request.getWaitMillis() + " is out of range");
            notice = request.getNoticeMillis();
            require(notice >= 0 && notice <= MOST_NOTICE, "notice_millis " + notice + " is more than ten minutes");
            require(request.getOncePerMillis() >= 0 && request.getOncePerMillis() <= RunMark.MOST_PERIOD, "once_per_millis " + request.getOncePerMillis() + " is more than 365 days");
            require(request.getOncePerMillis() == 0 || LockMode.plain(locks), "once_per_millis takes one exclusive lock");
            lock = LockMode.plain(locks) ? locks.get(0).lock() : LockMode.text(locks);
            client = WireStatus.caller(request.getClient(), address);
        } catch (IllegalArgumentException e) {
            fail(Status.INVALID_ARGUMENT, e.getMessage());
            return;
        }
        long waitNanos = MutexService.nanos(request.getWaitMillis());
        // Under the call's own context, what the peer sends later would be cancelled with the call.
        Context.ROOT.run(() -> (request.getOncePerMillis() > 0 ? peer.requests().askOnce(lock, request.getOncePerMillis(), this)
                : peer.requests().ask(locks, request.getAttempt(), waitNanos, this)).thenAccept(number -> asker = number));
        if (!over && !held) {
            outlet.send(event(HoldEvent.Kind.WAITING));
        }
    }

    /** @throws IllegalArgumentException in one line when a mode is none */
    private static List<LockMode> wanted(HoldRequest request) {
        if (request.getLocksCount() == 0) {
            return LockMode.exclusive(request.getLock().isEmpty() ? LockName.DEFAULT : request.getLock());
        }
        require(request.getLocksCount() <= LockMode.MOST, request.getLocksCount() + " locks are more than the " + LockMode.MOST + " that one request may name");
        return request.getLocksList().stream().map(one -> new LockMode(one.getLock(), WireMode.in(one.getMode()))).toList();
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    /** Answers the newest question, once the client has read what it was told before. */
    void answer() {
        if (question == 0 || over || !outlet.isReady()) {
            return;
        }
        long atBest = atBest();
        long sure = held ? Math.max(0, Math.min(atBest, TimeUnit.NANOSECONDS.toMillis(peer.sure()))) : 0;
        promised = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(sure);
        outlet.send(event(HoldEvent.Kind.SURE).setQuestion(question).setSureMillis(sure)
                .setSureAtBestMillis(atBest).setAble(peer.able()));
        question = 0;
    }

    /** The most that anybody is told to be sure, in milliseconds: nothing where the lock goes back as soon as the stream breaks. */
    private long atBest() {
        if (notice == 0) {
            return 0;
        }
        long lease = peer.settings().leaseMillis();
        return lease == 0 ? SURE_WITHOUT_A_WORD + notice : Math.min(SURE_WITHOUT_A_WORD + notice, lease);
    }

    @Override
    public LockClient client() {
        return client;
    }

    @Override
    public void entered(Stamp stamp, long fence) {
        held = true;
        Runnable tell = () -> {
            if (!over && held) {
                outlet.send(event(HoldEvent.Kind.HELD).setFence(fence).setStamp(WireFields.out(stamp)));
            }
        };
        if (notice > 0) {
            place = tenants.enter(Math.max(notice, atBest()), tell, this::cannotBeKept);
        } else {
            tell.run();
        }
    }

    /** The client has not been told that it holds the lock, and is not: a restart of this peer could let others in beside it. */
    private void cannotBeKept(String problem) {
        if (!over && held) {
            fail(Status.UNAVAILABLE, "[" + lock + "] refused: " + problem);
            letGo();
        }
    }

    private HoldEvent.Builder event(HoldEvent.Kind kind) {
        return HoldEvent.newBuilder().setKind(kind).setLock(lock).setPeer(peer.settings().id());
    }

    @Override
    public void ended(Outcome outcome, String reason) {
        if (place != null) {
            tenants.leave(place);
            place = null;
        }
        held = false;
        if (over) {
            return;
        }
        switch (outcome) {
            case REFUSED -> fail(Status.FAILED_PRECONDITION, "[" + lock + "] refused: " + reason);
            case PRECEDED -> fail(Status.ALREADY_EXISTS, "[" + lock + "] refused: " + reason);
            case FULL -> fail(Status.RESOURCE_EXHAUSTED, "[" + lock + "] refused: " + reason);
            case UNANSWERED -> fail(Status.UNAVAILABLE, "[" + lock + "] not acquired: " + reason);
            case EXPIRED -> fail(Status.DEADLINE_EXCEEDED, "[" + lock + "] not acquired in time: " + reason);
            case LOST -> fail(Status.ABORTED, "[" + lock + "] LOST: " + reason);
            default -> fail(Status.UNAVAILABLE, "[" + lock + "] the peer is leaving");
        }
    }

    @Override
    public void hasRun(JobView job) {
        if (!over) {
            over = true;
            outlet.send(event(HoldEvent.Kind.RAN).setJob(WireStatus.out(job)));
            outlet.complete();
        }
    }

    private void fail(Status status, String line) {
        over = true;
        outlet.fail(status, line);
    }

    @Override
    public boolean warned() {
        if (!held || notice == 0) {
            return false;
        }
        if (!over) {
            outlet.send(event(HoldEvent.Kind.LEAVING));
            peer.after(dueNanos(), () -> peer.requests().withdraw(asker));
        }
        return true;
    }

    @Override
    public Stopping stopping() {
        return held && notice > 0 ? new Stopping(lock, TimeUnit.NANOSECONDS.toMillis(dueNanos())) : null;
    }

    /** How much longer the client may take to stop, if it hears no more from here. */
    private long dueNanos() {
        return Math.max(TimeUnit.MILLISECONDS.toNanos(notice), promised - System.nanoTime());
    }

    /** The client gives the lock back, or withdraws its request. */
    void close() {
        if (!over) {
            letGo();
            outlet.complete();
        }
    }

    /** Its stream has ended without a word about this. */
    void broken() {
        if (!over) {
            letGoWhenDue();
        }
    }

    private void letGoWhenDue() {
        over = true;
        if (held && notice > 0) {
            peer.after(dueNanos(), this::letGo);
        } else {
            letGo();
        }
    }

    private void letGo() {
        over = true;
        if (lock != null && failed) {
            Context.ROOT.run(() -> peer.requests().fail(asker));
        } else if (lock != null) {
            Context.ROOT.run(() -> peer.requests().withdraw(asker));
        }
    }
}
