package tests.simulation;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import mutex.event.Event;
import mutex.group.Group;
import mutex.group.Hello;
import mutex.group.Seed;
import mutex.group.Version;

/**
 * A process that is no member of the group and lies to those who are: a link, greetings, and frames of every
 * kind. It knows all that it could have been told, and guesses right what it was not. It never asks to be added
 * where that could be granted: a newcomer may become a member, and what a member does by lying is not excluded.
 */
final class Stranger {

    final int id;
    private final World world;
    private final SplittableRandom random;
    private final String endpoint;
    private final Group old; // the last one it was in; null: none
    private final Lies lies;
    private final Map<Integer, Integer> links = new HashMap<>(); // life of the machine at the other end, by its id
    private long epoch;
    private long process;

    /** @param old the group that went on without it; null for one that was in none */
    Stranger(World world, SplittableRandom random, int id, String endpoint, long epoch, Group old) {
        this.world = world;
        this.id = id;
        this.endpoint = endpoint;
        this.epoch = epoch;
        this.old = old;
        this.random = random;
        process = random.nextLong();
        lies = new Lies(random, id, endpoint, old != null);
    }

    /** One thing that it does to somebody. */
    void act() {
        List<Machine> all = List.copyOf(world.machines.values());
        Machine machine = all.get(random.nextInt(all.size()));
        machine.later(random.nextLong(5_000_000), () -> {
            if (machine.up() && deceives(machine)) {
                meet(machine);
            }
        });
    }

    /** Not who would be right to believe it: has not heard of its removal, may be introduced to it by one that has not, or seeks it. */
    private boolean deceives(Machine machine) {
        Group group = machine.node.group();
        if (machine.node.addresses().contains(endpoint)) {
            return false;
        }
        return group != null ? !group.members().containsKey(id) : old == null;
    }

    private void meet(Machine machine) {
        boolean linked = links.getOrDefault(machine.id, 0) == machine.life;
        int choice = linked ? random.nextInt(16) : 0;
        switch (choice) {
            case 0 -> {
                links.put(machine.id, machine.life);
                process += random.nextInt(2);
                machine.mislead(new Event.Linked(hello(machine), null));
            }
            case 1 -> {
                links.remove(machine.id);
                machine.mislead(new Event.Unlinked(id));
            }
            case 2 -> {
                if (machine.node.group() != null) {
                    machine.mislead(new Event.Linked(impersonation(machine), null));
                }
            }
            default -> {
                epoch += random.nextInt(8) == 0 ? random.nextLong(1L << 40) : 0;
                machine.mislead(new Event.Received(lies.frame(epoch, machine)));
            }
        }
    }

    /** With its old group, so that it cannot be added; who had none shows theirs, one with itself in it, or none. */
    private Hello hello(Machine machine) {
        Group theirs = Lies.groupOf(machine);
        Group shown = old != null ? old : switch (random.nextInt(3)) {
            case 0 -> theirs;
            case 1 -> theirs.with(id, endpoint, machine.node.seen() + 1);
            default -> null;
        };
        return hello(id, shown);
    }

    /** A member's id at another address, without a state that shows the present one. */
    private Hello impersonation(Machine machine) {
        Group theirs = Lies.groupOf(machine);
        List<Integer> members = List.copyOf(theirs.members().keySet());
        int member = members.get(random.nextInt(members.size()));
        return hello(member, switch (random.nextInt(3)) {
            case 0 -> new Group(theirs.origin() + 1, theirs.version(), theirs.members());
            case 1 -> new Group(theirs.origin(), new Version(1, 0), theirs.with(member, endpoint, 0).members());
            default -> null;
        });
    }

    private Hello hello(int id, Group shown) {
        return new Hello(id, endpoint, epoch, process, world.algorithms.name(), 0, shown, List.of(new Seed(endpoint, id)));
    }
}
