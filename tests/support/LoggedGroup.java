package tests.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import mutex.algorithm.AlgorithmKind;
import mutex.event.Effect;
import mutex.event.Event;
import mutex.event.Frame;
import mutex.event.LogEvent;
import mutex.group.DurableState;
import mutex.group.Group;
import mutex.log.LogEntry;
import mutex.log.VectorClock;
import mutex.node.Node;

/**
 * Peers that contend for locks in one thread, as fast as it goes, and log under a virtual clock: for long logs
 * whose every event follows from a seed. No link ever fails.
 */
public final class LoggedGroup {

    private static final long START_MICROS = 1_795_000_000_000_000L;

    /** One peer, and what is under way to it. */
    private final class LoggedMember {
        final int id;
        final Node node;
        final VectorClock vector;
        final List<LogEntry> log = new ArrayList<>();
        final Deque<Runnable> inbox = new ArrayDeque<>();
        String wanted; // the lock it wants or holds; null: none
        boolean inside;
        int entries;

        LoggedMember(int id, Group group) {
            this.id = id;
            vector = new VectorClock(id);
            node = new Node(id, endpoint(id), 1_000 + id, List.of(), new DurableState(group, null),
                    algorithms);
        }

        void step(Event event) {
            for (Effect effect : node.step(event, nowMicros * 1_000)) {
                if (effect instanceof LogEvent note) {
                    log.add(new LogEntry(START_MICROS + nowMicros, id, vector.tick().reading(), note));
                    events++;
                    nowMicros += random.nextInt(20);
                } else if (effect instanceof Effect.Send send) {
                    send(send.to(), send.frame());
                } else if (effect instanceof Effect.Entered) {
                    inside = true;
                    entries++;
                }
            }
        }

        private void send(int to, Frame frame) {
            VectorClock.Reading reading = vector.reading();
            LoggedMember receiver = members.get(to);
            receiver.inbox.add(() -> {
                receiver.vector.merge(reading);
                receiver.step(new Event.Received(frame));
            });
        }

        /** Asks, or gives back what it holds. */
        void act(int locks) {
            if (wanted == null) {
                wanted = locks == 1 ? "default" : "lock-" + random.nextInt(locks);
                step(new Event.Ask(entries + 1, wanted, false, Long.MAX_VALUE));
            } else if (inside) {
                inside = false;
                wanted = null;
                step(new Event.Withdraw(entries));
            }
        }
    }

    private final SplittableRandom random;
    private final AlgorithmKind algorithms;
    private final TreeMap<Integer, LoggedMember> members = new TreeMap<>();
    private long nowMicros;
    private int events;

    public LoggedGroup(int size, long seed, AlgorithmKind algorithms) {
        random = new SplittableRandom(seed);
        this.algorithms = algorithms;
        TreeMap<Integer, String> endpoints = new TreeMap<>();
        for (int id = 1; id <= size; id++) {
            endpoints.put(id, endpoint(id));
        }
        Group group = Group.found(endpoints);
        endpoints.keySet().forEach(id -> members.put(id, new LoggedMember(id, group)));
        members.values().forEach(member -> member.step(new Event.Tick()));
        for (LoggedMember one : members.values()) {
            members.values().stream().filter(other -> other != one)
                    .forEach(other -> one.step(new Event.Linked(other.node.hello(other.id, "ricart-agrawala", 0), other.node.addresses().first())));
        }
    }

    private static String endpoint(int id) {
        return "host" + id + ":5000";
    }

    /** Lets them enter until there are so many events, and all be served then; gives the number of entries. */
    public int run(int enough, int locks) {
        List<LoggedMember> all = List.copyOf(members.values());
        while (events < enough || all.stream().anyMatch(member -> member.wanted != null || !member.inbox.isEmpty())) {
            LoggedMember member = all.get(random.nextInt(all.size()));
            nowMicros += random.nextInt(200);
            if (!member.inbox.isEmpty() && random.nextInt(4) > 0) {
                member.inbox.remove().run();
            } else if (member.wanted != null || events < enough) {
                member.act(locks);
            }
        }
        return all.stream().mapToInt(member -> member.entries).sum();
    }

    /** Writes {@code peer1.log} and so on. */
    public List<Path> write(Path folder) {
        List<Path> files = new ArrayList<>();
        for (LoggedMember member : members.values()) {
            Path file = folder.resolve("peer" + member.id + ".log");
            try {
                Files.write(file, member.log.stream().map(LogEntry::json).toList());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            files.add(file);
        }
        return files;
    }
}
