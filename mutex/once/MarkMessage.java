package mutex.once;

/** What members say to each other about the runs of jobs. */
public sealed interface MarkMessage {

    RunMark mark();

    /**
     * This is known here, and the receiver is to keep it too.
     *
     * @param ask whether it is to say so when it has written it down: the run waits for that
     */
    record Tell(RunMark mark, boolean ask) implements MarkMessage {}

    /** O4: this is on the sender's disk. */
    record Kept(RunMark mark) implements MarkMessage {}
}
