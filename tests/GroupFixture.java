package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import mutex.group.Group;
import mutex.text.LockName;
import tests.simulation.Table;
import tests.simulation.Table.Sent;

/** Peers without a lease at a table, and what the tests of the group rules share. */
abstract class GroupFixture {

    static final String LOCK = LockName.DEFAULT;
    final Table table = new Table();

    void start(int... ids) {
        for (int id : ids) {
            table.start(id, ids);
        }
    }

    /** As {@link #addAmid}, while some of what is sent is lost. */
    void addWhileLosing(Predicate<Sent> lost) {
        addAmid(() -> table.lose(lost));
    }

    /** Peer 3 is being added to the group of 1 and 2, by peer 1, after something has gone wrong. */
    void addAmid(Runnable trouble) {
        start(1, 2);
        table.linkAll();
        table.settle();
        table.start(3);
        trouble.run();
        table.add(1, 3);
        table.linkAll();
        table.settle();
    }

    void assertOneGroupOf(int... ids) {
        assertOneGroupOf(table, ids);
    }

    static void assertOneGroupOf(Table table, int... ids) {
        Set<Group> groups = Set.copyOf(table.groups().values());
        assertEquals(1, groups.size(), groups.toString());
        Map<Integer, String> members = new TreeMap<>();
        for (int id : ids) {
            members.put(id, Table.endpoint(id));
        }
        assertEquals(members, groups.iterator().next().members());
    }

    static void assertSaid(String part, List<String> said) {
        assertTrue(said.stream().anyMatch(line -> line.contains(part)), said.toString());
    }
}
