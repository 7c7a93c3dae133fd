package mutex.replay;

import java.util.ArrayList;
import java.util.List;
import mutex.event.Effect;
import mutex.event.LogEvent;
import mutex.event.NodeView;
import mutex.log.LogEntry;
import mutex.log.LogLine;
import mutex.log.VectorClock;
import mutex.node.Node;
import mutex.wire.NodeStart;

/** One peer in the replay: plays its lives step by step and compares what its node does with the log. */
final class ReplayedPeer {

    private final List<RecordedLife> lives;
    private final MessagesInFlight mail;
    private int number; // of the present life, from 0
    private int next; // step of it
    private Node node; // null before the first life, and after a rule was broken
    private long at; // the node's clock at its last step, nanoseconds
    private long logged; // how many events of the present life its log had so far

    ReplayedPeer(List<RecordedLife> lives, MessagesInFlight mail) {
        this.lives = lives;
        this.mail = mail;
    }

    void rewind() {
        number = 0;
        next = 0;
        node = null;
        logged = 0;
    }

    boolean done() {
        return number == lives.size();
    }

    /** The life of the next step; the last one when there is none. */
    RecordedLife life() {
        return lives.get(Math.min(number, lives.size() - 1));
    }

    ReplayStep head() {
        return life().steps.get(next);
    }

    /** The wall clock of its machine at the next step, microseconds since 1970. */
    long wallMicros() {
        return life().wallMicros(next);
    }

    /** The life whose step was the last. */
    RecordedLife present() {
        return lives.get(next == 0 ? number - 1 : number);
    }

    /** Whether its first process was started. */
    boolean begun() {
        return number > 0 || next > 0;
    }

    /** Whether a process has ended, and the next one is not started yet. */
    boolean between() {
        return begun() && next == 0 && !done();
    }

    /** The node when the wall clock shows that; null when there is none, as it broke a rule. */
    NodeView view(long wallMicros) {
        if (node == null) {
            return null;
        }
        NodeStart beginning = present().beginning;
        long now = Math.max(at, beginning.now() + (wallMicros - beginning.wallMicros()) * 1_000);
        return node.view(next == 0 ? now : Math.min(now, Math.max(at, head().fed().now())));
    }

    /** The life that had the epoch; null when no log has it. */
    RecordedLife ofEpoch(long epoch) {
        RecordedLife found = null;
        for (RecordedLife life : lives) {
            found = life.beginning.hello().epoch() <= epoch ? life : found;
        }
        return found;
    }

    /** Whether that life has still to play what came before so many of its events. */
    boolean owes(RecordedLife life, long events) {
        int at = lives.indexOf(life);
        return at > number || at == number && logged <= events && !done();
    }

    Played play() {
        RecordedLife life = life();
        ReplayStep step = head();
        List<LogEntry> entries = new ArrayList<>();
        List<Difference> differences = new ArrayList<>();
        if (step.fed() == null) {
            node = life.beginning.node();
            at = life.beginning.now();
            logged = 0;
        } else if (node != null) {
            at = step.fed().now();
            feed(life, step, entries, differences);
        }
        compare(life, step, entries, differences);
        logged += step.events().size();
        if (++next == life.steps.size()) {
            number++;
            next = 0;
        }
        return new Played(life, step, entries, differences, entries.isEmpty() && differences.isEmpty() && step.fed() != null && step.fed().quiet());
    }

    private void feed(RecordedLife life, ReplayStep step, List<LogEntry> entries, List<Difference> differences) {
        try {
            for (Effect effect : node.step(step.fed().event(), step.fed().now())) {
                if (effect instanceof LogEvent note) {
                    entries.add(new LogEntry(life.wallMicros(next), life.peer(), VectorClock.Reading.ZERO, note));
                } else if (effect instanceof Effect.Send send) {
                    mail.sent(life, send.to(), send.frame());
                }
            }
        } catch (RuntimeException broken) { // only where the log is not what this node would have done
            node = null;
            differences.add(new Difference(step.where(), null,
                    "peer " + life.peer() + " stops: it broke one of its own rules: " + broken.getMessage()));
        }
    }

    private void compare(RecordedLife life, ReplayStep step, List<LogEntry> entries, List<Difference> differences) {
        List<LogLine> lines = step.events();
        boolean cut = step == life.last(); // the log may end in the middle of it
        int line = 0;
        int entry = 0;
        while (node != null && (line < lines.size() || entry < entries.size() && !cut)) {
            LogLine there = line < lines.size() ? lines.get(line) : null;
            LogEntry here = entry < entries.size() ? entries.get(entry) : null;
            boolean more = same(there, entry + 1, entries); // the log lacks a line, or has one too many
            boolean less = line + 1 < lines.size() && same(lines.get(line + 1), entry, entries);
            if (!same(there, entry, entries)) {
                String where = there != null ? there.where() : lines.isEmpty() ? step.where() : lines.get(lines.size() - 1).where();
                differences.add(new Difference(where, more || there == null ? null : text(there.event(), here),
                        less || here == null ? null : text(here, there == null ? null : there.event())));
                line -= more ? 1 : 0;
                entry -= less && !more ? 1 : 0;
            }
            line++;
            entry++;
        }
    }

    private static boolean same(LogLine line, int entry, List<LogEntry> entries) {
        return line != null && entry < entries.size() && line.event().what().equals(entries.get(entry).what());
    }

    /** In the words of the log; with the numbers that they leave out, where only those differ. */
    private static String text(LogEntry event, LogEntry other) {
        if (other == null || !event.toString().equals(other.toString())) {
            return event.toString();
        }
        return event + ", in epoch " + event.what().epoch() + " at Lamport time " + event.what().time()
                + (event.what().fence() == 0 ? "" : ", fence " + event.what().fence());
    }
}
