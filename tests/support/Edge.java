package tests.support;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import mutex.MutexProto;
import mutex.group.DurableState;
import mutex.group.Hello;
import mutex.link.Handshake;
import mutex.log.VectorClock;
import mutex.node.Frame;
import mutex.peer.GracePeriods;
import mutex.peer.LocalPeer;
import mutex.peer.StateFile;
import mutex.status.Snapshot;
import mutex.text.Printable;
import mutex.transport.EventLoop;
import mutex.transport.SuspendAwareClock;
import mutex.wire.WireFields;
import mutex.wire.WireFrame;
import mutex.wire.WireStatus;

/** Lets tests see what the network package keeps to itself. */
public final class Edge {

    public static final int MOST_MESSAGE = EventLoop.MOST_MESSAGE;
    public static final int MOST_PEERS = WireFields.MOST_PEERS;
    public static final int PROTOCOL = WireFields.PROTOCOL;

    private Edge() {}

    public static MutexProto.Hello out(Hello hello) {
        return WireFields.out(hello);
    }

    public static Hello in(MutexProto.Hello hello) {
        return WireFields.in(hello);
    }

    public static List<MutexProto.Frame> out(Frame frame, VectorClock.Reading vector) {
        return WireFrame.out(frame, vector);
    }

    public static Frame in(MutexProto.Frame frame) {
        return WireFrame.in(frame);
    }

    public static VectorClock.Reading vector(MutexProto.Frame frame) {
        return WireFrame.vector(frame);
    }

    public static MutexProto.StatusReply out(Snapshot snapshot) {
        return WireStatus.out(snapshot);
    }

    public static Snapshot in(MutexProto.StatusReply status) {
        return WireStatus.in(status);
    }

    public static String text(String text) {
        return Printable.brief(text);
    }

    public static Optional<String> refusal(Hello mine, Hello theirs) {
        return Handshake.refusal(mine, theirs);
    }

    public static LongSupplier elapsed(LongSupplier monotonic, LongSupplier wall) {
        return new SuspendAwareClock(monotonic, wall)::now;
    }

    /** A peer whose wall clock is that one, nanoseconds. */
    public static LocalPeer start(EventLoop events, LocalPeer.PeerStart start, LongSupplier wall) throws IOException {
        return LocalPeer.start(events, start, new SuspendAwareClock(System::nanoTime, wall));
    }

    /** A state file whose folder is put on the disk so. */
    public static StateFile stateFile(Path folder, IoTask sync) {
        return new StateFile(folder.resolve("peer-1.json"), path -> sync.run());
    }

    /** May throw what a disk throws. */
    public interface IoTask {
        void run() throws IOException;
    }

    /** Tells the listener what tasks of the loop throw. */
    public static void whenFailed(EventLoop loop, Consumer<Throwable> listener) {
        loop.whenFailed(listener);
    }

    /** Runs the task on the loop soon, and then another after a while. */
    public static void later(EventLoop loop, Runnable task, Runnable after) {
        loop.later(task);
        loop.after(1_000_000, after);
    }

    public static Optional<String> disguise(boolean encrypted, int certified, Hello theirs) {
        return Handshake.disguise(encrypted, certified, theirs);
    }

    public static void write(StateFile file, DurableState saved, Consumer<String> done) {
        file.write(saved, done);
    }

    /** How long a peer with that file of tenants waits when it starts, milliseconds. */
    public static long tenantsLeft(Path file, Consumer<String> voice) {
        try (GracePeriods tenants = new GracePeriods(file.resolveSibling(file.getFileName().toString().replace(".tenants", ".json")), null, voice)) {
            return tenants.left();
        }
    }
}
