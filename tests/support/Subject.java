package tests.support;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import mutex.MutexProto;
import mutex.MutexProto.LinkMessage;
import mutex.algorithm.AlgorithmKind;
import mutex.algorithm.Message.Permission;
import mutex.discover.Address;
import mutex.event.Effect;
import mutex.event.Event;
import mutex.event.Frame;
import mutex.event.LogEvent;
import mutex.event.NodeView;
import mutex.group.Hello;
import mutex.group.Seed;
import mutex.link.Handshake;
import mutex.log.VectorClock;
import mutex.node.Node;
import mutex.wire.FrameReader;
import mutex.wire.IncomingFrame;
import mutex.wire.Packet;
import mutex.wire.WireFields;
import mutex.wire.WireStatus;

/** A node between the wire and a referee: takes bytes in as the program does, and keeps an eye on what it answers. */
public final class Subject {

    public final int id;
    public final Node node;
    public final Deque<Effect.Send> sent = new ArrayDeque<>();
    public long now;
    private final AlgorithmKind algorithms;
    private final long leaseMillis;
    private final VectorClock vector;
    private final SortedMap<Long, String> holders = new TreeMap<>(); // lock by asker
    private final Set<Long> waiting = new HashSet<>();
    private final Deque<Event> written = new ArrayDeque<>();
    private long asker;
    private long lastStamp;
    private long lastFence;
    private NodeView last;

    public Subject(int id, int size, AlgorithmKind algorithms, long leaseMillis) {
        this.id = id;
        this.algorithms = algorithms;
        this.leaseMillis = leaseMillis;
        vector = new VectorClock(id);
        List<Seed> list = java.util.stream.IntStream.rangeClosed(1, size).filter(other -> other != id)
                .mapToObj(other -> new Seed(endpoint(other), 0)).toList();
        node = new Node(id, endpoint(id), 1_700_000_000_000L + id, list, null, algorithms,
                id, TimeUnit.MILLISECONDS.toNanos(leaseMillis), 0, false);
        last = node.view(now);
        step(new Event.Tick());
    }

    public static String endpoint(int id) {
        return "host" + id + ":5000";
    }

    public Hello hello() {
        return node.hello(id, algorithms.name(), leaseMillis);
    }

    public VectorClock.Reading reading() {
        return vector.reading();
    }

    public Set<Long> askers() {
        Set<Long> all = new HashSet<>(waiting);
        all.addAll(holders.keySet());
        return all;
    }

    public void ask(String lock, boolean attempt, long deadline) {
        waiting.add(++asker);
        step(new Event.Ask(asker, lock, attempt, deadline));
    }

    /**
     * What came over the link of that peer; false when it was rejected.
     *
     * @throws RuntimeException or Error that no garbled message may cause
     */
    public boolean receive(int from, byte[] bytes) {
        Packet.ReadFrame read = FrameReader.read(bytes);
        if (read != null) {
            return received(from, read.frame().from(), read.frame(), read.vector());
        }
        try {
            LinkMessage message = LinkMessage.parseFrom(bytes);
            switch (message.getWhatCase()) {
                case HELLO -> {
                    Hello theirs = WireFields.in(message.getHello());
                    if (message.getHello().getProtocol() != WireFields.PROTOCOL || theirs.process() == id
                            || Handshake.refusal(hello(), node.lastGroup(), theirs).isPresent()) {
                        return false;
                    }
                    core(new Event.Linked(theirs, null));
                }
                case FRAME -> {
                    MutexProto.Frame frame = message.getFrame();
                    return received(from, frame.getFrom(), IncomingFrame.of(frame), IncomingFrame.vector(frame));
                }
                case REPORT -> WireStatus.in(message.getReport().getStatus());
                default -> {
                    return false;
                }
            }
            return true;
        } catch (InvalidProtocolBufferException | IllegalArgumentException declared) {
            return false;
        }
    }

    private boolean received(int link, int from, Frame frame, VectorClock.Reading theirs) {
        if (from == link) {
            vector.merge(theirs);
            core(new Event.Received(frame));
        }
        return from == link;
    }

    /** In here IllegalArgumentException is a broken rule, not a rejection. */
    private void core(Event event) {
        try {
            step(event);
        } catch (IllegalArgumentException broken) {
            throw new AssertionError("the core was given what it cannot take", broken);
        }
    }

    public void step(Event event) {
        Map<Long, String> before = new TreeMap<>(holders);
        List<Effect> effects = node.step(event, now);
        effects.forEach(this::watch);
        before.keySet().retainAll(holders.keySet());
        for (Effect effect : effects) {
            if (effect instanceof Effect.Send send) {
                for (Frame.FramePart part : send.frame().parts()) {
                    require(!(part instanceof Frame.OfLock ofLock && ofLock.message() instanceof Permission
                            && before.containsValue(ofLock.lock())), "permission for a lock it holds: ", send);
                }
            }
        }
        NodeView view = node.view(now);
        require(view.epoch() >= last.epoch() && view.time() >= last.time() && view.seen() >= last.seen(),
                "epoch, time or fence fell: ", view);
        last = view;
        if (event instanceof Event.Tick) {
            require(node.wakeAt() > now, "it wants to be woken at once, for ever: ", view);
        }
    }

    private void watch(Effect effect) {
        if (effect instanceof Effect.Send send) {
            sent.add(send);
        } else if (effect instanceof Effect.Entered entered) {
            require(!holders.containsValue(entered.lock()), "entered twice: ", entered);
            require(entered.fence() > lastFence, "the fence did not grow: ", entered);
            require(waiting.remove(entered.asker()), "entered without asking: ", entered);
            lastFence = entered.fence();
            holders.put(entered.asker(), entered.lock());
        } else if (effect instanceof Effect.Ended ended) {
            require(waiting.remove(ended.asker()) | holders.remove(ended.asker()) != null, "ended twice: ", ended);
        } else if (effect instanceof Effect.Save) {
            written.add(new Event.Written(null));
        } else if (effect instanceof Effect.Redial) {
            node.addresses().forEach(Address::parse); // or nobody could dial it
        } else if (effect instanceof LogEvent note && note.kind() == LogEvent.EventKind.REQUEST) {
            require(note.stamp().time() > lastStamp, "its stamps fell: ", note);
            lastStamp = note.stamp().time();
        }
        if (effect instanceof LogEvent) {
            vector.tick();
        }
    }

    /** What was given to the disk is written. */
    public void write() {
        if (!written.isEmpty()) {
            step(written.poll());
        }
    }

    private static void require(boolean holds, String broken, Object what) {
        if (!holds) {
            throw new AssertionError(broken + what);
        }
    }
}
