package tests.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeSet;
import mutex.group.Group;

/**
 * What a group meets besides honest peers at fixed addresses: strangers that lie, outcasts that do so with the
 * state they were removed with, members that move, and clocks that are set while peers run. Draws from random
 * numbers of its own: schedules without any of it are the same as ever.
 */
final class Company {

    private static final long SECOND = 1_000_000_000L;
    private static final long DAY = 86_400_000L; // milliseconds
    private static final int FIRST_STRANGER = 90; // no machine has that id
    private static final int MOST_LIES = 40; // of each liar

    private final World world;
    private final SplittableRandom random;
    private final long ends; // of the trouble
    private final int strangers;
    private final boolean outcasts; // who leaves or is removed goes on and lies; some are removed by force, while they are down
    private final boolean moves;
    private final boolean clocks;
    private final Map<Integer, Group> cast = new HashMap<>(); // by outcasts' ids, their last groups
    private final Set<Integer> removers = new HashSet<>(); // may be alone, for all that its disk said of a removal
    private Machine victim; // is being removed by force, and kept down; null: none
    private Machine remover; // of the victim

    Company(World world, SplittableRandom random, long ends) {
        this.world = world;
        this.random = random;
        this.ends = ends;
        boolean faults = world.profile.faults();
        strangers = random.nextInt(4) == 0 ? random.nextInt(1, 3) : 0;
        outcasts = faults && random.nextInt(6) == 0;
        moves = faults && random.nextInt(6) == 0;
        clocks = faults && random.nextInt(6) == 0;
    }

    void gather() {
        for (int i = 0; i < strangers; i++) {
            int id = FIRST_STRANGER + i;
            introduce(new Stranger(world, random.split(), id, Machine.endpoint(id), random.nextLong(2_000_000), null));
        }
        often(outcasts, 3, this::expel);
        often(moves, 4, this::move);
        often(clocks, 4, this::setClock);
    }

    private void often(boolean on, int most, Runnable what) {
        for (int i = on ? random.nextInt(most) : -1; i >= 0; i--) {
            world.after(random.nextLong(ends), what);
        }
    }

    /** It lies until all is healed, and beyond. */
    private void introduce(Stranger stranger) {
        for (int i = random.nextInt(MOST_LIES); i >= 0; i--) {
            world.after(random.nextLong(Math.max(ends - world.now, SECOND) * 3 / 2), stranger::act);
        }
    }

    private Machine any(List<Machine> some) {
        return some.get(random.nextInt(some.size()));
    }

    /** A person removes by force a member that is down, and keeps it down until that is done or has failed. */
    private void expel() {
        List<Machine> able = world.machines.values().stream()
                .filter(machine -> machine.up() && !machine.paused() && machine.node.group() != null).toList();
        if (victim != null || able.isEmpty()) {
            return;
        }
        Machine by = any(able);
        List<Machine> others = new ArrayList<>(world.machines.values());
        others.removeIf(other -> other == by || removers.contains(other.id) || !by.node.group().members().containsKey(other.id) || !mayGo(by.node.group(), other.id)
                || isLastContact(other.id, by.id));
        if (!others.isEmpty()) {
            victim = any(others);
            remover = by;
            removers.add(by.id);
            victim.keepDown();
            by.remove(new TreeSet<>(List.of(victim.id)), true);
        }
    }

    /** The removal was made, or it failed; that of the victim by another member does not end the person's. */
    void removed(Machine by, SortedSet<Integer> ids, boolean made) {
        world.after(0, () -> ids.forEach(id -> {
            Machine machine = world.machines.get(id);
            if (machine == victim && by == remover && machine != null) {
                victim = null;
                machine.mayRun();
                if (made && wasMember(machine)) {
                    castOut(machine);
                } else {
                    machine.startIfDown();
                }
            } else if (made) {
                parted(machine);
            }
        }));
    }

    /** It has left, and comes back after a while, or lies from now on. */
    void left(Machine machine, long away) {
        if (outcasts) {
            world.after(0, () -> parted(machine));
        }
        world.after(away, machine::startIfDown);
    }

    private void parted(Machine machine) {
        if (outcasts && machine != null && machine != victim && wasMember(machine) && random.nextBoolean() && !isLastContact(machine.id, machine.id)) {
            castOut(machine);
        }
    }

    /** Whether somebody else, as far as its last group goes, knows nobody but that one: alone, a person would have to delete its state (W2). */
    private boolean isLastContact(int id, int by) {
        return world.machines.values().stream().filter(machine -> machine.id != id && machine.id != by && machine.lastGroup() != null).anyMatch(machine -> {
            SortedSet<Integer> others = machine.lastGroup().othersThan(machine.id);
            return others.contains(id) && others.stream().allMatch(other -> other == id || cast.containsKey(other));
        });
    }

    /** With others, at its address: who has moved, and came too late, may be added again. */
    private static boolean wasMember(Machine machine) {
        Group last = machine.lastGroup();
        return last != null && last.members().size() > 1 && machine.endpoint.equals(last.members().get(machine.id));
    }

    private void castOut(Machine machine) {
        Group old = machine.lastGroup();
        world.tell(machine.id, "goes on with its old state, " + old);
        machine.keepDown();
        machine.settleRemovals();
        world.machines.remove(machine.id);
        cast.put(machine.id, old);
        introduce(new Stranger(world, random.split(), machine.id, machine.endpoint, machine.startEpoch(), old));
    }

    /** Whether wall clocks are set, and disks are sound: then fences are written down in time. */
    boolean clocks() {
        return clocks;
    }

    /** Whether it was a member, whose entries came before. */
    boolean isOutcast(int id, Group group) {
        return cast.containsKey(id) && cast.get(id).origin() == group.origin();
    }

    /** Whether members are removed or move: a change goes without their permission for {@code .group}. */
    boolean excuses() {
        return outcasts || moves || world.twins.on || world.profile.removals();
    }

    /** Whether the logs of such a schedule show more than the rules of a lock: who was removed by force may be inside, who has moved is asked again. */
    boolean blursLogs() {
        return outcasts || moves;
    }

    /** A member whose state names its group starts at another address; if all did, nobody would be left to write that down. */
    private void move() {
        List<Machine> able = world.machines.values().stream().filter(machine -> machine.mayMove() && mostStay(machine.disk.group(), machine)).toList();
        if (!able.isEmpty()) {
            Machine machine = any(able);
            machine.move();
            world.after(random.nextLong(SECOND), machine::startIfDown);
        }
    }

    /** Whether nobody is left alone with members that are on the move. */
    boolean mayGo(Group group, int member) {
        return !moves || mostStay(group, world.machines.get(member));
    }

    private boolean mostStay(Group group, Machine mover) {
        long staying = world.machines.values().stream().filter(other -> other != mover && other.isAtItsPlaceIn(group)).count();
        return group.members().size() == 1 || group.majority((int) staying);
    }

    private void setClock() {
        Machine machine = any(List.copyOf(world.machines.values()));
        machine.setClock(random.nextLong(-DAY, DAY));
        if (machine.up() && random.nextBoolean()) {
            machine.crash();
            world.after(random.nextLong(SECOND), machine::startIfDown);
        }
    }
}
