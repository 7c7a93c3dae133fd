package tests;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static tests.simulation.Table.LEASE;

import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import mutex.algorithm.Message.Request;
import mutex.algorithm.Stamp;
import mutex.event.Effect;
import mutex.event.Event;
import mutex.event.Frame;
import mutex.event.NodeView;
import mutex.lease.LeaseMessage;
import mutex.lease.LeaseMessage.Ack;
import mutex.lease.LeaseMessage.Inquiry;
import mutex.lease.LeaseMessage.Testimony;
import mutex.text.LockName;
import tests.simulation.Table;
import tests.simulation.Table.Sent;

/** Peers with a lease at a table, and what the tests of its rules share. */
abstract class LeaseFixture {

    static final String LOCK = LockName.DEFAULT;
    static final long BEAT = LEASE / 8;
    /** Long enough for any silence to be noticed, and for a majority to say so. */
    static final long LONG = 3 * LEASE / 2;
    static final Predicate<Sent> NOTHING = sent -> false;

    Table table = Table.leased(3);

    boolean standing(int id) {
        return table.view(id).standing().good();
    }

    Set<Integer> absent(int id) {
        return table.view(id).standing().absent();
    }

    NodeView.LockView lock(int id) {
        return table.view(id).locks().stream().filter(lock -> lock.name().equals(LOCK)).findFirst().orElseThrow();
    }

    long epoch(int id) {
        return table.node(id).epoch();
    }

    /** Frames to the peer with an ACK in them. */
    static Predicate<Sent> acksTo(int id) {
        return sent -> sent.to() == id && sent.has(Ack.class);
    }

    static Predicate<Sent> cut(int id) {
        return sent -> sent.to() == id || sent.frame().from() == id;
    }

    /** What the peer could say now. */
    Frame frame(int from, long toEpoch, Frame.FramePart... parts) {
        NodeView view = table.view(from);
        return new Frame(from, view.epoch(), toEpoch, view.group().version(), view.group().print(), view.time(), view.seen(),
                List.of(parts));
    }

    void hear(int id, int from, LeaseMessage message) {
        table.step(id, new Event.Received(frame(from, epoch(id), new Frame.OfLease(message))));
    }

    <M extends LeaseMessage> List<M> sent(int from, int to, Class<M> kind) {
        return table.effects(from, Effect.Send.class).stream().filter(send -> send.to() == to)
                .flatMap(send -> new Sent(to, send.frame()).leaseMessages().stream())
                .filter(kind::isInstance).map(kind::cast).toList();
    }

    static <T> T last(List<T> all) {
        return all.get(all.size() - 1);
    }

    /** Makes the peer lapse, although it hears everything else. */
    void starveOfAcks(int id) {
        table.lose(acksTo(id));
        assertTrue(table.runUntil(LONG, () -> !standing(id)));
    }

    /** Peer 1 has just asked about peer 3, which is dead, in this round. */
    long openRound() {
        table.crash(3);
        table.lose(sent -> sent.has(Testimony.class));
        table.run(LEASE * 5 / 4);
        int asked = sent(1, 2, Inquiry.class).size();
        assertTrue(table.runUntil(LEASE, () -> sent(1, 2, Inquiry.class).size() > asked));
        return last(sent(1, 2, Inquiry.class)).round();
    }

    void testify(int witness, long round, long silentNanos) {
        hear(1, witness, new Testimony(3, round, silentNanos / 1_000));
    }

    void ask(int from, int to, long time, Stamp stamp) {
        Frame usual = frame(from, epoch(to), new Frame.OfLock(LOCK, new Request(stamp, false)));
        table.step(to, new Event.Received(new Frame(from, usual.fromEpoch(), usual.toEpoch(), usual.version(), usual.print(),
                time, usual.seen(), usual.parts())));
    }
}
