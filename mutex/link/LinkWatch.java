package mutex.link;

import mutex.MutexProto.LinkMessage;
import mutex.text.Durations;
import mutex.transport.NetworkErrorText;

/** Keeps links alive, and breaks off those that are not: pings who is quiet, and gives up who is silent. Loop thread only. */
final class LinkWatch {

    static final String UNANSWERED = "it accepts, but does not answer";
    static final long GREET_WITHIN = 3_000_000_000L; // nanoseconds, as all times here
    private static final long ACCEPT_WITHIN = 10_000_000_000L; // at one of all addresses of a name
    static final long SILENT_AFTER = 2_500_000_000L; // TCP, which waits ever longer, tries again later than a new link is made
    static final long STRANGER_STAYS = 60_000_000_000L; // then it gives way to another
    private static final long PING_EVERY = 2_000_000_000L;
    private static final long PING_WHO_IS_QUIET = 500_000_000L;
    private static final long QUIET_AFTER = 1_000_000_000L;

    private final LinkTable table;
    private final FaultLab lab;
    private long tickedAt = System.nanoTime();
    private long wokenAt = tickedAt; // when this process last went on after it was stopped

    LinkWatch(LinkTable table, FaultLab lab) {
        this.table = table;
        this.lab = lab;
    }

    /** To be called a few times a second, before the links are seen to. */
    void tick(long now) {
        wokenAt = now - tickedAt > QUIET_AFTER ? now : wokenAt;
        tickedAt = now;
    }

    /** Whether the name servers take longer than a peer may. */
    static boolean isLookedUpInVain(Link link) {
        return link.lookedUpAt - link.madeAt > GREET_WITHIN;
    }

    /** Pings it if that is due, or cuts it. */
    void see(Link link, long now) {
        lab.cut(link.other).ifPresent(link::cut);
        if (link.peer == null) {
            if (link.looksUp.getAsBoolean()) { // to break that off would only begin another
                link.lookedUpAt = now;
            } else if (link.acceptedAt != null && now - link.acceptedAt > GREET_WITHIN) {
                link.cut(UNANSWERED);
            } else if (link.acceptedAt == null && now - link.lookedUpAt > ACCEPT_WITHIN) {
                link.cut(NetworkErrorText.NOTHING);
            }
            return;
        }
        if (now - Math.max(link.heardAt, wokenAt) > SILENT_AFTER) {
            link.cut("silent for " + Durations.say(SILENT_AFTER));
        }
        if (link.stranger && now - link.greetedAt > STRANGER_STAYS && table.isSpare(link)) {
            link.cut("it keeps two links");
        }
        long pinged = now - link.pingedAt;
        boolean due = pinged >= PING_EVERY || pinged >= PING_WHO_IS_QUIET && now - link.heardAt >= QUIET_AFTER;
        if (due && !link.isClosed() && table.of(link.peer.id()) == link) { // a spare is the other side's to ping
            link.pingedAt = now;
            link.send(LinkMessage.newBuilder().setPing(now).build());
        }
    }
}
