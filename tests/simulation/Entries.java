package tests.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.util.List;
import mutex.event.NodeView;

/** What the tests of every algorithm do at a table: enter and leave, see who is inside, count what that took. */
public final class Entries {

    private Entries() {}

    /**
     * Enters and leaves; how many messages that took in all.
     *
     * @param lock or several, such as {@code a,b:shared}
     */
    public static int enters(Table table, int peer, String lock) {
        long asker = table.askFor(peer, lock);
        int messages = messages(table.settle());
        assertNotNull(table.entered(peer, asker), "peer " + peer + " enters " + lock);
        table.withdraw(peer, asker);
        return messages + messages(table.settle());
    }

    public static int messages(List<Table.Sent> delivered) {
        return delivered.stream().mapToInt(sent -> sent.messages().size()).sum();
    }

    /** Null when the peer does not know it. */
    public static NodeView.LockView lock(Table table, int peer, String name) {
        return table.view(peer).locks().stream().filter(lock -> lock.name().equals(name)).findFirst().orElse(null);
    }

    /** Of two peers that wait one is inside; the other follows when that has left. */
    public static void oneAfterTheOther(Table table, String lock, int one, long askerOfOne, int two, long askerOfTwo) {
        assertEquals(1, table.holders(lock).size());
        boolean oneFirst = table.entered(one, askerOfOne) != null;
        table.withdraw(oneFirst ? one : two, oneFirst ? askerOfOne : askerOfTwo);
        table.settle();
        assertNotNull(oneFirst ? table.entered(two, askerOfTwo) : table.entered(one, askerOfOne));
    }
}
