package tests.support;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import mutex.status.Explanation;
import mutex.status.Removal;
import mutex.status.Snapshot;
import mutex.status.StandingText;
import mutex.status.TopTable;

/** Lets tests see what the shell makes of a peer's state, without a peer. */
public final class Texts {

    private Texts() {}

    /** Why these members cannot be removed without {@code --force}, or at all. */
    public static Optional<String> objection(Snapshot now, SortedSet<Integer> ids) {
        Removal removal = new Removal(now, ids);
        return removal.impossible().or(removal::dangerous);
    }

    public static boolean canBeAgreed(Snapshot now, SortedSet<Integer> ids) {
        return new Removal(now, ids).canBeAgreed();
    }

    public static String risk(Snapshot now, SortedSet<Integer> ids) {
        return new Removal(now, ids).risk();
    }

    public static List<String> standing(Snapshot now) {
        return StandingText.lines(now);
    }

    public static String prompt(Snapshot now) {
        return StandingText.prompt(now);
    }

    public static List<String> why(int self, String lock, SortedMap<Integer, Snapshot> all) {
        return Explanation.explain(self, lock, all);
    }

    public static List<String> top(int self, SortedMap<Integer, Snapshot> all) {
        return TopTable.lines(self, all);
    }
}
