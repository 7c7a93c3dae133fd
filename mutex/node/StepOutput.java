package mutex.node;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import mutex.algorithm.Algorithm.Outgoing;
import mutex.algorithm.Message;
import mutex.algorithm.Message.Request;
import mutex.algorithm.Mode;
import mutex.algorithm.RicartAgrawala;
import mutex.algorithm.Stamp;
import mutex.event.Effect;
import mutex.event.Frame;
import mutex.event.LogEvent;
import mutex.event.LogEvent.Detail;
import mutex.event.LogEvent.EventKind;
import mutex.group.GroupMessage;
import mutex.once.MarkMessage;
import mutex.once.RunMark;
import mutex.once.RunMarks;

/**
 * Collects what steps cause. Messages to the same peer share a frame: it is closed when the step is over, and as long as
 * nobody has taken it, what later steps have to say to that peer goes into it too, so that many busy locks cost little more than one.
 */
final class StepOutput implements LocalRequests.AskerEvents {

    private final long process;
    private final Clocks clocks;
    private final RunMarks marks;
    private final PeerTable peers;
    private Detail.FollowsAlgorithm follows; // one for all requests
    private List<Effect> effects = new ArrayList<>();
    private final Map<Integer, List<Frame.FramePart>> parts = new LinkedHashMap<>(); // of this step, by receiver
    private final Map<Integer, Effect.Send> frames = new LinkedHashMap<>(); // of earlier steps, by receiver, first come first sent
    private final Deque<Effect.Send> full = new ArrayDeque<>(); // frames that nothing may be added to

    /** @param process random number of the process, as in its greeting */
    StepOutput(long process, Clocks clocks, RunMarks marks, PeerTable peers) {
        this.process = process;
        this.clocks = clocks;
        this.marks = marks;
        this.peers = peers;
    }

    void add(Effect effect) {
        effects.add(effect);
    }

    void say(String line) {
        effects.add(new Effect.Say(line));
    }

    @Override
    public void entered(LocalAsker asker) {
        add(new Effect.Entered(asker.id, asker.names(), asker.stamp, asker.fence));
    }

    @Override
    public void ended(LocalAsker asker, Effect.Outcome outcome, String reason) {
        add(new Effect.Ended(asker.id, asker.names(), outcome, reason));
    }

    void send(int to, Frame.FramePart part) {
        parts.computeIfAbsent(to, peer -> new ArrayList<>(2)).add(part);
    }

    /** Lets the peer see our header. */
    void show(int to) {
        parts.computeIfAbsent(to, peer -> new ArrayList<>(2));
    }

    /** What the lock says, and what is known of the job that runs under it (O2); counts what is about our present request. */
    void send(NamedLock lock, List<Outgoing> outgoing) {
        RunMark mark = marks.isEmpty() || outgoing.isEmpty() ? null : marks.find(lock.name, clocks.wallMillis());
        Message before = null;
        Frame.OfLock part = null; // one for all that get the same message
        for (Outgoing out : outgoing) {
            int to = out.to();
            Message message = out.message();
            lock.messages += message instanceof Request ? 1 : 0;
            part = message == before ? part : new Frame.OfLock(lock.name, message);
            before = message;
            if (mark != null && !(message instanceof Request)) {
                send(to, new Frame.OfMark(new MarkMessage.Tell(mark, false))); // before it, as that may let the other enter
            }
            send(to, part);
            note(EventKind.SEND, lock.name, to, message);
        }
    }

    void note(EventKind kind, String lock, int peer, Message message) {
        effects.add(new LogEvent(kind, clocks.epoch(), clocks.time(), lock, message.stamp(), 0, peer, message, null, null));
    }

    void note(EventKind kind, String lock, Stamp stamp, long fence) {
        effects.add(new LogEvent(kind, clocks.epoch(), clocks.time(), lock, stamp, fence, 0, null, null, null));
    }

