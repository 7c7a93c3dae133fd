package tests.simulation;

import java.util.SortedMap;
import java.util.TreeMap;
import mutex.event.Event;
import mutex.event.Frame;
import mutex.group.Group;
import mutex.group.Hello;
import mutex.link.Handshake;

/**
 * The links: one for each pair of which one wants the other. Each end greets first; frames follow.
 * What is under way when a link breaks is lost; either end hears of it in its own time.
 */
final class Wires {

    /** A link on which one end is not greeted is given up, nanoseconds. */
    private static final long GREET_WITHIN = 1_000_000_000L;

    /** One end of a link. */
    private static final class WireEnd {
        final Machine machine;
        boolean greeted; // has heard the other end, has not heard that it broke
        long notBefore; // when the last frame to this end arrives
        boolean deaf; // what is sent to it is lost, and nobody is told

        WireEnd(Machine machine) {
            this.machine = machine;
        }
    }

    /** The link between a pair, or the lack of one. */
    private static final class SimulatedWire {
        final WireEnd low;
        final WireEnd high;
        boolean connected;
        boolean dialing;
        boolean cut; // nobody can connect it for now
        int generation;

        SimulatedWire(Machine low, Machine high) {
            this.low = new WireEnd(low);
            this.high = new WireEnd(high);
        }

        WireEnd end(Machine machine) {
            return low.machine == machine ? low : high;
        }

        WireEnd opposite(Machine machine) {
            return low.machine == machine ? high : low;
        }
    }

    private final World world;
    private final SortedMap<Integer, SimulatedWire> wires = new TreeMap<>(); // by both seats

    Wires(World world) {
        this.world = world;
    }

    private SimulatedWire between(Machine a, Machine b) {
        Machine low = a.seat < b.seat ? a : b;
        Machine high = a.seat < b.seat ? b : a;
        return wires.computeIfAbsent(low.seat * 100 + high.seat, key -> new SimulatedWire(low, high));
    }

    /** Connects the machine, soon, with everyone it wants or who wants it. */
    void refresh(Machine machine) {
        for (Machine other : world.all()) {
            if (other.id != machine.id) {
                dial(between(machine, other));
            }
        }
    }

    private void dial(SimulatedWire wire) {
        if (wire.dialing || wire.connected || wire.cut || !wanted(wire)) {
            return;
        }
        wire.dialing = true;
        world.after(world.random.nextLong(1_000_000, 30_000_000), () -> {
            wire.dialing = false;
            if (wire.low.greeted || wire.high.greeted) {
                dial(wire); // an end has not yet heard that it broke
            } else if (!wire.connected && !wire.cut && wanted(wire)) {
                wire.connected = true;
                wire.generation++;
                greet(wire, wire.low, wire.high);
                greet(wire, wire.high, wire.low);
            }
        });
    }

    private boolean wanted(SimulatedWire wire) {
        Machine low = wire.low.machine;
        Machine high = wire.high.machine;
        return low.up() && high.up()
                && (low.node.addresses().contains(high.endpoint) || high.node.addresses().contains(low.endpoint));
    }

    private void greet(SimulatedWire wire, WireEnd from, WireEnd to) {
        if (to.deaf) {
            int generation = wire.generation;
            world.after(GREET_WITHIN, () -> {
                if (wire.generation == generation) {
                    lose(wire);
                }
            });
            return;
        }
        String dialed = to.machine.node.addresses().contains(from.machine.endpoint) ? from.machine.endpoint : null;
        Hello said = from.machine.hello();
        Event hello = new Event.Linked(said, dialed);
        to.notBefore = world.now + latency();
        arrive(wire, to, to.notBefore, () -> {
            if (Handshake.refusal(to.machine.hello(), to.machine.node.lastGroup(), said).isPresent() || taken(to.machine, from.machine, said)) {
                lose(wire, 1_000_000_000);
            } else {
                to.greeted = true;
                to.machine.step(hello);
            }
        });
    }

