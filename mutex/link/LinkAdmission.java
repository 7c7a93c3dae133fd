package mutex.link;

import java.util.Comparator;
import java.util.Optional;
import java.util.function.Supplier;
import mutex.MutexProto;
import mutex.MutexProto.LinkMessage;
import mutex.group.Group;
import mutex.group.Hello;
import mutex.transport.EventLoop;
import mutex.wire.WireFields;

/**
 * Takes in the greeting that comes first on a link: whether the peer is let in, and, where it has two links, which one stays.
 * Loop thread only.
 */
final class LinkAdmission {

    private final EventLoop loop;
    private final Links.LinksOwner owner;
    private final Supplier<Hello> greeting;
    private final LinkTable table;
    private final Dialers dialers;
    private final LinkNotices notices;
    private long calledItself = System.nanoTime(); // when this peer last got a call of its own

    LinkAdmission(EventLoop loop, Links.LinksOwner owner, Supplier<Hello> greeting, LinkTable table, Dialers dialers, LinkNotices notices) {
        this.loop = loop;
        this.owner = owner;
        this.greeting = greeting;
        this.table = table;
        this.dialers = dialers;
        this.notices = notices;
    }

    /** Our greeting; only: there is no other link to whom it greets. */
    LinkMessage hello(boolean only) {
        return LinkMessage.newBuilder().setHello(WireFields.out(greeting.get()).toBuilder().setOnly(only)).build();
    }

    /** @throws IllegalArgumentException in one line when the message is garbled */
    void greet(Link link, MutexProto.Hello hello) {
        if (link.peer != null) {
            throw new IllegalArgumentException("a second hello");
        }
        Hello mine = greeting.get();
        if (hello.getProtocol() != WireFields.PROTOCOL) {
            refuse(link, "peer " + hello.getId() + " speaks protocol " + hello.getProtocol()
                    + ", peer " + mine.id() + " protocol " + WireFields.PROTOCOL + "; run the same release on all peers");
            return;
        }
        Hello theirs = Handshake.vouched(loop.encrypts(), mine, WireFields.in(hello));
        Optional<String> disguise = Handshake.disguise(loop.encrypts(), link.certified, theirs);
        if (theirs.process() == mine.process() && disguise.isEmpty()) {
            greetItself(link, mine);
            return;
        }
        Optional<String> refusal = disguise.or(() -> Handshake.refusal(mine, owner.lastGroup(), theirs))
                .or(() -> taken(theirs)).or(() -> crowded(mine, theirs));
        if (refusal.isPresent()) {
            refuse(link, refusal.get());
        } else {
            admit(link, theirs, mine.id(), hello.getOnly());
        }
    }

    private void greetItself(Link link, Hello mine) {
        if (link.dialed == null) {
            calledItself = System.nanoTime();
        }
        if (calledItself - link.madeAt < 0) {
            refuse(link, "what answers at " + link.dialed + " sends back what peer " + mine.id() + " says, and is no peer");
            return;
        }
        if (link.dialed == null) {
            link.send(hello(false)); // so that our own dialer sees it
        }
        table.dropUngreeted(link);
        link.close(); // and if it was dialed, it stays the dialer's: there is no point in another try
        if (link.dialed != null) {
            owner.ownAddress(link.dialed);
        }
    }

    /** H2, M2: two processes with one id, told apart from a restart by their addresses; one that says it moved gives way to the member itself. */
    private Optional<String> taken(Hello theirs) {
        Link known = table.of(theirs.id());
        Group last = owner.lastGroup();
        if (known == null || known.peer.endpoint().equals(theirs.endpoint())) {
            return Optional.empty();
        }
        if (last != null && last.lists(theirs)) {
            known.cut("the member itself is at " + theirs.endpoint());
            return Optional.empty();
        }
        boolean moves = last != null && last.mayMove(theirs);
        return Optional.of("id " + theirs.id() + " is taken by the peer at " + known.peer.endpoint() + (moves
                ? ", which still has a link; if it is over, that link ends within " + (int) Math.ceil(LinkWatch.SILENT_AFTER / 1e9) + " s"
                : "; start the one at " + theirs.endpoint() + " with another --id"));
    }

    /** Whoever can connect can greet with one id after the other; the members do not suffer from it. */
    private Optional<String> crowded(Hello mine, Hello theirs) {
        boolean member = mine.group() != null && mine.group().members().containsKey(theirs.id());
        if (table.peers().size() >= LinkTable.MOST_LINKS && !member) {
            long now = System.nanoTime();
            table.links().stream().filter(link -> link.stranger && now - link.greetedAt > LinkWatch.STRANGER_STAYS)
                    .min(Comparator.comparingLong(link -> link.greetedAt - now))
                    .ifPresent(link -> link.cut("it is no member, and another needs its place"));
        }
        return table.hasRoom() || member ? Optional.empty()
                : Optional.of("peer " + mine.id() + " has links to " + table.peers().size() + " peers, and takes no more strangers");
    }

    private void refuse(Link link, String reason) {
        notices.refused(link, reason);
        link.send(LinkMessage.newBuilder().setRefusal(reason).build());
        link.close();
        table.dropUngreeted(link);
        dialers.ended(link, reason);
    }

    private void admit(Link link, Hello theirs, int self, boolean only) {
        link.peer = theirs;
        link.greetedAt = System.nanoTime();
        link.stranger = owner.isStranger(theirs.id());
        table.dropUngreeted(link);
        if (link.dialed == null) {
            link.send(hello(false));
        }
        dialers.at(link.dialed == null ? theirs.endpoint() : link.dialed).ifPresent(dialer -> dialer.linked(theirs.id()));
        settle(link, self, only);
    }

    /**
     * H3: of two links to the same process that were made at once the preferred stays; a link to a newer process,
     * or from one that has given up the old link, replaces that.
     */
    private void settle(Link link, int self, boolean only) {
        Link old = table.of(link.peer.id());
        boolean givenUp = old != null && only && link.greetedAt - old.greetedAt > LinkWatch.GREET_WITHIN; // it was not dialed meanwhile
        boolean twin = old != null && old.peer.process() == link.peer.process() && !givenUp;
        boolean spare = twin && (!Handshake.preferred(link, self) || Handshake.preferred(old, self));
        if (!spare) {
            table.put(link);
        }
        if (twin) {
            // The other side may not have both yet: the smaller id has, when it gets here.
            if (self < link.peer.id()) {
                retire(spare ? link : old);
            } else {
                table.addSpare(spare ? link : old);
            }
        } else if (old != null) {
            retire(old);
            owner.unlinked(link.peer.id());
        }
        owner.linked(link.peer, link.dialed);
    }

    private void retire(Link link) {
        link.close();
        dialers.ended(link, null);
    }
}
