package mutex.group;

import java.util.Collection;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Whom a peer believes that is in no group yet: who is at an address that it was given (by its start list,
 * by discovery, by its own promise), and the members of a group that such a peer shows. Also what it says of the others, once.
 *
 * <p>Source: protocol.md, rule W6.
 */
final class TrustedPeers {

    private final SortedMap<Integer, SortedSet<String>> at = new TreeMap<>(); // linked peers, and where they answer
    private final SortedMap<Integer, Group> shown = new TreeMap<>(); // by linked peers, the last one
    private final Set<Integer> strangers = new TreeSet<>(); // linked, and have shown or proposed a group that does not count
    private final GroupHost host;

    TrustedPeers(GroupHost host) {
        this.host = host;
    }

    /** @param dialed the address it was reached at; null when it called */
    void hear(Hello hello, String dialed) {
        SortedSet<String> addresses = at.computeIfAbsent(hello.id(), peer -> new TreeSet<>());
        addresses.add(hello.endpoint());
        if (dialed != null) {
            addresses.add(dialed);
        }
        if (hello.group() != null) {
            shown.put(hello.id(), hello.group());
        }
    }

    void shows(int peer, Group group) {
        if (at.containsKey(peer)) {
            shown.put(peer, group);
        }
    }

    void forget(int peer) {
        at.remove(peer);
        shown.remove(peer);
        strangers.remove(peer);
    }

    /** Whether its word counts, given those addresses. */
    boolean count(int peer, Collection<String> given) {
        return isAt(peer, given) || shown.entrySet().stream().anyMatch(entry -> isAt(entry.getKey(), given)
                && at.getOrDefault(peer, new TreeSet<>()).contains(entry.getValue().members().getOrDefault(peer, "")));
    }

    private boolean isAt(int peer, Collection<String> given) {
        return at.getOrDefault(peer, new TreeSet<>()).stream().anyMatch(given::contains);
    }

    /** The last group that each linked peer has shown. */
    SortedMap<Integer, Group> shown() {
        return new TreeMap<>(shown);
    }

    /** Answers a proposal, but not before this peer has said that it does not know the other: who introduces it may not have greeted yet. */
    void refuse(int peer, Group next, int self) {
        if (strangers.contains(peer)) {
            host.send(peer, new GroupMessage.Unbound(next.version(), "peer " + self + " was not told to join a group of peer " + peer
                    + ": start it with the address of a member in its list, or with no list"));
        }
        sayUnknown(peer, "proposes a group");
    }

    /** This peer is in no group, and was not told of that one. */
    void sayUnknown(int peer, String does) {
        if (strangers.add(peer)) {
            host.say("peer " + peer + " " + does + ", but is at no address of this peer's list, nor introduced by one that is; "
                    + "that does not count; if it should, start this peer with the address of a member in its list");
        }
    }

    /** It is no member of the last group known here. */
    void sayStranger(int peer, Group last) {
        if (strangers.add(peer)) {
            host.say("peer " + peer + " shows a newer version of this group, but is no member of " + last
                    + "; that does not count until one of these shows it; if none of them is left, stop this peer, delete its state file, "
                    + "and add it again");
        }
    }
}