    /** With its mode where it is not exclusive, and with the name of the algorithm where it is not the one that runs unless said otherwise. */
    void noteRequest(String lock, Request wish, String algorithm) {
        Detail detail = null;
        String text = null;
        if (!wish.mode().equals(Mode.EXCLUSIVE)) {
            detail = new Detail.InMode(wish.mode());
            text = wish.mode().toString();
        } else if (!algorithm.equals(RicartAgrawala.NAME)) {
            follows = follows != null && follows.name().equals(algorithm) ? follows : new Detail.FollowsAlgorithm(algorithm);
            detail = follows;
            text = algorithm;
        }
        effects.add(new LogEvent(EventKind.REQUEST, clocks.epoch(), clocks.time(), lock, wish.stamp(), 0, 0, null, detail, text));
    }

    void note(EventKind kind, int peer, Detail detail, String text) {
        effects.add(new LogEvent(kind, clocks.epoch(), clocks.time(), null, null, 0, peer, null, detail, text));
    }

    /** The step is over: what it caused, but for what it had to say, which waits in frames for {@link #nextFrame}. */
    List<Effect> take(LocalGroup group, LeaseGate gate) {
        if (!parts.isEmpty()) {
            encloseParts(group.header(), gate);
            parts.clear();
        }
        List<Effect> taken = effects;
        effects = new ArrayList<>();
        return taken;
    }

    /** Puts the header in front of what the step has to say: the same to each receiver, but for the epoch that is known of it. */
    private void encloseParts(Frame header, LeaseGate gate) {
        for (Map.Entry<Integer, List<Frame.FramePart>> said : parts.entrySet()) {
            int to = said.getKey();
            int via = peers.linked(to) ? to : gate.neighbour(to);
            if (via == to) {
                enclose(to, header.to(peers.epochOf(to), said.getValue()));
            } else {
                relay(header, to, via, said.getValue());
            }
        }
    }

    /** D1, over the link to another member; what may not go that way is dropped. */
    private void relay(Frame header, int to, int via, List<Frame.FramePart> said) {
        List<Frame.FramePart> relayed = said.stream().filter(part -> !(part instanceof Frame.OfLease || part instanceof Frame.Relayed)).toList();
        if (!relayed.isEmpty() || said.isEmpty()) {
            Frame inner = header.to(peers.epochOf(to), relayed);
            enclose(via, header.to(peers.epochOf(via), new ArrayList<>(List.of(new Frame.Relayed(to, process, inner)))));
        }
    }

    /** The frame goes over the link to the peer, together with what waits for that already. */
    private void enclose(int to, Frame frame) {
        Effect.Send send = new Effect.Send(to, frame);
        Effect.Send before = frames.putIfAbsent(to, send);
        if (before != null && before.frame().takes(frame)) {
            List<Frame.FramePart> all = before.frame().parts();
            dropListings(all, frame.parts());
            all.addAll(frame.parts());
            frames.put(to, new Effect.Send(to, frame.with(all))); // the newest header only knows more
        } else if (before != null) {
            full.add(before);
            frames.put(to, send);
        }
    }

    /** A newer list says all that an older one did; where many peers start together there are thousands of them. */
    private static void dropListings(List<Frame.FramePart> waiting, List<Frame.FramePart> later) {
        for (Frame.FramePart part : later) {
            if (isListing(part)) {
                waiting.removeIf(StepOutput::isListing);
                return;
            }
        }
    }

    private static boolean isListing(Frame.FramePart part) {
        return part instanceof Frame.OfGroup ofGroup && ofGroup.message() instanceof GroupMessage.Listing;
    }

    boolean hasFrames() {
        return !frames.isEmpty() || !full.isEmpty();
    }

    /** Takes the frame that has waited longest; null when there is none. */
    Effect.Send nextFrame() {
        if (!full.isEmpty()) {
            return full.poll();
        }
        Iterator<Effect.Send> first = frames.values().iterator();
        if (!first.hasNext()) {
            return null;
        }
        Effect.Send next = first.next();
        first.remove();
        return next;
    }
}
