package mutex.replay;

import java.util.List;
import mutex.log.LogEntry;

/**
 * A step as it was played.
 *
 * @param life whose it was
 * @param entries what the node did, as its log would have it, but for the vector
 * @param differences from the log, in the order of its lines
 * @param quiet whether nothing happened but time and heartbeats
 */
record Played(RecordedLife life, ReplayStep step, List<LogEntry> entries, List<Difference> differences, boolean quiet) {}