    /** As the links do: of two processes with one id the first has the link, but the member itself takes it from one that says it moved. */
    private boolean taken(Machine at, Machine from, Hello hello) {
        for (Machine other : world.all()) {
            if (other.id == from.id && other != from && linked(at, other)) {
                Group last = at.node.lastGroup();
                if (last == null || !last.lists(hello)) {
                    return true;
                }
                SimulatedWire old = between(at, other);
                old.end(at).greeted = false;
                at.step(new Event.Unlinked(other.id));
                lose(old, GREET_WITHIN);
            }
        }
        return false;
    }

    /** Whether the machine has greeted the other over a link that it has not heard the end of. */
    boolean linked(Machine at, Machine other) {
        return between(at, other).end(at).greeted;
    }

    void send(Machine from, int id, Frame frame) {
        for (Machine other : world.all()) { // a stranger does not listen: it knows everything
            if (other.id == id && id != from.id) {
                send(from, other, frame);
            }
        }
    }

    private void send(Machine from, Machine other, Frame frame) {
        SimulatedWire wire = between(from, other);
        if (!wire.connected || !wire.end(from).greeted) {
            return;
        }
        WireEnd to = wire.opposite(from);
        if (to.deaf) {
            return;
        }
        long at = world.now + latency();
        if (!world.profile.reorder()) {
            at = to.notBefore = Math.max(to.notBefore, at);
        }
        Event received = new Event.Received(frame);
        Runnable step = () -> {
            if (to.greeted) {
                to.machine.step(received);
            }
        };
        arrive(wire, to, Math.max(at, to.notBefore), step);
        if (world.profile.repeat() && world.random.nextInt(6) == 0) {
            arrive(wire, to, Math.max(at, to.notBefore) + latency(), step);
        }
    }

    private void arrive(SimulatedWire wire, WireEnd to, long at, Runnable what) {
        int generation = wire.generation;
        to.machine.later(at - world.now, () -> {
            if (wire.generation == generation) {
                what.run();
            }
        });
    }

    private long latency() {
        int luck = world.random.nextInt(40);
        boolean stuck = luck == 0 && world.troubled() && world.profile.lease() > 0; // for longer than a beat, and the beat's answer
        return world.random.nextLong(100_000, stuck ? world.profile.lease() : luck < 4 ? 100_000_000 : 5_000_000);
    }

    /** What one sends to the other is lost from now on, or arrives again: by a link made anew, as some was lost. */
    void silence(Machine from, Machine to, boolean on) {
        SimulatedWire wire = between(from, to);
        WireEnd end = wire.end(to);
        if (end.deaf && !on) {
            lose(wire);
        }
        end.deaf = on;
    }

    /** Breaks the link between two machines, for now or until all cuts are mended. */
    void lose(Machine a, Machine b, boolean cut) {
        SimulatedWire wire = between(a, b);
        wire.cut |= cut;
        lose(wire);
    }

    void lose(Machine machine) {
        for (Machine other : world.all()) {
            if (other.id != machine.id) {
                lose(between(machine, other));
            }
        }
    }

    private void lose(SimulatedWire wire) {
        lose(wire, 50_000_000);
    }

    private void lose(SimulatedWire wire, long dialIn) {
        if (wire.connected) {
            wire.connected = false;
            wire.generation++;
            unlink(wire.low, wire.high.machine.id);
            unlink(wire.high, wire.low.machine.id);
            world.after(dialIn, () -> dial(wire));
        }
        // A crashed end forgets at once.
        wire.low.greeted &= wire.low.machine.up();
        wire.high.greeted &= wire.high.machine.up();
    }

    private void unlink(WireEnd end, int other) {
        if (end.greeted && end.machine.up()) {
            end.machine.later(world.random.nextLong(40_000_000), () -> {
                if (end.greeted) { // else another process of that peer has its place
                    end.greeted = false;
                    end.machine.step(new Event.Unlinked(other));
                }
            });
        }
    }

    void mend() {
        for (SimulatedWire wire : wires.values()) {
            wire.cut = false;
            if (wire.low.deaf || wire.high.deaf) {
                lose(wire);
            }
            wire.low.deaf = false;
            wire.high.deaf = false;
            dial(wire);
        }
    }
}
