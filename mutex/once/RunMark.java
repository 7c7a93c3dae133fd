package mutex.once;

/**
 * That a job was started: what a group remembers of a command that is to run at most once a period.
 *
 * <p>Source: docs/protocol/once.md, rules O1 to O4.
 *
 * @param job the name of the lock that it runs under
 * @param started by the wall clock of the peer that started it, milliseconds
 * @param period in which it is to run once, milliseconds
 * @param peer that started it
 * @param withdrawn whether that does not count any more
 */
public record RunMark(String job, long started, long period, int peer, boolean withdrawn) {

    /** The longest period, milliseconds. */
    public static final long MOST_PERIOD = 365L * 86_400_000;
    /** So much may two wall clocks differ, and a tenth of the period where that is more, milliseconds. */
    private static final long SKEW = 60_000;

    /** Of a run that counts. */
    public RunMark(String job, long started, long period, int peer) {
        this(job, started, period, peer, false);
    }

    /** Whether both are of the same run. */
    public boolean isOf(RunMark other) {
        return started == other.started && peer == other.peer && job.equals(other.job);
    }

    /** O2: whether after this run the other one would come too early. Nine tenths, as a timer may come a little early. */
    public boolean forbids(RunMark other) {
        return !withdrawn && !isOf(other) && started + nineTenths(other.period) > other.started;
    }

    /** When the job may be started again with the same period, wall-clock milliseconds. */
    public long next() {
        return started + nineTenths(period);
    }

    private static long nineTenths(long period) {
        return period - period / 10;
    }

    /** O1: whether there is no need to remember it at that time of the wall clock. */
    public boolean isOver(long wall) {
        return started + period + SKEW <= wall;
    }

    /** Whether a clock can have shown its start already that is as far off as clocks may be. */
    public boolean isBelievable(long wall) {
        return started - wall <= Math.max(SKEW, period / 10);
    }

    public RunMark withdraw() {
        return new RunMark(job, started, period, peer, true);
    }
}
