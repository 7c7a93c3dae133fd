package mutex.link;

import java.util.Optional;
import mutex.group.Group;
import mutex.group.Hello;
import mutex.text.LeaseText;
import mutex.transport.PeerCertificate;

/** H1: whether two peers that greet each other can work together. Both sides come to the same answer. */
public final class Handshake {

    private Handshake() {}

    /**
     * One line for the other side that says what does not fit; empty when all does.
     *
     * @param last the group this peer is in, or that went on without it; null when it was in none
     */
    public static Optional<String> refusal(Hello mine, Group last, Hello theirs) {
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
        return last == null ? Optional.empty() : elsewhere(mine, last, theirs).or(() -> apart(mine, theirs));
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

    /** H2, M1: it has a member's id, at another address than the group has for that, as far as this peer knows. */
    private static Optional<String> elsewhere(Hello mine, Group last, Hello theirs) {
        boolean pair = mine.leaseMillis() > 0 && last.members().size() == 2 && mine.isMember() && !theirs.isMember();
        if (!last.isElsewhere(theirs) || last.mayMove(theirs) && !pair) {
            return Optional.empty();
        }
        String taken = "id " + theirs.id() + " is taken by the peer at " + last.members().get(theirs.id());
        return Optional.of(mine.isMember()
                ? taken + " in this group; if it has moved to " + theirs.endpoint() + ", type \"" + removal(mine, theirs.id()) + "\" at peer "
                        + mine.id() + ", and it is added again; else start that one with another --id"
                : taken + " as far as peer " + mine.id() + " knows, which is in no group now; if it has moved to " + theirs.endpoint()
                        + ", another member has to show peer " + mine.id() + " that; if none is left, stop peer " + mine.id()
                        + ", delete its state file, and add it again");
    }

    private static Optional<String> apart(Hello mine, Hello theirs) {
        return mine.free() || theirs.free() || mine.group().origin() == theirs.group().origin() ? Optional.empty()
                : Optional.of("two groups that began apart: here " + mine.group() + "; there " + theirs.group());
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
