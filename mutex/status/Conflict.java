package mutex.status;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import mutex.algorithm.Mode;
import mutex.algorithm.Mode.Units;
import mutex.algorithm.Stamp;
import mutex.event.NodeView.HoldView;
import mutex.event.NodeView.LockView;
import mutex.event.NodeView.WishView;
import mutex.text.Durations;

/** What one peer has, or asked for earlier, of what the request of another needs (K1), in words. */
final class Conflict {

    private final WishView wish;
    private final Snapshot peer;
    private final LockView there;
    private final List<HoldView> holds; // of those that are in the way
    private final WishView older; // that is in the way; null: none

    private Conflict(WishView wish, Snapshot peer, LockView there) {
        this.wish = wish;
        this.peer = peer;
        this.there = there;
        holds = there.holds().stream().filter(hold -> hold.mode().use(wish.mode()) > 0).toList();
        WishView other = there.wish();
        boolean first = other != null && other.stamp() != null && wish.stamp() != null && other.stamp().compareTo(wish.stamp()) < 0;
        older = first && other.mode().use(wish.mode()) > 0 ? other : null;
    }

    /** Empty when nothing there is in the way of it. */
    static Optional<Conflict> of(WishView wish, Snapshot peer, LockView there) {
        Conflict conflict = new Conflict(wish, peer, there);
        return conflict.holds.isEmpty() && conflict.older == null ? Optional.empty() : Optional.of(conflict);
    }

    /** Whether somebody is inside, who has to leave; else the peer only asked earlier. */
    boolean held() {
        return !holds.isEmpty();
    }

    @Override
    public String toString() {
        List<String> all = new ArrayList<>();
        if (held()) {
            all.add(inUnits() ? units() : holds());
        }
        if (older != null) {
            all.add(waits());
        }
        return String.join("; ", all) + mistake();
    }

    private boolean inUnits() {
        return wish.mode() instanceof Units mine && holds.stream().allMatch(hold -> hold.mode() instanceof Units units && units.of() == mine.of());
    }

    private String units() {
        Units mine = (Units) wish.mode();
        long taken = holds.stream().mapToLong(hold -> ((Units) hold.mode()).take()).sum();
        return "has " + taken + " of " + mine.of() + " units with " + first() + ", you want " + mine.take();
    }

    private String holds() {
        Mode mode = holds.get(0).mode();
        return "holds it " + (mode.equals(Mode.EXCLUSIVE) ? "" : inMode(mode) + " ") + "with " + first();
    }

    private String first() {
        HoldView first = holds.get(0);
        int more = peer.holds(there) - there.holds().size() + holds.size() - 1;
        return first.stamp() + " for " + Durations.say(first.sinceNanos()) + by(first.stamp()) + (more > 0 ? " and " + more + " more" : "");
    }

    private String waits() {
        String since = "with " + older.stamp() + " for " + Durations.say(older.sinceNanos()) + by(older.stamp());
        return older.mode().equals(Mode.EXCLUSIVE) && wish.mode().equals(Mode.EXCLUSIVE) ? "asked earlier " + since
                : "waits " + purpose(older.mode()) + " " + since + ", and goes first";
    }

    private String purpose(Mode mode) {
        return mode == Mode.SHARED ? "to read" : mode == Mode.EXCLUSIVE ? wish.mode() == Mode.SHARED ? "to write" : "to have it alone"
                : mode instanceof Units units ? "for " + units.take() + " of " + units.of() + " units" : "for kind " + ((Mode.OfKind) mode).kind();
    }

    private static String inMode(Mode mode) {
        return mode instanceof Units units ? "as " + units.take() + " of " + units.of() + " units" : mode instanceof Mode.OfKind of ? "as kind " + of.kind() : mode.toString();
    }

    private String by(Stamp stamp) {
        LockClient client = peer.client(there, stamp);
        return client == null ? "" : " (" + client.who(peer.node().id()) + ")";
    }

    /** Where a pool is asked for by two sizes, or not as a pool. */
    private String mistake() {
        List<Mode> modes = new ArrayList<>(holds.stream().map(HoldView::mode).toList());
        if (older != null) {
            modes.add(older.mode());
        }
        if (wish.mode() instanceof Units mine) {
            for (Mode mode : modes) {
                if (mode instanceof Units units && units.of() != mine.of()) {
                    return "; that is a pool of " + units.of() + ", and you want one of " + mine.of() + ": two sizes of one lock exclude each other, and one is a mistake";
                }
            }
        }
        boolean beside = modes.stream().anyMatch(mode -> mode instanceof Units != wish.mode() instanceof Units);
        return beside ? "; units of a lock go beside units only" : "";
    }
}
