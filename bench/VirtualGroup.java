package bench;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SortedMap;
import java.util.TreeMap;
import mutex.algorithm.AlgorithmKind;
import mutex.algorithm.Message.Token;
import mutex.event.Effect;
import mutex.event.Event;
import mutex.event.Frame;
import mutex.group.DurableState;
import mutex.group.Group;
import mutex.node.Node;
import mutex.text.LockName;

/** The shipped nodes of one group under virtual time, in which every message takes one {@link #DELAY}. */
final class VirtualGroup {

    /** Nanoseconds. */
    static final long DELAY = 1_000_000;

    /** Is told of entries. */
    interface EntryCount {
        void entered(int peer, long asker);
    }

    private record DueMessage(long at, long number, Runnable what) implements Comparable<DueMessage> {
        @Override
        public int compareTo(DueMessage other) {
            return at != other.at ? Long.compare(at, other.at) : Long.compare(number, other.number);
        }
    }

    private final SortedMap<Integer, Node> nodes = new TreeMap<>();
    private final SortedMap<Integer, Long> ticks = new TreeMap<>();
    private final PriorityQueue<DueMessage> agenda = new PriorityQueue<>();
    private final EntryCount entries;
    private long numbered;
    private long askers;
    private long now;
    private long messages;

    VirtualGroup(int size, AlgorithmKind algorithms, EntryCount entries) {
        this.entries = entries;
        SortedMap<Integer, String> members = new TreeMap<>();
        for (int id = 1; id <= size; id++) {
            members.put(id, "host" + id + ":1");
        }
        DurableState begun = new DurableState(Group.found(members), null);
        members.forEach((id, endpoint) -> nodes.put(id, new Node(id, endpoint, 1, List.of(), begun, algorithms)));
        nodes.keySet().forEach(id -> step(id, new Event.Tick()));
        nodes.forEach((id, node) -> nodes.forEach((other, there) -> {
            if (!other.equals(id)) {
                step(id, new Event.Linked(there.hello(other, algorithms.name(), 0), null));
            }
        }));
    }

    int size() {
        return nodes.size();
    }

    long now() {
        return now;
    }

    /** About the lock, or a new token for it, so far; but for a token that nobody wants. */
    long messages() {
        return messages;
    }

    long ask(int peer) {
        step(peer, new Event.Ask(++askers, LockName.DEFAULT, false, Long.MAX_VALUE));
        return askers;
    }

    void giveBack(int peer, long asker) {
        step(peer, new Event.Withdraw(asker));
    }

    void after(long delay, Runnable what) {
        agenda.add(new DueMessage(now + delay, numbered++, what));
    }

    /** Lets time pass until that many delays from now. */
    void run(long delays) {
        long end = now + delays * DELAY;
        while (!agenda.isEmpty() && agenda.peek().at <= end) {
            next();
        }
        now = end;
    }

    /** The next thing that happens. */
    void next() {
        DueMessage due = agenda.remove();
        now = due.at;
        due.what.run();
    }

    private void step(int peer, Event event) {
        Node node = nodes.get(peer);
        List<Runnable> entered = new ArrayList<>();
        for (Effect effect : node.step(event, now)) {
            if (effect instanceof Effect.Send send) {
                messages += counted(send.frame());
                after(DELAY, () -> step(send.to(), new Event.Received(send.frame())));
            } else if (effect instanceof Effect.Entered in) {
                entered.add(() -> entries.entered(peer, in.asker()));
            }
        }
        long wake = node.wakeAt();
        if (wake != Long.MAX_VALUE && !Long.valueOf(wake).equals(ticks.put(peer, wake))) {
            after(wake - now, () -> {
                if (ticks.get(peer) == wake) {
                    ticks.remove(peer);
                    step(peer, new Event.Tick());
                }
            });
        }
        entered.forEach(Runnable::run);
    }

    private long counted(Frame frame) {
        return frame.parts().stream().filter(part -> part instanceof Frame.OfLock ofLock
                && !(ofLock.message() instanceof Token token && token.quiet() >= 2 * size())).count();
    }
}
