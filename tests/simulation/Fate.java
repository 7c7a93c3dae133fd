package tests.simulation;

import java.util.ArrayList;
import java.util.List;
import mutex.node.Event;

/** What people do and what happens to them, until everything heals. */
final class Fate {

    private static final long SECOND = 1_000_000_000L;

    private final World world;

    Fate(World world) {
        this.world = world;
    }

    /** One thing that somebody does, or that happens to somebody. */
    void act() {
        Machine machine = anyone();
        if (!machine.up()) {
            machine.start();
            return;
        }
        String lock = Machine.lock(world.random.nextInt(world.profile.locks()));
        switch (world.random.nextInt(world.profile.faults() ? 20 : 10)) {
            case 0, 1, 2, 3, 4 -> machine.ask(lock, false, Long.MAX_VALUE);
            case 5 -> machine.ask(lock, true, Long.MAX_VALUE);
            case 6 -> machine.ask(lock, world.random.nextInt(4) == 0, world.now + world.random.nextLong(SECOND / 2));
            case 7, 8 -> withdraw(machine);
            case 9 -> addNewcomer(world.machines.get(1 + world.random.nextInt(world.profile.founders())));
            case 10, 11, 12, 13 -> crash(machine);
            default -> breakLink(machine, anyone());
        }
    }

    private Machine anyone() {
        return world.any(List.copyOf(world.machines.values()));
    }

    private void withdraw(Machine machine) {
        List<Long> askers = machine.askers();
        if (!askers.isEmpty()) {
            machine.step(new Event.Withdraw(world.any(askers)));
        }
    }

    private void addNewcomer(Machine founder) {
        List<Machine> newcomers = new ArrayList<>(world.machines.tailMap(world.profile.founders() + 1).values());
        if (founder.up() && !newcomers.isEmpty()) {
            founder.add(world.any(newcomers));
        }
    }

    private void crash(Machine machine) {
        machine.crash();
        if (world.random.nextBoolean()) {
            world.after(world.random.nextLong(SECOND), machine::startIfDown);
        }
    }

    private void breakLink(Machine machine, Machine other) {
        if (other != machine) {
            world.wires.lose(machine, other, world.random.nextInt(3) == 0);
        }
    }
}
