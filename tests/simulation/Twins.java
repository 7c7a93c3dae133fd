package tests.simulation;

import java.util.List;
import java.util.SplittableRandom;
import mutex.group.DurableState;
import mutex.group.Group;

/**
 * A second process of a member, at another address, with a copy of its state: of now, while the member itself goes on,
 * or an old one that was put back. With a lease the two never stand beside each other. Draws from random numbers of its
 * own: schedules without it are the same as ever.
 */
final class Twins {

    private static final long SECOND = 1_000_000_000L;
    private static final int MOST_ASKED = 6;

    final boolean on;
    private final World world;
    private final SplittableRandom random;
    private final long ends; // of the trouble
    private Machine original;
    private Machine twin; // null: not started
    private boolean settled; // one of the two is over
    private DurableState backup; // of the original

    Twins(World world, SplittableRandom random, long ends) {
        this.world = world;
        this.random = random;
        this.ends = ends;
        boolean apt = world.profile.faults() && world.profile.lease() > 0 && world.profile.founders() > 2 && !world.company.blursLogs();
        on = random.nextInt(3) == 0 && apt;
    }

    void gather() {
        if (on) {
            List<Machine> all = List.copyOf(world.machines.values());
            original = all.get(random.nextInt(world.profile.founders()));
            world.after(random.nextLong(ends), () -> backup = original.disk);
            world.after(random.nextLong(ends), this::copy);
        }
    }

    /** The one of the two that is not among the world's machines; null: none. */
    Machine second() {
        return twin == null || world.machines.get(twin.id) != twin ? twin : original;
    }

    private void copy() {
        DurableState state = backup != null && random.nextInt(3) == 0 ? backup : original.disk;
        Group group = state == null ? null : state.group();
        if (group == null || !original.endpoint.equals(group.members().get(original.id))) {
            return;
        }
        for (Machine other : world.machines.values()) {
            if (other != original && random.nextInt(3) > 0) {
                world.wires.lose(original, other, true);
            }
        }
        twin = new Machine(world, original, state);
        twin.start();
        for (int i = random.nextInt(MOST_ASKED); i >= 0; i--) {
            world.after(random.nextLong(3 * SECOND), this::act);
        }
    }

    private void act() {
        if (settled) {
            return;
        }
        if (!twin.up()) {
            twin.start();
        } else if (random.nextInt(8) == 0) {
            twin.crash();
        } else if (!twin.paused()) {
            twin.ask(Machine.lock(random.nextInt(world.profile.locks())), false, Long.MAX_VALUE);
        }
    }

    /** A person ends one of the two: the one that the group does not have and is not about to have. */
    void settle() {
        if (twin == null) {
            return;
        }
        boolean moves = world.machines.values().stream().anyMatch(machine -> lists(machine.disk, twin.endpoint)
                || machine.up() && machine.node.addresses().contains(twin.endpoint));
        settled = true;
        (moves ? original : twin).keepDown();
        if (moves) {
            world.machines.put(twin.id, twin);
        }
    }

    private static boolean lists(DurableState disk, String endpoint) {
        return disk != null && (disk.group() != null && disk.group().members().containsValue(endpoint)
                || disk.promise() != null && disk.promise().next().members().containsValue(endpoint));
    }
}
