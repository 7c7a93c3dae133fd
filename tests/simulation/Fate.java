package tests.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import mutex.algorithm.Algorithm.TokenPlace;
import mutex.event.Event;
import mutex.group.Group;

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
            machine.startIfDown();
        } else if (!machine.paused()) {
            act(machine, Machine.lock(world.random.nextInt(world.profile.locks())));
        }
    }

    private void act(Machine machine, String lock) {
        boolean lease = world.profile.lease() > 0;
        switch (world.random.nextInt(lease ? 24 : world.profile.faults() ? 20 : 10)) {
            case 0, 1, 2, 3, 4 -> machine.ask(lock, false, Long.MAX_VALUE);
            case 5 -> machine.ask(lock, true, Long.MAX_VALUE);
            case 6 -> machine.ask(lock, world.random.nextInt(4) == 0, world.random.nextLong(SECOND / 2));
            case 7, 8 -> withdraw(machine);
            case 9 -> changeGroup(machine);
            case 10, 11, 12, 13 -> crash(machine);
            case 20, 21 -> machine.pause(world.random.nextLong(2 * world.profile.lease()));
            case 22, 23 -> silence(machine, anyone());
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

    private void changeGroup(Machine machine) {
        Group group = machine.node.group();
        int choice = world.profile.removals() ? world.random.nextInt(4) : 0;
        if (choice == 1 && group != null) {
            if (world.company.mayGo(group, machine.id)) {
                machine.leave();
            }
        } else if (choice > 1 && group != null) {
            List<Integer> others = List.copyOf(group.othersThan(machine.id));
            TreeSet<Integer> out = new TreeSet<>();
            for (int i = 0; !others.isEmpty() && i <= world.random.nextInt(2); i++) {
                out.add(world.any(others));
            }
            if (out.stream().allMatch(id -> world.company.mayGo(group, id))) {
                machine.remove(out, false);
            }
        } else {
            addNewcomer(world.machines.get(1 + world.random.nextInt(world.profile.founders())));
        }
    }

    private void addNewcomer(Machine founder) {
        List<Machine> newcomers = new ArrayList<>(world.machines.tailMap(world.profile.founders() + 1).values());
        if (founder != null && founder.up() && !founder.paused() && !newcomers.isEmpty()) {
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

    /** What one says does not reach the other, until all is mended or flips. */
    private void silence(Machine from, Machine to) {
        if (from != to) {
            world.wires.silence(from, to, world.random.nextInt(3) > 0);
        }
    }

    /** Goes on with the preferred kind of trouble as long as there is to be any. */
    void prefer() {
        if (world.ofToken() && world.profile.faults() && world.random.nextBoolean()) {
            hitTokens(world.random.nextLong(1_000_000, 40_000_000));
        }
        long lease = world.profile.lease();
        switch (world.profile.style()) {
            case PAIR_FLIPS -> {
                List<Machine> all = List.copyOf(world.machines.values());
                flip(all.get(0), all.get(all.size() - 1));
            }
            case CUT_HOLDER -> cutHolder(lease / 4);
            case ROTATING_SILENCE -> rotate(0);
            default -> { }
        }
    }

    /** Whoever has a token or makes one crashes now and then, or another while one is made, and is soon back. */
    private void hitTokens(long every) {
        again(world.random.nextLong(every), () -> {
            List<Machine> making = with(TokenPlace.BEING_MADE);
            List<Machine> having = with(TokenPlace.HERE);
            if (!making.isEmpty() && world.random.nextInt(6) == 0) {
                crashSoonBack(world.random.nextBoolean() ? world.any(making) : anyone());
            } else if (!having.isEmpty() && world.random.nextInt(20) == 0) {
                crashSoonBack(world.any(having));
            }
            hitTokens(every);
        });
    }

    private List<Machine> with(TokenPlace place) {
        return world.machines.values().stream().filter(machine -> machine.up() && !machine.node.locksWithToken(place).isEmpty()).toList();
    }

    private void crashSoonBack(Machine machine) {
        if (machine.up()) {
            machine.crash();
            world.after(world.random.nextLong(30_000_000), machine::startIfDown);
        }
    }

    private void again(long delay, Runnable what) {
        world.after(delay, () -> {
            if (world.troubled()) {
                what.run();
            }
        });
    }

    private void flip(Machine a, Machine b) {
        if (a != b) {
            world.wires.silence(a, b, world.random.nextBoolean());
            world.wires.silence(b, a, world.random.nextBoolean());
        }
        again(world.random.nextLong(world.profile.lease() / 10, world.profile.lease() * 3 / 2), () -> flip(a, b));
    }

    private void cutHolder(long delay) {
        again(delay, () -> {
            for (Machine machine : world.machines.values()) {
                if (machine.up() && !machine.holding.isEmpty()) {
                    isolate(machine, true);
                    again(world.random.nextLong(world.profile.lease() / 2, 3 * world.profile.lease()), () -> isolate(machine, false));
                }
            }
            cutHolder(world.random.nextLong(world.profile.lease() / 4, world.profile.lease()));
        });
    }

    private void rotate(int place) {
        List<Machine> all = List.copyOf(world.machines.values());
        isolate(all.get(place % all.size()), false);
        isolate(all.get((place + 1) % all.size()), true);
        again(world.random.nextLong(world.profile.lease() / 3, 2 * world.profile.lease()), () -> rotate(place + 1));
    }

    private void isolate(Machine machine, boolean on) {
        int ways = on ? world.random.nextInt(1, 4) : 0; // from it, to it, both
        for (Machine other : world.machines.values()) {
            if (other != machine) {
                world.wires.silence(machine, other, (ways & 1) != 0);
                world.wires.silence(other, machine, (ways & 2) != 0);
            }
        }
    }
}
