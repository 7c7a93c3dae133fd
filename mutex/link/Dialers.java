package mutex.link;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import mutex.transport.EventLoop;

/** A dialer for each address that a link is wanted to. Loop thread only. */
final class Dialers {

    private static final int MOST_AT_ONCE = 16;
    private static final long SOON = 200_000_000L; // nanoseconds, as all times here
    /** A try without an answer for so long is as good as lost, and keeps no other from being made. */
    private static final long LATE = 1_000_000_000L;
    private static final long LONGEST_PAUSE = 1_000_000_000L;
    private static final long PAUSE_AN_ADDRESS = LONGEST_PAUSE / 16; // a try costs half a millisecond of a processor

    private final EventLoop loop;
    private final String self; // our own address
    private final Map<String, Dialer> dialers = new HashMap<>();
    private int atOnce = 4; // so many tries under way: see answered
    private Set<String> wanted = Set.of(); // others are dialed no more

    Dialers(EventLoop loop, String self) {
        this.loop = loop;
        this.self = self;
    }

    /**
     * Dials these addresses from now on, and keeps of the others only those that carry a link, until that is over.
     *
     * @return the links that were given up with their addresses
     */
    List<Link> want(Collection<String> addresses) {
        long now = System.nanoTime();
        wanted = Set.copyOf(addresses);
        List<Dialer> over = all().stream()
                .filter(dialer -> !wanted.contains(dialer.address) && !dialer.carries()).toList();
        over.forEach(dialer -> dialers.remove(dialer.address));
        addresses.forEach(address -> dialers.computeIfAbsent(address, a -> new Dialer(a, loop, now)));
        return over.stream().map(Dialer::close).filter(Objects::nonNull).toList();
    }

    /** All of them, as they are now. */
    List<Dialer> all() {
        return List.copyOf(dialers.values());
    }

    /**
     * Those that are due, in the order in which they are to be dialed: whoever was tried longest ago comes first, and of equals the next after this
     * peer in the ring of all addresses. So of two peers that start at once mostly one dials, and the other finds its link made.
     */
    List<Dialer> inTurn(Predicate<Dialer> due) {
        long now = System.nanoTime();
        return dialers.values().stream().filter(due).sorted(Comparator.comparingLong((Dialer dialer) -> dialer.triedAt() - now)
                .thenComparing(dialer -> dialer.address.compareTo(self) < 0).thenComparing(dialer -> dialer.address)).toList();
    }

    /** How many more tries may begin now. */
    int room(long now) {
        return Math.max(0, atOnce - (int) dialers.values().stream().filter(dialer -> dialer.tries(now, LATE)).count());
    }

    /**
     * An address that was dialed has answered after so many nanoseconds. As in TCP, quick answers make room for more tries, and late ones for fewer:
     * where all peers of a large group start at once, they would be busy with so many tries of each other that none was answered in time.
     */
    void answered(long after) {
        atOnce = after < SOON ? Math.min(MOST_AT_ONCE, 2 * atOnce) : after < LATE ? atOnce : Math.max(1, atOnce / 2);
    }

    /** Between two tries of an address at which nobody is: with many addresses all together are tried 16 times a second. */
    long longestPause() {
        return Math.max(LONGEST_PAUSE, dialers.size() * PAUSE_AN_ADDRESS);
    }

    Collection<String> addresses() {
        return dialers.keySet();
    }

    Optional<Dialer> at(String address) {
        return Optional.ofNullable(dialers.get(address));
    }

    /** A link is over, or was never made; reason is for a person, null when all is well. */
    void ended(Link link, String reason) {
        Dialer dialer = dialers.get(link.dialed);
        if (dialer != null) {
            dialer.ended(link, reason, System.nanoTime());
            if (!wanted.contains(link.dialed)) {
                dialers.remove(link.dialed);
            }
        }
    }

    void close() {
        dialers.values().forEach(Dialer::close);
    }
}
