package mutex.replay;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import mutex.event.Event;
import mutex.event.LogEvent.EventKind;
import mutex.event.NodeView;
import mutex.status.Snapshot;
import mutex.status.StatusText;
import mutex.text.Count;

/**
 * Goes forward and back in a replay by numbered steps: those in which something happens. Where time passes or
 * heartbeats come and nothing follows, the nodes are fed, but no number is spent on it.
 */
final class StepCursor {

    /** The column at which a line says what happened, after its number. */
    static final int TEXT = 8;

    /** What is shown of what is not played one by one. */
    private static final Set<EventKind> TOLD = EnumSet.of(EventKind.ENTRY, EventKind.LOST);

    private final Replay replay;
    private final List<Integer> ends = new ArrayList<>(); // by number: how many of all steps are played then
    private final List<String> entries = new ArrayList<>(); // told with their numbers
    private final SortedSet<Integer> unheard = new TreeSet<>(); // members that have no log here
    private Difference first; // null: none
    private int firstNumber; // of the step with it
    private int differences;
    private long events;
    private int number; // of the last step that was played
    private long wallMicros; // at that

    StepCursor(Replay replay) {
        this.replay = replay;
        replay.arrange(this::arranged);
        replay.rewind();
    }

    private void arranged(Played played, int count) {
        if (!played.quiet()) {
            ends.add(count);
        }
        events += played.entries().size();
        played.entries().stream().filter(entry -> entry.what().kind() == EventKind.ENTRY)
                .forEach(entry -> entries.add(numbered(ends.size(), entry.toString())));
        if (first == null && !played.differences().isEmpty()) {
            first = played.differences().get(0);
            firstNumber = ends.size();
        }
        differences += played.differences().size();
        if (played.step().fed() != null && played.step().fed().event() instanceof Event.Received received
                && !replay.actors().containsKey(received.frame().from())) {
            unheard.add(received.frame().from());
        }
    }

    /** The first difference from the logs; null: there is none. */
    Difference first() {
        return first;
    }

    int number() {
        return number;
    }

    /** How many events the logs have. */
    long events() {
        return events;
    }

    int length() {
        return ends.size();
    }

    List<String> entries() {
        return entries;
    }

    SortedSet<Integer> unheard() {
        return unheard;
    }

    SortedSet<Integer> peers() {
        return new TreeSet<>(replay.actors().keySet());
    }

    /** What was replayed, and how that went. */
    String verdict() {
        int lives = replay.recording().lives().values().stream().mapToInt(List::size).sum();
        return Count.of(replay.actors().size(), "peer") + (lives > replay.actors().size() ? " (" + lives + " processes)" : "") + ", "
                + Count.of(ends.size(), "step") + ", " + Count.of(events, "event") + ", " + Count.of(entries.size(), "entry") + ": "
                + (first == null ? "the same as in the logs" : Count.of(differences, "difference") + ", the first at step " + firstNumber);
    }

    /** Plays the next numbered step; false at the end. */
    boolean step(Consumer<String> out) {
        return play(out, true) != null;
    }

    /** The next numbered step, with all its lines or those that tell where one is; null at the end. */
    private Played play(Consumer<String> out, boolean all) {
        if (number == ends.size()) {
            while (replay.position() < replay.length()) {
                replay.step();
            }
            return null;
        }
        number++;
        Played played = null;
        while (replay.position() < ends.get(number - 1)) {
            played = replay.step();
        }
        wallMicros = played.step().fed() == null ? played.life().beginning.wallMicros()
                : played.life().beginning.wallMicros(played.step().fed().now());
        lines(played, all).forEach(out);
        return played;
    }

    /** Undoes so many steps. */
    void back(int steps) {
        int target = Math.max(0, number - steps);
        replay.rewind();
        number = 0;
        wallMicros = 0;
        while (number < target) {
            play(line -> { }, false);
        }
    }

    /**
     * Plays on to the step with that number, to the first difference, or to the end; shows entries, losses and differences.
     *
     * @param toEntry whether to end at an entry, too
     */
    void run(int target, boolean toEntry, Consumer<String> out) {
        while (number < target) {
            Played played = play(out, false);
            if (played == null || !played.differences().isEmpty() || toEntry && enters(played)) {
                return;
            }
        }
    }

    private static boolean enters(Played played) {
        return played.entries().stream().anyMatch(entry -> entry.what().kind() == EventKind.ENTRY);
    }

    private List<String> lines(Played played, boolean all) {
        List<String> lines = new ArrayList<>();
        boolean whole = all || !played.differences().isEmpty();
        for (int i = 0; i < played.entries().size(); i++) {
            if (whole || TOLD.contains(played.entries().get(i).what().kind())) {
                String where = i < played.step().events().size() ? "   " + played.step().events().get(i).where() : "";
                lines.add(numbered(lines.isEmpty() ? number : 0, played.entries().get(i) + where));
            }
        }
        if (played.entries().isEmpty() && (whole || played.step().fed() == null)) {
            lines.add(numbered(number, EventText.of(played.life(), played.step())));
        }
        played.differences().forEach(difference -> lines.add("   DIFFERENCE " + difference));
        return lines;
    }

    private static String numbered(int number, String text) {
        return String.format(Locale.ROOT, "%6s  %s", number == 0 ? "" : "" + number, text);
    }

    /** The peer's locks, in the words of the peer's own shell. */
    List<String> state(int peer) {
        ReplayedPeer actor = replay.actors().get(peer);
        NodeView view = actor.begun() && !actor.between() ? actor.view(wallMicros) : null;
        if (view == null) {
            return List.of("peer " + peer + (!actor.begun() ? " has not started yet" : actor.between() ? " has ended, and starts again later"
                    : " has stopped, as it broke one of its own rules"));
        }
        var hello = actor.present().beginning.hello();
        return StatusText.lines(new Snapshot(view, hello.algorithm(), hello.leaseMillis(), List.of(), Map.of()));
    }
}
