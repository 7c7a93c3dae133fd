package mutex.link;

import io.grpc.stub.StreamObserver;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Stream;
import mutex.MutexProto.LinkMessage;
import mutex.group.Group;
import mutex.group.Hello;
import mutex.text.Durations;
import mutex.text.Printable;
import mutex.transport.CallerCertificate;
import mutex.transport.EventLoop;
import mutex.transport.OncePerMinute;
import mutex.wire.WireFields;

/**
 * The links to other peers: dials the addresses it is given, accepts who calls, greets, and keeps
 * one link a pair. Loop thread only.
 */
public final class Links implements Link.LinkOwner {

    private static final long GREET_WITHIN = 3_000_000_000L;
    private static final long PING_EVERY = 2_000_000_000L;
    private static final long PING_WHO_IS_QUIET = 500_000_000L;
    private static final long QUIET_AFTER = 1_000_000_000L;
    private static final long SILENT_AFTER = 2_500_000_000L; // TCP, which waits ever longer, tries again later than a new link is made
    private static final int MOST_UNGREETED = 64; // callers, not those we dial
    private static final int MOST_LINKS = 4 * WireFields.MOST_PEERS; // strangers have what room is left; and as many spares
    private static final long STRANGER_STAYS = 60_000_000_000L; // then it gives way to another
    private static final long FLAPS_WITHIN = 5_000_000_000L;

    /** Who is told what happens on the links. */
    public interface LinksOwner {
        /** A link was made; dialed is the address, null when the other peer called. */
        void linked(Hello peer, String dialed);

        void unlinked(int peer);

        /** stranger: as {@link #isStranger}. */
        void received(int peer, boolean stranger, LinkMessage message);

        void ownAddress(String dialed);

        /** The group this peer is in, or else the one that went on without it; null when it was in none. */
        Group lastGroup();

        /** Whether the peer is no member of this peer's group, though there is one. */
        boolean isStranger(int peer);

        /** A task of the links threw; they go on. */
        void failed(Throwable error);

        /** One line for a person. */
        void say(String line);
    }

    private final EventLoop loop;
    private final LinksOwner owner;
    private final Supplier<Hello> greeting;
    private final FaultLab lab;
    private final SortedMap<Integer, Link> links = new TreeMap<>(); // greeted, one a peer
    private final Set<Link> spares = new HashSet<>(); // greeted, beside another to the same process; the other side closes one
    private final Set<Link> ungreeted = new HashSet<>();
    private final Dialers dialers;
    private final Map<Integer, Long> lastHeard = new HashMap<>(); // of peers whose link is gone
    private final OncePerMinute repeats = new OncePerMinute();
    private final StrangerLimits strangers = new StrangerLimits();
    private long tickedAt = System.nanoTime();
    private long calledItself = tickedAt; // when this peer last got a call of its own
    private long wokenAt = tickedAt; // when this process last went on after it was stopped
    private CompletableFuture<Void> settled = CompletableFuture.completedFuture(null);

    public Links(EventLoop loop, LinksOwner owner, Supplier<Hello> greeting, FaultLab lab) {
        this.loop = loop;
        this.lab = lab;
        this.owner = owner;
        dialers = new Dialers(loop);
        this.greeting = greeting;
        lab.whenUsed(this::suffer);
    }

    /** Keeps links to these addresses, and dials no others. */
    public void keep(Collection<String> addresses) {
        ungreeted.removeAll(dialers.want(addresses));
        tick();
    }

    /** To be called a few times a second: dials, pings, and drops who is silent. */
    public void tick() {
        long now = System.nanoTime();
        wokenAt = now - tickedAt > QUIET_AFTER ? now : wokenAt;
        tickedAt = now;
        dialers.all().forEach(dialer -> loop.guard(() -> dialIfDue(dialer, now)));
        Stream.of(links.values(), spares, ungreeted).flatMap(Collection::stream).toList()
                .forEach(link -> loop.guard(() -> tend(link, now)));
        if (spares.isEmpty() && ungreeted.stream().noneMatch(link -> link.dialed != null)) {
            settled.complete(null);
        }
    }

    /** Done when none is being made: until then a second one may replace the first, and requests are said again over it. */
    public CompletableFuture<Void> settled() {
        if (settled.isDone()) {
            settled = new CompletableFuture<>();
        }
        return settled;
    }

    /** The group has other members now. */
    public void regrouped() {
        Stream.of(links.values(), spares).flatMap(Collection::stream)
                .forEach(link -> link.stranger = owner.isStranger(link.peer.id()));
    }

