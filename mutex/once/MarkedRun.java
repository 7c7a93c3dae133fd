package mutex.once;

import java.util.HashSet;
import java.util.Set;

/** A run that a local asker wants: its mark, once there is one, and what has become of that. Only {@link MarkReplica} changes it. */
public class MarkedRun {

    final long period; // milliseconds
    final Set<Integer> kept = new HashSet<>(); // who has the mark on its disk
    RunMark mark; // null before it has entered
    RunMark earlier; // the run that forbids this one; null: none is known
    boolean begun;
    private final String job;

    public MarkedRun(String job, long period) {
        this.job = job;
        this.period = period;
    }

    public String job() {
        return job;
    }

    /** The run that forbids this one; null: none is known. */
    public RunMark earlier() {
        return earlier;
    }

    public boolean begun() {
        return begun;
    }

    /** Whether it waits until enough have written its mark down. */
    public boolean marks() {
        return mark != null && !begun && earlier == null;
    }
}
