package mutex.status;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import mutex.algorithm.Mode;
import mutex.algorithm.Stamp;
import mutex.event.NodeView.HoldView;
import mutex.event.NodeView.LockView;

/**
 * What one peer has to do with a lock: it is inside, once or several times in one mode, or waits, or knows of it.
 *
 * @param hold the oldest of those in its mode; null: it is not inside
 * @param alike how many there are in that mode
 * @param behind how many of the peer's askers queue behind, where this is the last that is told of the peer
 */
public record LockRole(Snapshot peer, LockView lock, HoldView hold, int alike, int behind) {

    private static final Comparator<LockRole> OLDEST_FIRST =
            Comparator.comparing(LockRole::stamp, Comparator.nullsLast(Comparator.naturalOrder()));

    public boolean holds() {
        return hold != null;
    }

    /** Whether it has asked, or has somebody who would if this peer could ask. */
    public boolean waits() {
        return hold == null && (lock.wish() != null || lock.stamp() == null && lock.waiting() > 0);
    }

    /** Of the hold or the request; null when there is none, or no majority to ask. */
    public Stamp stamp() {
        return hold != null ? hold.stamp() : lock.wish() == null ? null : lock.wish().stamp();
    }

    /** How long ago it entered or asked, nanoseconds. */
    public long sinceNanos() {
        return hold != null ? hold.sinceNanos() : lock.wish() == null ? lock.sinceNanos() : lock.wish().sinceNanos();
    }

    /** How it has or wants the lock, such as {@code shared}, and how often; empty when that is exclusive. */
    public String how() {
        Mode mode = hold != null ? hold.mode() : lock.wish() == null ? Mode.EXCLUSIVE : lock.wish().mode();
        return mode.equals(Mode.EXCLUSIVE) ? "" : mode + (alike > 1 ? " x" + alike : "");
    }

    /** Whose hold or request that is; null while it is not known, or there are several. */
    public LockClient client() {
        return alike > 1 ? null : peer.client(lock, stamp());
    }

    /** Those that hold. */
    public static List<LockRole> holders(List<LockRole> all) {
        return all.stream().filter(LockRole::holds).toList();
    }

    /** Those that wait, the oldest request first, then those that could not ask yet. */
    public static List<LockRole> queue(List<LockRole> all) {
        return all.stream().filter(LockRole::waits).sorted(OLDEST_FIRST).toList();
    }

    /** By name, the locks that some peer holds or waits for: what each of the peers has to do with it. */
    public static SortedMap<String, List<LockRole>> byLock(Collection<Snapshot> peers) {
        SortedMap<String, List<LockRole>> all = new TreeMap<>();
        for (Snapshot peer : peers) {
            peer.node().locks().forEach(lock -> all.computeIfAbsent(lock.name(), name -> new ArrayList<>()).addAll(of(peer, lock)));
        }
        all.values().removeIf(roles -> roles.stream().noneMatch(role -> role.holds() || role.waits()));
        return all;
    }

    private static List<LockRole> of(Snapshot peer, LockView lock) {
        int behind = lock.waiting() - (lock.stamp() == null ? 1 : 0);
        List<LockRole> roles = new ArrayList<>();
        for (Mode mode : lock.holds().stream().map(HoldView::mode).distinct().toList()) {
            List<HoldView> holds = lock.holds().stream().filter(hold -> hold.mode().equals(mode)).toList();
            roles.add(new LockRole(peer, lock, holds.get(0), holds.size() + (roles.isEmpty() ? peer.holds(lock) - lock.holds().size() : 0), 0));
        }
        if (lock.wish() != null || roles.isEmpty()) {
            roles.add(new LockRole(peer, lock, null, 1, behind));
        } else {
            LockRole last = roles.remove(roles.size() - 1);
            roles.add(new LockRole(peer, lock, last.hold, last.alike, behind));
        }
        return roles;
    }
}