    private void tend(Link link, long now) {
        lab.cut(link.other).ifPresent(link::cut);
        if (link.peer == null) {
            if (now - link.madeAt > GREET_WITHIN) {
                link.cut("it accepts, but does not answer");
            }
            return;
        }
        if (now - Math.max(link.heardAt, wokenAt) > SILENT_AFTER) {
            link.cut("silent for " + Durations.say(SILENT_AFTER));
        }
        if (link.stranger && now - link.greetedAt > STRANGER_STAYS && spares.contains(link)) {
            link.cut("it keeps two links");
        }
        long pinged = now - link.pingedAt;
        boolean due = pinged >= PING_EVERY || pinged >= PING_WHO_IS_QUIET && now - link.heardAt >= QUIET_AFTER;
        if (due && !link.isClosed() && links.get(link.peer.id()) == link) { // a spare is the other side's to ping
            link.pingedAt = now;
            link.send(LinkMessage.newBuilder().setPing(now).build());
        }
    }

    private void dialIfDue(Dialer dialer, long now) {
        Optional<String> cut = lab.cut(dialer.peer);
        if (cut.isPresent()) {
            dialer.trouble = cut.get();
        } else if (!links.containsKey(dialer.peer) && dialer.due(now)) {
            Link link = dialer.dial(this, hello(dialer.peer != 0), now);
            if (!link.isClosed()) {
                ungreeted.add(link);
            }
        }
    }

    /** Sends over the link to the peer; where there is none, hurries to make one and says false. */
    public boolean send(int peer, LinkMessage message) {
        Link link = links.get(peer);
        if (link != null) {
            link.send(message);
            return true;
        }
        dialers.all().stream().filter(dialer -> dialer.peer == peer).forEach(dialer -> {
            dialer.hurry();
            dialIfDue(dialer, System.nanoTime());
        });
        return false;
    }

    public Optional<Link> of(int peer) {
        return Optional.ofNullable(links.get(peer));
    }

    public Collection<Integer> peers() {
        return links.keySet();
    }

    public Collection<String> addresses() {
        return dialers.addresses();
    }

    /** How long nothing was heard from a peer without a link; -1 when nothing ever was. */
    public long heardMillisAgo(int peer) {
        Long at = lastHeard.get(peer);
        return at == null ? -1 : (System.nanoTime() - at) / 1_000_000;
    }

    /** What is wrong with the address, for a person. */
    public Optional<String> trouble(String address) {
        return dialers.at(address).map(dialer -> dialer.trouble);
    }

    public StreamObserver<LinkMessage> accept(StreamObserver<LinkMessage> responses) {
        Link link = new Link(loop, this, null, System.nanoTime());
        link.certified = CallerCertificate.certified();
        StreamObserver<LinkMessage> requests = link.accept(responses);
        if (ungreeted.stream().filter(other -> other.dialed == null).count() >= MOST_UNGREETED) {
            link.cut("too many callers that did not greet yet");
        } else {
            ungreeted.add(link);
        }
        return requests;
    }

    /** only: there is no other link to whom it greets. */
    private LinkMessage hello(boolean only) {
        return LinkMessage.newBuilder().setHello(WireFields.out(greeting.get()).toBuilder().setOnly(only)).build();
    }

    @Override
    public void received(Link link, LinkMessage message) {
        try {
            switch (message.getWhatCase()) {
                case HELLO -> greet(link, message);
                case REFUSAL -> link.cut("it refuses: " + Printable.brief(message.getRefusal()));
                case PING -> link.send(LinkMessage.newBuilder().setPong(message.getPing()).build());
                case PONG -> link.roundTrip = Math.max(1, System.nanoTime() - message.getPong());
                case WHAT_NOT_SET -> throw new IllegalArgumentException("a message not known here");
                default -> {
                    if (link.peer == null) {
                        throw new IllegalArgumentException("no hello came first");
                    }
                    owner.received(link.peer.id(), link.stranger, message);
                }
            }
        } catch (IllegalArgumentException garbled) {
            if (maySay(link, name(link) + garbled.getMessage())) {
                owner.say("garbled message from " + name(link) + ": " + garbled.getMessage() + "; its link is closed");
            }
            link.cut("garbled message: " + garbled.getMessage());
        }
    }

    @Override
    public long pause(Link link, long now) {
        long pause = strangers.pause(link, now);
        if (pause > 0 && maySay(link, "too much of " + name(link))) {
            owner.say(name(link) + " is no member of this group, and says more than is read of such a peer: "
                    + StrangerLimits.MOST_OF_ONE + " messages a second, " + StrangerLimits.MOST_OF_ALL + " of all of them; the rest waits");
        }
        return pause;
    }

