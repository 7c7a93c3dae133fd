package mutex.once;

import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The marks that a peer keeps, one a job (O1). The first that came stays as long as it forbids the others: a majority
 * that has acknowledged it must not lose it to one that is withdrawn later.
 */
public final class RunMarks {

    /** Jobs that are remembered; further ones are not taken in, as none may be forgotten. */
    public static final int MOST = 1_024;

    private final SortedMap<String, RunMark> marks = new TreeMap<>(); // by job

    public RunMarks(Collection<RunMark> saved) {
        saved.forEach(mark -> marks.put(mark.job(), mark));
    }

    public boolean isEmpty() {
        return marks.isEmpty();
    }

    /** What counts of that job at that time of the wall clock, or was withdrawn; null when nothing is known. */
    public RunMark find(String job, long wall) {
        RunMark mark = marks.get(job);
        return mark == null || mark.isOver(wall) || !mark.isBelievable(wall) ? null : mark;
    }

    /** All that count, or were withdrawn, by job. */
    public List<RunMark> all(long wall) {
        return marks.values().stream().filter(mark -> find(mark.job(), wall) != null).toList();
    }

    /** Whether there is room for a mark of the job. */
    public boolean hasRoom(String job, long wall) {
        if (marks.size() >= MOST) {
            marks.values().removeIf(mark -> mark.isOver(wall));
        }
        return marks.containsKey(job) || marks.size() < MOST;
    }

    /** O1, O4: keeps the mark unless what is known outranks it, or it says nothing here; whether it is another than before. */
    public boolean take(RunMark mark, long wall) {
        RunMark known = find(mark.job(), wall);
        boolean better = known == null || (known.isOf(mark) ? mark.withdrawn() && !known.withdrawn()
                : !mark.withdrawn() && (known.withdrawn() || mark.started() > known.started() && !known.forbids(mark)));
        if (!better || mark.isOver(wall) || !mark.isBelievable(wall) || !hasRoom(mark.job(), wall)) {
            return false;
        }
        marks.put(mark.job(), mark);
        return true;
    }
}
