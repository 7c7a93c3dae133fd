package tests.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import mutex.algorithm.AlgorithmKind;
import mutex.group.DurableState;
import mutex.group.Group;
import mutex.node.Effect;
import mutex.node.Event;
import mutex.node.Frame;
import mutex.node.Node;
import mutex.text.LockName;

/**
 * The local states of real nodes, each known by a number. A node depends on nothing but the events it
 * had, so a step from a state is computed once, on a node that goes through the events again.
 */
final class Locals {

    /** The event: ask for the lock, if none is wanted or held. */
    static final int ASK = -1;
    /** The event: release, or cancel where that may happen. */
    static final int LEAVE = -2;

    /**
     * A local state.
     *
     * @param from the state it was first reached from; null at the start
     * @param asked how often the peer has asked
     * @param fence of its last entry; 0 none
     * @param busy whether it wants or holds the lock
     */
    record Local(int peer, Local from, Event event, int asked, long fence, boolean busy, boolean holds) {}

    /** What an event leads to: the next local state and the messages sent. */
    record LocalOutcome(int next, int[] sent) {}

    /** A message on its way. */
    private record LocalSent(int to, Frame frame) {}

    /** What makes local states equal. */
    private record Identity(int peer, int asked, long fence, String fingerprint) {}

    private final AlgorithmKind algorithms;
    private final int requests;
    private final boolean cancels;
    private final SortedMap<Integer, String> members = new TreeMap<>();
    private final List<Local> locals = new ArrayList<>();
    private final Map<Identity, Integer> numbers = new HashMap<>();
    private final List<LocalSent> messages = new ArrayList<>();
    private final Map<LocalSent, Integer> messageNumbers = new HashMap<>();
    private final Map<Long, LocalOutcome> outcomes = new HashMap<>();

    Locals(AlgorithmKind algorithms, int peers, int requests, boolean cancels) {
        this.algorithms = algorithms;
        this.requests = requests;
        this.cancels = cancels;
        for (int id = 1; id <= peers; id++) {
            members.put(id, "host" + id + ":1");
        }
    }

    Local get(int number) {
        return locals.get(number);
    }

    int addressee(int message) {
        return messages.get(message).to - 1;
    }

    int[] start() {
        return members.keySet().stream()
                .mapToInt(id -> number(new Local(id, null, null, 0, 0, false, false), fresh(id)))
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
        if (event == ASK ? before.busy || before.asked == requests : event == LEAVE && !(cancels ? before.busy : before.holds)) {
            return null;
        }
        return outcomes.computeIfAbsent((long) local << 32 | event & 0xffffffffL, key -> compute(before, event));
    }

    private LocalOutcome compute(Local before, int number) {
        Event event = number == ASK ? new Event.Ask(before.asked + 1, LockName.DEFAULT, false, Long.MAX_VALUE)
                : number == LEAVE ? new Event.Withdraw(before.asked)
                : new Event.Received(messages.get(number).frame);
        Node node = replay(before);
        List<Integer> sent = new ArrayList<>();
        long fence = before.fence;
        boolean holds = before.holds;
        for (Effect effect : node.step(event, 0)) {
            if (effect instanceof Effect.Send send) {
                sent.add(number(new LocalSent(send.to(), send.frame())));
            } else if (effect instanceof Effect.Entered entered) {
                holds = true;
                fence = entered.fence();
            } else if (effect instanceof Effect.Ended) {
                holds = false;
            }
        }
        Local after = new Local(before.peer, before, event, before.asked + (number == ASK ? 1 : 0), fence,
                number == ASK || number != LEAVE && before.busy, holds);
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
        Identity identity = new Identity(local.peer, local.asked, local.fence, Fingerprint.of(node));
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
