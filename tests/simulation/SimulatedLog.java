package tests.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import mutex.event.Frame;
import mutex.event.LogEvent;
import mutex.log.LogEntry;
import mutex.log.VectorClock;

/** Writes down what the simulated peers would have logged, with vectors that travel on their frames; if it is on. */
public final class SimulatedLog {

    private static final long START_MICROS = 1_795_000_000_000_000L;

    private final boolean on;
    private final Map<Integer, List<LogEntry>> logs = new TreeMap<>(); // by peer, all lives in one
    private final Map<Integer, VectorClock> vectors = new HashMap<>(); // of the present lives
    private final Map<Frame, VectorClock.Reading> underWay = new IdentityHashMap<>();

    SimulatedLog(boolean on) {
        this.on = on;
    }

    /** A process begins: its vector counts from 1 again. */
    void started(Machine machine) {
        vectors.put(machine.id, new VectorClock(machine.id));
    }

    void noted(Machine machine, LogEvent what, long now) {
        if (on) {
            logs.computeIfAbsent(machine.id, none -> new ArrayList<>())
                    .add(new LogEntry(START_MICROS + now / 1_000, machine.id, vectors.get(machine.id).tick().reading(), what));
        }
    }

    void sent(Machine machine, Frame frame) {
        if (on) {
            underWay.put(frame, vectors.get(machine.id).reading());
        }
    }

    void received(Machine machine, Frame frame) {
        if (on && underWay.containsKey(frame)) { // else a stranger's
            vectors.get(machine.id).merge(underWay.get(frame));
        }
    }

    /** By peer. */
    public Map<Integer, List<LogEntry>> logs() {
        return logs;
    }
}