    /** A line about a member once a minute; of lines about a stranger one, and so many of all strangers. */
    private boolean maySay(Link link, String line) {
        long now = System.nanoTime();
        boolean stranger = link.dialed == null && (link.peer == null || link.stranger);
        return repeats.first(line, now) && (!stranger || strangers.mayBeNamed(link.peer == null ? line : name(link), now));
    }

    private void greet(Link link, LinkMessage message) {
        if (lab.cut(link.other).isPresent()) {
            link.cut(lab.cut(link.other).get());
            return;
        }
        if (link.peer != null) {
            throw new IllegalArgumentException("a second hello");
        }
        if (message.getHello().getProtocol() != WireFields.PROTOCOL) {
            refuse(link, "peer " + message.getHello().getId() + " speaks protocol " + message.getHello().getProtocol()
                    + ", peer " + greeting.get().id() + " protocol " + WireFields.PROTOCOL + "; run the same release on all peers");
            return;
        }
        Hello mine = greeting.get();
        Hello theirs = Handshake.vouched(loop.encrypts(), mine, WireFields.in(message.getHello()));
        Optional<String> disguise = Handshake.disguise(loop.encrypts(), link.certified, theirs);
        if (theirs.process() == mine.process() && disguise.isEmpty()) {
            if (link.dialed == null) {
                calledItself = System.nanoTime();
            }
            if (calledItself - link.madeAt >= 0) {
                ownAddress(link);
            } else {
                refuse(link, "what answers at " + link.dialed + " sends back what peer " + mine.id() + " says, and is no peer");
            }
            return;
        }
        Optional<String> refusal = disguise.or(() -> Handshake.refusal(mine, owner.lastGroup(), theirs))
                .or(() -> taken(theirs)).or(() -> crowded(mine, theirs));
        if (refusal.isPresent()) {
            refuse(link, refusal.get());
            return;
        }
        link.peer = theirs;
        link.greetedAt = System.nanoTime();
        link.stranger = owner.isStranger(theirs.id());
        ungreeted.remove(link);
        if (link.dialed == null) {
            link.send(hello(false));
        }
        dialers.at(link.dialed == null ? theirs.endpoint() : link.dialed)
                .ifPresent(dialer -> dialer.linked(theirs.id()));
        settle(link, mine.id(), message.getHello().getOnly());
    }

    /** H2, M2: two processes with one id, told apart from a restart by their addresses; one that says it moved gives way to the member itself. */
    private Optional<String> taken(Hello theirs) {
        Link known = links.get(theirs.id());
        Group last = owner.lastGroup();
        if (known != null && last != null && last.lists(theirs) && !known.peer.endpoint().equals(theirs.endpoint())) {
            known.cut("the member itself is at " + theirs.endpoint());
            return Optional.empty();
        }
        if (known == null || known.peer.endpoint().equals(theirs.endpoint())) {
            return Optional.empty();
        }
        boolean moves = last != null && last.mayMove(theirs);
        return Optional.of("id " + theirs.id() + " is taken by the peer at " + known.peer.endpoint() + (moves
                ? ", which still has a link; if it is over, that link ends within " + (int) Math.ceil(SILENT_AFTER / 1e9) + " s"
                : "; start the one at " + theirs.endpoint() + " with another --id"));
    }

    /** Whoever can connect can greet with one id after the other; the members do not suffer from it. */
    private Optional<String> crowded(Hello mine, Hello theirs) {
        boolean member = mine.group() != null && mine.group().members().containsKey(theirs.id());
        if (links.size() >= MOST_LINKS && !member) {
            long now = System.nanoTime();
            links.values().stream().filter(link -> link.stranger && now - link.greetedAt > STRANGER_STAYS)
                    .min(Comparator.comparingLong(link -> link.greetedAt - now))
                    .ifPresent(link -> link.cut("it is no member, and another needs its place"));
        }
        return links.size() < MOST_LINKS && spares.size() < MOST_LINKS || member ? Optional.empty()
                : Optional.of("peer " + mine.id() + " has links to " + links.size() + " peers, and takes no more strangers");
    }

