package mutex.link;

import java.util.Optional;
import mutex.group.Group;
import mutex.group.Hello;
import mutex.text.LeaseText;
import mutex.transport.PeerCertificate;

/** H1: whether two peers that greet each other can work together. Both sides come to the same answer. */
public final class Handshake {

    private Handshake() {}

    /** One line for the other side that says what does not fit; empty when all does. */
    public static Optional<String> refusal(Hello mine, Hello theirs) {
        if (!mine.algorithm().equals(theirs.algorithm())) {
            return Optional.of("peer " + theirs.id() + " runs " + theirs.algorithm() + ", peer " + mine.id() + " runs "
                    + mine.algorithm() + "; start all with the same --algorithm");
        }
        if (mine.leaseMillis() != theirs.leaseMillis()) {
            return Optional.of("peer " + theirs.id() + " runs with " + LeaseText.say(theirs.leaseMillis()) + ", peer "
                    + mine.id() + " with " + LeaseText.say(mine.leaseMillis()) + "; start all with the same --lease");
        }
        if (mine.id() == theirs.id() && mine.process() != theirs.process()) {
            return Optional.of("id " + mine.id() + " is taken by the peer at " + mine.endpoint()
                    + "; start the one at " + theirs.endpoint() + " with another --id");
        }
        return groups(mine, theirs);
    }

    /** With TLS: whether the peer is the one that its certificate is for. */
    public static Optional<String> disguise(boolean encrypted, int certified, Hello theirs) {
        return certified == (encrypted ? theirs.id() : PeerCertificate.NONE) ? Optional.empty()
                : Optional.of("peer " + theirs.id() + " at " + theirs.endpoint() + " shows " + shown(certified)
                        + "; start it with its own --tls-cert, which has the name URI:" + PeerCertificate.NAME + theirs.id());
    }

    /** M1: with TLS the certificate shows what a state file would: it is that member, at another address. */
    static Hello vouched(boolean encrypted, Hello mine, Hello theirs) {
        return encrypted && theirs.group() == null && mine.isMember() && mine.group().members().containsKey(theirs.id())
                && !mine.group().members().get(theirs.id()).equals(theirs.endpoint()) ? theirs.with(mine.group()) : theirs;
    }

    private static String shown(int certified) {
        return switch (certified) {
            case PeerCertificate.NONE -> "no certificate";
            case PeerCertificate.OF_CLIENT -> "the certificate of a client";
            default -> "the certificate of peer " + certified;
        };
    }

    private static Optional<String> groups(Hello mine, Hello theirs) {
        if (mine.group() == null) {
            return Optional.empty();
        }
        Group group = mine.group();
        String listed = group.members().get(theirs.id());
        boolean pair = mine.leaseMillis() > 0 && group.members().size() == 2;
        if (listed != null && !listed.equals(theirs.endpoint()) && (pair || !group.mayMove(theirs))) {
            return Optional.of("id " + theirs.id() + " is taken by the peer at " + listed
                    + " in this group; if it has moved to " + theirs.endpoint() + ", type \"" + removal(mine, theirs.id())
                    + "\" at peer " + mine.id() + ", and it is added again; else start that one with another --id");
        }
        boolean strangers = !mine.free() && !theirs.free() && group.origin() != theirs.group().origin();
        return strangers
                ? Optional.of("two groups that began apart: here " + group + "; there " + theirs.group())
                : Optional.empty();
    }

    /** What a member whose address changed is removed with: nobody else may take its place while it may be alive. */
    private static String removal(Hello mine, int moved) {
        return "remove " + moved + (mine.leaseMillis() == 0 || mine.group().members().size() == 2 ? " --force" : "");
    }

    /** H3: the same pair may have dialed each other at once; the link dialed by the smaller id stays. */
    static boolean preferred(Link link, int self) {
        return (link.dialed != null) == (self < link.peer.id());
    }
}
