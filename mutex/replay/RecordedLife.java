package mutex.replay;

import java.util.ArrayList;
import java.util.List;
import mutex.log.LogLine;
import mutex.wire.NodeStart;

/** What the logs have of one process of a peer, from its beginning on. */
final class RecordedLife {

    final NodeStart beginning;
    final List<ReplayStep> steps = new ArrayList<>(); // the first is the beginning
    private long logged; // how many events of its own the last one in the log counts

    RecordedLife(NodeStart beginning, String where) {
        this.beginning = beginning;
        steps.add(new ReplayStep(null, where));
    }

    int peer() {
        return beginning.hello().id();
    }

    ReplayStep last() {
        return steps.get(steps.size() - 1);
    }

    void add(LogLine event) {
        last().events().add(event);
        logged = event.event().vector().of(peer());
    }

    /** Whether the log goes on after the process had logged so many events: what it sent till then is all in here. */
    boolean goesOnAfter(long events) {
        return logged > events;
    }

    /** The wall clock at the step, microseconds since 1970; of the peer's machine. */
    long wallMicros(int step) {
        return step == 0 ? beginning.wallMicros() : beginning.wallMicros(steps.get(step).fed().now());
    }
}
