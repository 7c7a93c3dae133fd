package mutex.link;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import mutex.transport.EventLoop;

/** A dialer for each address that a link is wanted to. Loop thread only. */
final class Dialers {

    private final EventLoop loop;
    private final Map<String, Dialer> dialers = new HashMap<>();
    private Set<String> wanted = Set.of(); // others are dialed no more

    Dialers(EventLoop loop) {
        this.loop = loop;
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
