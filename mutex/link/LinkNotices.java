package mutex.link;

import mutex.transport.OncePerMinute;

/**
 * What a person reads about links: a line about a member once a minute; of lines about a stranger one, and so many of all
 * strangers. Loop thread only.
 */
final class LinkNotices {

    private static final long FLAPS_WITHIN = 5_000_000_000L;

    private final StrangerLimits strangers;
    private final Links.LinksOwner owner;
    private final OncePerMinute repeats = new OncePerMinute();

    LinkNotices(StrangerLimits strangers, Links.LinksOwner owner) {
        this.strangers = strangers;
        this.owner = owner;
    }

    void garbled(Link link, String problem) {
        if (mayBeSaid(link, name(link) + problem)) {
            owner.say("garbled message from " + name(link) + ": " + problem + "; its link is closed");
        }
    }

    void tooMuch(Link link) {
        if (mayBeSaid(link, "too much of " + name(link))) {
            owner.say(name(link) + " is no member of this group, and says more than is read of such a peer: "
                    + StrangerLimits.MOST_OF_ONE + " messages a second, " + StrangerLimits.MOST_OF_ALL + " of all of them; the rest waits");
        }
    }

    /** Said once where the same peer calls and is dialed, too. */
    void refused(Link link, String reason) {
        if (mayBeSaid(link, reason)) {
            owner.say(name(link) + " is refused: " + reason);
        }
    }

    /** It was dialed, and nobody has greeted. */
    void notMade(Link link, String reason) {
        String line = "no link to " + link.dialed + ": " + reason;
        if (repeats.first(line, System.nanoTime())) {
            owner.say(line);
        }
    }

    void gone(Link link, String reason) {
        long now = System.nanoTime();
        String line = name(link) + " is gone: " + reason;
        boolean flaps = now - link.madeAt < FLAPS_WITHIN;
        if (link.stranger ? strangers.mayBeNamed(line, now) : repeats.first(line, now) || !flaps) {
            owner.say(line);
        }
    }

    private boolean mayBeSaid(Link link, String line) {
        long now = System.nanoTime();
        boolean stranger = link.dialed == null && (link.peer == null || link.stranger);
        return repeats.first(line, now) && (!stranger || strangers.mayBeNamed(link.peer == null ? line : name(link), now));
    }

    private static String name(Link link) {
        return link.peer != null ? "peer " + link.peer.id() + " at " + link.peer.endpoint()
                : link.dialed != null ? "the peer at " + link.dialed : "a caller";
    }
}
