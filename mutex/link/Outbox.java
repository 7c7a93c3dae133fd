package mutex.link;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import mutex.node.Frame;

/**
 * Frames that wait for the end of the loop's turn: those to the same peer go as one, so that many
 * busy locks cost little more than one. Loop thread only.
 */
public final class Outbox {

    /** The newest header, which only knows more than those before it, and the parts of all. */
    private record Unsent(Frame header, List<Frame.FramePart> parts) {

        Frame frame() {
            return new Frame(header.from(), header.fromEpoch(), header.toEpoch(), header.version(), header.print(),
                    header.time(), header.seen(), parts);
        }
    }

    private final Consumer<Runnable> later;
    private final BiConsumer<Integer, Frame> out;
    private final Map<Integer, Unsent> waiting = new LinkedHashMap<>(); // by receiver
    private final Runnable flushFirst = this::flushFirst; // made once

    /**
     * @param later runs a task at the end of the loop's turn
     */
    public Outbox(Consumer<Runnable> later, BiConsumer<Integer, Frame> out) {
        this.later = later;
        this.out = out;
    }

    public void add(int to, Frame frame) {
        if (waiting.isEmpty()) {
            later.accept(flushFirst);
        }
        Unsent before = waiting.get(to);
        if (before != null && !alike(before.header, frame)) {
            flush(); // its parts count only under the epochs and the group they were written in
            before = null;
        }
        List<Frame.FramePart> parts = before == null ? new ArrayList<>() : before.parts;
        parts.addAll(frame.parts());
        waiting.put(to, new Unsent(frame, parts));
    }

    private static boolean alike(Frame one, Frame other) {
        return one.fromEpoch() == other.fromEpoch() && one.toEpoch() == other.toEpoch()
                && one.print() == other.print() && one.version().equals(other.version());
    }

    /** Sends to the first receiver; that is written before the frame to the next one is even built. */
    private void flushFirst() {
        Iterator<Map.Entry<Integer, Unsent>> first = waiting.entrySet().iterator();
        if (first.hasNext()) {
            Map.Entry<Integer, Unsent> next = first.next();
            first.remove();
            out.accept(next.getKey(), next.getValue().frame());
        }
        if (!waiting.isEmpty()) {
            later.accept(flushFirst);
        }
    }

    /** Sends what waits, at once. */
    public void flush() {
        Map<Integer, Unsent> ready = new LinkedHashMap<>(waiting);
        waiting.clear(); // a link that breaks in sending has the node say more
        ready.forEach((to, what) -> out.accept(to, what.frame()));
    }
}
