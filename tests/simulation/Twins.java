package tests.simulation;

import java.util.Collection;
import java.util.List;
import java.util.SplittableRandom;
import mutex.group.DurableState;
import mutex.group.Group;

/**
 * A second process of a member, at another address, with a copy of its state: of now, while the member itself goes on,
 * or an old one that was put back. With a lease the two never stand beside each other. In a third of them the member is inside
 * when all its links are cut, and the second process asks for the same lock at once: they meet if that has become the member
 * before the lease of the first is over. Draws from random numbers of its own: schedules without it are the same as ever.
 */
final class Twins {

    private static final long SECOND = 1_000_000_000L;
    private static final long CUT_WITHIN = SECOND / 20;
    private static final long NOTICED_WITHIN = SECOND / 20; // that a link is cut
    private static final int MOST_ASKED = 6;
    private static final int KINDS = 6; // in two of them a copy, in one a copy while the original is inside

    final boolean on;
    private final World world;
    private final SplittableRandom random;
    private final long ends; // of the trouble
    final boolean inside; // the original is, when it is copied; disks are sound, so that it can move at once
    private Machine original;
    private Machine twin; // null: not started
    private boolean settled; // one of the two is over, or will never be started
    private DurableState backup; // of the original
    private boolean due; // from now on it is cut off as soon as it is inside

    Twins(World world, SplittableRandom random, long ends) {
        this.world = world;
        this.random = random;
        this.ends = ends;
        boolean apt = world.profile.faults() && world.profile.lease() > 0 && world.profile.founders() > 2 && !world.company.blursLogs();
        int kind = random.nextInt(KINDS);
        on = kind < 3 && apt;
        inside = on && kind == 2;
    }

    void gather() {
        if (on) {
            List<Machine> all = List.copyOf(world.machines.values());
            original = all.get(random.nextInt(world.profile.founders()));
            world.after(random.nextLong(ends), () -> backup = original.disk);
            world.after(random.nextLong(ends), inside ? this::enter : this::copy);
        }
    }

    /** The one of the two that is not among the world's machines; null: none. */
    Machine second() {
        return twin == null || world.machines.get(twin.id) != twin ? twin : original;
    }

    private void enter() {
        due = true;
        ask(original);
    }

    /** The machine has entered; gives whether it stays inside for long, as its links are about to be cut. */
    boolean entered(Machine machine) {
        boolean now = due && !settled && machine == original;
        if (now) {
            due = false;
            world.after(random.nextLong(CUT_WITHIN), this::cutAndCopy);
        }
        return now;
    }

    /** All others are well then, for a while. */
    private void cutAndCopy() {
        if (!settled) {
            world.wires.mend();
            world.machines.values().forEach(Machine::startIfDown);
            cutOriginalFrom(world.machines.values());
            world.after(NOTICED_WITHIN, this::copy);
        }
    }

    private void cutOriginalFrom(Collection<Machine> others) {
        others.stream().filter(other -> other != original).forEach(other -> world.wires.lose(original, other, true));
    }

    private void copy() {
        DurableState state = !inside && backup != null && random.nextInt(3) == 0 ? backup : original.disk;
        Group group = state == null ? null : state.group();
        if (settled || group == null || group.members().size() == 1 // one alone moves by itself (M4), and nobody else can tell
                || !original.endpoint.equals(group.members().get(original.id))) {
            return;
        }
        cutOriginalFrom(world.machines.values().stream().filter(other -> random.nextInt(3) > 0).toList());
        twin = new Machine(world, original, state);
        twin.start();
        if (inside) {
            ask(twin);
        }
        for (int i = random.nextInt(MOST_ASKED); i >= 0; i--) {
            world.after(random.nextLong(3 * SECOND), this::act);
        }
    }

    private void ask(Machine one) {
        if (one.up() && !one.paused()) {
            one.ask(Machine.lock(random.nextInt(world.profile.locks())), false, Long.MAX_VALUE);
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
        } else {
            ask(twin);
        }
    }

    /** A person ends one of the two: the one that the group does not have and is not about to have. */
    void settle() {
        settled = true;
        if (twin == null) {
            return;
        }
        boolean moves = world.machines.values().stream().anyMatch(machine -> lists(machine.disk, twin.endpoint)
                || machine.up() && machine.node.addresses().contains(twin.endpoint));
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
