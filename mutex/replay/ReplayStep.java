package mutex.replay;

import java.util.ArrayList;
import java.util.List;
import mutex.log.LogLine;
import mutex.wire.RecordedStep;

/**
 * Something that was fed to a node, and the events that the log has of it.
 *
 * @param fed null at the beginning of a life: the node is made, and makes no step yet
 * @param where the line of the log that says so
 */
record ReplayStep(RecordedStep fed, String where, List<LogLine> events) {

    ReplayStep(RecordedStep fed, String where) {
        this(fed, where, new ArrayList<>());
    }
}
