package mutex.link;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import mutex.wire.WireFields;

/**
 * The links there are: one to each peer that has greeted, spares beside those, and those on which no greeting came yet.
 * Each is bounded, as anybody can call. Loop thread only.
 */
final class LinkTable {

    /** Strangers have what room is left; and there are as many spares. */
    static final int MOST_LINKS = 4 * WireFields.MOST_PEERS;
    private static final int MOST_UNGREETED = 64; // callers, not those we dial

    private final SortedMap<Integer, Link> links = new TreeMap<>(); // by peer
    private final Set<Link> spares = new HashSet<>(); // to the same process as the other; the other side closes one of the two
    private final Set<Link> ungreeted = new HashSet<>();
    private final Map<Integer, Long> lastHeard = new HashMap<>(); // of peers whose link is gone, nanoseconds

    /** Null when there is none. */
    Link of(int peer) {
        return links.get(peer);
    }

    Collection<Integer> peers() {
        return links.keySet();
    }

    /** One to each peer. */
    Collection<Link> links() {
        return links.values();
    }

    Stream<Link> greeted() {
        return Stream.concat(links.values().stream(), spares.stream());
    }

    /** All, as they are now. */
    List<Link> all() {
        return Stream.concat(greeted(), ungreeted.stream()).toList();
    }

    boolean isSpare(Link link) {
        return spares.contains(link);
    }

    /** Whether a peer that is no member finds a place. */
    boolean hasRoom() {
        return links.size() < MOST_LINKS && spares.size() < MOST_LINKS;
    }

    boolean isLinked(String address) {
        return links.values().stream().anyMatch(link -> link.peer.endpoint().equals(address));
    }

    /** Whether none is being dialed, and no peer has two. */
    boolean isSettled() {
        return spares.isEmpty() && !isDialing();
    }

    boolean isDialing() {
        return ungreeted.stream().anyMatch(link -> link.dialed != null);
    }

    boolean hasRoomForCallers() {
        return ungreeted.stream().filter(link -> link.dialed == null).count() < MOST_UNGREETED;
    }

    void addUngreeted(Link link) {
        ungreeted.add(link);
    }

    void dropUngreeted(Link link) {
        ungreeted.remove(link);
    }

    void dropUngreeted(Collection<Link> over) {
        ungreeted.removeAll(over);
    }

    void put(Link link) {
        links.put(link.peer.id(), link);
        lastHeard.remove(link.peer.id());
    }

    void addSpare(Link link) {
        spares.add(link);
    }

    /** It is over; whether it was the one to its peer. */
    boolean remove(Link link) {
        ungreeted.remove(link);
        spares.remove(link);
        return link.peer != null && links.remove(link.peer.id(), link);
    }

    Optional<Link> spareOf(int peer) {
        return spares.stream().filter(link -> link.peer.id() == peer).findFirst();
    }

    /** The spare takes the place of the one that is over. */
    void promote(Link spare) {
        spares.remove(spare);
        links.put(spare.peer.id(), spare);
    }

    void heardLast(int peer, long at) {
        if (lastHeard.size() < MOST_LINKS) {
            lastHeard.put(peer, at);
        }
    }

    /** How long nothing was heard from a peer without a link; -1 when nothing ever was. */
    long heardMillisAgo(int peer) {
        Long at = lastHeard.get(peer);
        return at == null ? -1 : (System.nanoTime() - at) / 1_000_000;
    }

    void close() {
        all().forEach(Link::close);
        links.clear();
    }
}