    /**
     * H3: of two links to the same process that were made at once the preferred stays; a link to a newer process,
     * or from one that has given up the old link, replaces that.
     */
    private void settle(Link link, int self, boolean only) {
        Link old = links.get(link.peer.id());
        boolean givenUp = old != null && only && link.greetedAt - old.greetedAt > GREET_WITHIN; // it was not dialed meanwhile
        boolean twin = old != null && old.peer.process() == link.peer.process() && !givenUp;
        boolean spare = twin && (!Handshake.preferred(link, self) || Handshake.preferred(old, self));
        if (!spare) {
            links.put(link.peer.id(), link);
        }
        if (twin) {
            // The other side may not have both yet: the smaller id has, when it gets here.
            if (self < link.peer.id()) {
                retire(spare ? link : old);
            } else {
                spares.add(spare ? link : old);
            }
        } else if (old != null) {
            retire(old);
            owner.unlinked(link.peer.id());
        }
        lastHeard.remove(link.peer.id());
        owner.linked(link.peer, link.dialed);
    }

    private void retire(Link link) {
        link.close();
        dialers.ended(link, null);
    }

    private void ownAddress(Link link) {
        if (link.dialed == null) {
            link.send(hello(false)); // so that our own dialer sees it
            ungreeted.remove(link);
            link.close();
        } else {
            ungreeted.remove(link);
            link.close(); // and stays the dialer's: there is no point in another try
            owner.ownAddress(link.dialed);
        }
    }

    private void refuse(Link link, String reason) {
        // Said once where the same peer calls and is dialed, too.
        if (maySay(link, reason)) {
            owner.say(name(link) + " is refused: " + reason);
        }
        link.send(LinkMessage.newBuilder().setRefusal(reason).build());
        link.close();
        ungreeted.remove(link);
        dialers.ended(link, reason);
    }

    @Override
    public void failed(Throwable error) {
        owner.failed(error);
    }

    @Override
    public FaultLab faults() {
        return lab.isUsed() ? lab : null;
    }

    private void suffer() {
        Stream.of(links.values(), spares, ungreeted).flatMap(Collection::stream).forEach(link -> link.suffer(lab));
    }

    @Override
    public void closed(Link link, String reason) {
        ungreeted.remove(link);
        spares.remove(link);
        boolean news = link.dialed == null || !trouble(link.dialed).equals(Optional.of(reason));
        dialers.ended(link, reason);
        if (link.peer == null) {
            String line = "no link to " + link.dialed + ": " + reason;
            boolean linked = links.values().stream().anyMatch(other -> other.peer.endpoint().equals(link.dialed)); // it has called meanwhile
            if (link.dialed != null && !linked && news && repeats.first(line, System.nanoTime())) {
                owner.say(line);
            }
        } else if (links.remove(link.peer.id(), link)) {
            lost(link, reason);
        }
    }

    private void lost(Link link, String reason) {
        int peer = link.peer.id();
        Optional<Link> spare = spares.stream().filter(other -> other.peer.id() == peer).findFirst();
        if (spare.isPresent() && reason.equals(Link.IN_ORDER)) {
            spares.remove(spare.get());
            links.put(peer, spare.get());
            owner.linked(spare.get().peer, spare.get().dialed); // what went over the other may be lost
            return;
        }
        // What was answered over the broken one may be lost; the other side asks again only over a new one.
        spare.ifPresent(other -> other.cut("the link beside it broke"));
        if (!owner.isStranger(peer) && lastHeard.size() < MOST_LINKS) {
            lastHeard.put(peer, link.heardAt);
        }
        // Where it was dialed at two addresses, it may have kept the one whose greeting is still on its way here.
        if (reason.equals(Link.IN_ORDER) && link.dialed != null && ungreeted.stream().anyMatch(other -> other.dialed != null)) {
            loop.after(GREET_WITHIN, () -> {
                if (!links.containsKey(peer)) {
                    sayGone(link, reason);
                }
            });
        } else {
            sayGone(link, reason);
        }
        owner.unlinked(peer);
    }

    private void sayGone(Link link, String reason) {
        long now = System.nanoTime();
        String line = name(link) + " is gone: " + reason;
        boolean flaps = now - link.madeAt < FLAPS_WITHIN;
        if (link.stranger ? strangers.mayBeNamed(line, now) : repeats.first(line, now) || !flaps) {
            owner.say(line);
        }
    }

    private String name(Link link) {
        return link.peer != null ? "peer " + link.peer.id() + " at " + link.peer.endpoint()
                : link.dialed != null ? "the peer at " + link.dialed : "a caller";
    }

    public void close() {
        dialers.close();
        links.values().forEach(Link::close);
        spares.forEach(Link::close);
        ungreeted.forEach(Link::close);
        links.clear();
    }
}
