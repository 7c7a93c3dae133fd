package mutex.node;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import mutex.algorithm.Message;
import mutex.algorithm.Outgoing;
import mutex.algorithm.RicartAgrawala;
import mutex.algorithm.Stamp;
import mutex.node.LogEvent.Detail;
import mutex.node.LogEvent.EventKind;
import mutex.node.NamedLock.LocalAsker;

/** Collects what one step causes; messages to the same peer share a frame, sent when the step is over. */
final class StepOutput implements Locks.AskerEvents {

    private final Clocks clocks;
    private Detail.FollowsAlgorithm follows; // one for all requests
    private List<Effect> effects = new ArrayList<>();
    private final Map<Integer, List<Frame.FramePart>> parts = new LinkedHashMap<>(); // by receiver, first come first sent

    StepOutput(Clocks clocks) {
        this.clocks = clocks;
    }

    void add(Effect effect) {
        effects.add(effect);
    }

    void say(String line) {
        effects.add(new Effect.Say(line));
    }

    @Override
    public void entered(LocalAsker asker, Stamp stamp, long fence) {
        add(new Effect.Entered(asker.id(), asker.lock(), stamp, fence));
    }

    @Override
    public void ended(LocalAsker asker, Effect.Outcome outcome, String reason) {
        add(new Effect.Ended(asker.id(), asker.lock(), outcome, reason));
    }

    void send(int to, Frame.FramePart part) {
        parts.computeIfAbsent(to, peer -> new ArrayList<>(2)).add(part);
    }

    /** Lets the peer see our header. */
    void show(int to) {
        parts.computeIfAbsent(to, peer -> new ArrayList<>(2));
    }

    void send(String lock, List<Outgoing> outgoing) {
        for (Outgoing out : outgoing) {
            send(out.to(), new Frame.OfLock(lock, out.message()));
            note(EventKind.SEND, lock, out.to(), out.message());
        }
    }

    void note(EventKind kind, String lock, int peer, Message message) {
        note(new LogEvent(kind, clocks.epoch(), clocks.time(), lock, message.stamp(), 0, peer, message, null, null));
    }

    void note(EventKind kind, String lock, Stamp stamp, long fence) {
        note(new LogEvent(kind, clocks.epoch(), clocks.time(), lock, stamp, fence, 0, null, null, null));
    }

    /** With the name of the algorithm, where it is not the one that runs unless said otherwise. */
    void noteRequest(String lock, Stamp stamp, String algorithm) {
        boolean usual = algorithm.equals(RicartAgrawala.NAME);
        follows = usual || follows != null && follows.name().equals(algorithm) ? follows : new Detail.FollowsAlgorithm(algorithm);
        note(new LogEvent(EventKind.REQUEST, clocks.epoch(), clocks.time(), lock, stamp, 0, 0, null,
                usual ? null : follows, usual ? null : algorithm));
    }

    void note(EventKind kind, int peer, Detail detail, String text) {
        note(new LogEvent(kind, clocks.epoch(), clocks.time(), null, null, 0, peer, null, detail, text));
    }

    private void note(LogEvent happening) {
        effects.add(new Effect.Note(happening));
    }

    /** The step is over: what it caused, frames last. */
    List<Effect> take(Postman postman) {
        parts.forEach((to, content) -> Optional.ofNullable(postman.address(to, content)).ifPresent(effects::add));
        parts.clear();
        List<Effect> taken = effects;
        effects = new ArrayList<>();
        return taken;
    }

    /** Puts the header in front, and finds the way; null: there is none. */
    interface Postman {
        Effect.Send address(int to, List<Frame.FramePart> parts);
    }
}
