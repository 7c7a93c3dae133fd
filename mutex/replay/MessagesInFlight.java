package mutex.replay;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import mutex.event.Frame;

/**
 * What the replayed nodes have sent and nobody has received yet. A peer sends what several steps have to say as one
 * frame, so parts are counted, and of headers it is known which there were.
 */
final class MessagesInFlight {

    private record MailWay(RecordedLife from, int to) {}

    private static final class Box {
        final Set<Frame> headers = new HashSet<>();
        final Map<Frame.FramePart, Integer> parts = new HashMap<>(); // how many of each
    }

    private final Map<MailWay, Box> boxes = new HashMap<>();

    void sent(RecordedLife from, int to, Frame frame) {
        Box box = boxes.computeIfAbsent(new MailWay(from, to), way -> new Box());
        box.headers.add(header(frame));
        frame.parts().forEach(part -> box.parts.merge(part, 1, Integer::sum));
    }

    /** What of the frame has not been sent; empty when all of it has. */
    List<Object> unsent(RecordedLife from, int to, Frame frame) {
        Box box = boxes.getOrDefault(new MailWay(from, to), new Box());
        Map<Frame.FramePart, Integer> wanted = new HashMap<>();
        frame.parts().forEach(part -> wanted.merge(part, 1, Integer::sum));
        List<Object> unsent = new ArrayList<>();
        wanted.forEach((part, count) -> {
            if (box.parts.getOrDefault(part, 0) < count) {
                unsent.add(part);
            }
        });
        if (unsent.isEmpty() && !box.headers.contains(header(frame))) {
            unsent.add(header(frame));
        }
        return unsent;
    }

    /** Takes out what is in it. */
    void received(RecordedLife from, int to, Frame frame) {
        Box box = boxes.get(new MailWay(from, to));
        if (box != null) {
            frame.parts().forEach(part -> box.parts.computeIfPresent(part, (same, count) -> count == 1 ? null : count - 1));
        }
    }

    void clear() {
        boxes.clear();
    }

    private static Frame header(Frame frame) {
        return new Frame(frame.from(), frame.fromEpoch(), frame.toEpoch(), frame.version(), frame.print(), frame.time(), frame.seen(), List.of());
    }
}
