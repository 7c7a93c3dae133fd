package tests.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import mutex.algorithm.AlgorithmKind;
import mutex.algorithm.LockMode;
import mutex.event.Effect;
import mutex.event.Event;
import mutex.event.Frame;
import mutex.group.DurableState;
import mutex.group.Group;
import mutex.node.Node;

/**
 * The local states of real nodes, each known by a number. A node depends on nothing but the events it
 * had, so a step from a state is computed once, on a node that goes through the events again.
 */
final class Locals {

    /** The event: the next asker asks, if not too many of the peer want or hold something. */
    static final int ASK = -1;
    /** The event: the peer's first asker releases, or cancels where that may happen; that of the next is one less. */
    static final int LEAVE = -2;

    /**
     * A local state.
     *
     * @param from the state it was first reached from; null at the start
     * @param asked how many of the peer have asked
     * @param waiting the askers that wait, by number from 1
     * @param inside those that are inside
     * @param fences of its last entries, by lock and mode
     */
    record Local(int peer, Local from, Event event, int asked, SortedSet<Integer> waiting, SortedSet<Integer> inside, Map<LockMode, Long> fences) {

        int busy() {
            return waiting.size() + inside.size();
        }
    }

    /** What an event leads to: the next local state and the messages sent. */
    record LocalOutcome(int next, int[] sent) {}

    /** A message on its way. */
    private record LocalSent(int to, Frame frame) {}

    /** What makes local states equal. */
    private record Identity(int peer, int asked, Map<LockMode, Long> fences, String fingerprint) {}

    private final AlgorithmKind algorithms;
    private final List<List<List<LockMode>>> wishes; // by peer and asker
    private final int together;
    private final boolean cancels;
    private final SortedMap<Integer, String> members = new TreeMap<>();
    private final List<Local> locals = new ArrayList<>();
    private final Map<Identity, Integer> numbers = new HashMap<>();
    private final List<LocalSent> messages = new ArrayList<>();
    private final Map<LocalSent, Integer> messageNumbers = new HashMap<>();
    private final Map<Long, LocalOutcome> outcomes = new HashMap<>();

    /**
     * @param wishes what the askers of each peer want, in the order in which they ask
     * @param together how many of a peer may want or hold something at once
     */
    Locals(AlgorithmKind algorithms, List<List<List<LockMode>>> wishes, int together, boolean cancels) {
        this.algorithms = algorithms;
        this.wishes = wishes;
        this.together = together;
        this.cancels = cancels;
        for (int id = 1; id <= wishes.size(); id++) {
            members.put(id, "host" + id + ":1");
        }
    }

    /** What that asker of the peer wants. */
    List<LockMode> wish(Local local, int asker) {
        return wishes.get(local.peer - 1).get(asker - 1);
    }

    int most(int peer) {
        return wishes.get(peer).size();
    }

    Local get(int number) {
        return locals.get(number);
    }

    int addressee(int message) {
        return messages.get(message).to - 1;
    }

    int[] start() {
        return members.keySet().stream()
                .mapToInt(id -> number(new Local(id, null, null, 0, new TreeSet<>(), new TreeSet<>(), Map.of()), fresh(id)))
                .toArray();
    }

    /** A node in a group that has begun, linked with all. */
    private Node fresh(int id) {
        Node node = make(id);
        members.keySet().stream().filter(other -> other != id)
                .forEach(other -> node.step(new Event.Linked(make(other).hello(other, "", 0), null), 0));
        return node;
    }

    private Node make(int id) {
        Node node = new Node(id, members.get(id), 1, List.of(), new DurableState(Group.found(members), null), algorithms);
        node.step(new Event.Tick(), 0);
        return node;
    }

    /** Null when the event cannot happen in that state. */
    LocalOutcome step(int peer, int local, int event) {
        Local before = locals.get(local);
        int leaver = LEAVE - event + 1;
        if (event == ASK ? before.busy() == together || before.asked == most(peer)
                : event <= LEAVE && !before.inside.contains(leaver) && !(cancels && before.waiting.contains(leaver))) {
            return null;
        }
        return outcomes.computeIfAbsent((long) local << 32 | event & 0xffffffffL, key -> compute(before, event));
    }

    private LocalOutcome compute(Local before, int number) {
        Event event = number == ASK ? new Event.Ask(before.asked + 1, wish(before, before.asked + 1), false, Long.MAX_VALUE)
                : number <= LEAVE ? new Event.Withdraw(LEAVE - number + 1)
                : new Event.Received(messages.get(number).frame);
        Node node = replay(before);
        List<Integer> sent = new ArrayList<>();
        SortedSet<Integer> waiting = new TreeSet<>(before.waiting);
        SortedSet<Integer> inside = new TreeSet<>(before.inside);
        Map<LockMode, Long> fences = new HashMap<>(before.fences);
        if (number == ASK) {
            waiting.add(before.asked + 1);
        }
        for (Effect effect : node.step(event, 0)) {
            if (effect instanceof Effect.Send send) {
                sent.add(number(new LocalSent(send.to(), send.frame())));
            } else if (effect instanceof Effect.Entered entered) {
                waiting.remove((int) entered.asker());
                inside.add((int) entered.asker());
                wish(before, (int) entered.asker()).forEach(one -> fences.put(one, entered.fence()));
            } else if (effect instanceof Effect.Ended ended) {
                waiting.remove((int) ended.asker());
                inside.remove((int) ended.asker());
            }
        }
        Local after = new Local(before.peer, before, event, before.asked + (number == ASK ? 1 : 0), waiting, inside, fences);
        return new LocalOutcome(number(after, node), sent.stream().mapToInt(Integer::intValue).toArray());
    }

    private Node replay(Local local) {
        List<Event> events = new ArrayList<>();
        for (Local at = local; at.from != null; at = at.from) {
            events.add(0, at.event);
        }
        Node node = fresh(local.peer);
        events.forEach(event -> node.step(event, 0));
        return node;
    }

    private int number(Local local, Node node) {
        Identity identity = new Identity(local.peer, local.asked, local.fences, Fingerprint.of(node));
        return numbers.computeIfAbsent(identity, i -> {
            locals.add(local);
            return locals.size() - 1;
        });
    }

    private int number(LocalSent sent) {
        return messageNumbers.computeIfAbsent(sent, s -> {
            messages.add(s);
            return messages.size() - 1;
        });
    }

    /** How the local state came about. */
    String story(int number) {
        StringBuilder story = new StringBuilder();
        for (Local at = locals.get(number); at.from != null; at = at.from) {
            story.insert(0, "\n  " + at.event);
        }
        return story.toString();
    }
}
