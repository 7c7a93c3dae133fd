package mutex.node;

import java.util.List;
import mutex.algorithm.LockMode;
import mutex.algorithm.Mode;
import mutex.algorithm.Stamp;

/** Someone at this peer who wants one or more locks, together: first in line (L1), then with a request, then inside (K5). */
final class LocalAsker {

    final long id;
    final List<LockMode> wants;
    final boolean attempt;
    final LocalRequests.AskerEvents told; // how its request went
    List<NamedLock> locks = List.of(); // those it wants, in that order, as long as it wants them
    long deadline; // Long.MAX_VALUE: none
    boolean late; // its wait is over, and the deadline is that of the roll call
    Stamp stamp; // of its request; null in line, and until it asks anew
    long since; // when it asked or entered, nanoseconds
    long epoch; // in which it asked
    long fence; // of its entry; 0: it is not inside
    long regrouped; // how often the group had changed when it entered

    LocalAsker(long id, List<LockMode> wants, boolean attempt, long deadline, LocalRequests.AskerEvents told) {
        this.id = id;
        this.wants = wants;
        this.attempt = attempt;
        this.deadline = deadline;
        this.told = told;
    }

    /** For one lock alone, and it waits as long as it takes. */
    LocalAsker(long id, String lock, LocalRequests.AskerEvents told) {
        this(id, LockMode.exclusive(lock), false, Long.MAX_VALUE, told);
    }

    boolean inside() {
        return fence != 0;
    }

    /** K5: whether it is its turn at all its locks. */
    boolean isNextEverywhere() {
        for (NamedLock lock : locks) {
            if (lock.next() != this) {
                return false;
            }
        }
        return true;
    }

    /** K6: beside those who entered since the group changed last, as who was added then may have had higher fences. */
    boolean mayJoin(long regrouped) {
        for (NamedLock lock : locks) {
            if (!lock.algorithm.mayJoin(mode(lock)) || !lock.enteredSince(regrouped)) {
                return false;
            }
        }
        return true;
    }

    /** Whether those who are inside here leave room for it at all its locks. */
    boolean hasRoom() {
        for (NamedLock lock : locks) {
            if (!lock.hasRoomFor(this)) {
                return false;
            }
        }
        return true;
    }

    /** Whether it wants a part of a pool, for which all that others have of it is added up. */
    boolean wantsUnits() {
        for (LockMode want : wants) {
            if (want.mode() instanceof Mode.Units) {
                return true;
            }
        }
        return false;
    }

    /** How it wants that one of its locks. */
    Mode mode(NamedLock lock) {
        return wants.get(locks.indexOf(lock)).mode();
    }

    String names() {
        return LockMode.names(wants);
    }
}
