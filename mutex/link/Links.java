package mutex.link;

import io.grpc.stub.StreamObserver;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import mutex.MutexProto.LinkMessage;
import mutex.group.Group;
import mutex.group.Hello;
import mutex.text.Printable;
import mutex.transport.CallerCertificate;
import mutex.transport.EventLoop;
import mutex.transport.NetworkErrorText;
import mutex.wire.Packet;

/**
 * The links to other peers: dials the addresses it is given, accepts who calls, greets, and keeps
 * one link a pair. Loop thread only.
 */
public final class Links implements Link.LinkOwner {

    /** Who is told what happens on the links. */
    public interface LinksOwner {
        /** A link was made; dialed is the address, null when the other peer called. */
        void linked(Hello peer, String dialed);

        void unlinked(int peer);

        /** stranger: as {@link #isStranger}. */
        void received(int peer, boolean stranger, Packet packet);

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

    private static final int LEAST_WAITING = 1 << 20; // bytes
    private static final int BYTES_A_LOCK = 256; // of a request with the longest name, and its share of the frame

    private final EventLoop loop;
    private final LinksOwner owner;
    private final int mostWaiting;
    private final FaultLab lab;
    private final LinkTable table = new LinkTable();
    private final Dialers dialers;
    private final StrangerLimits strangers = new StrangerLimits();
    private final LinkNotices notices;
    private final LinkAdmission admission;
    private final LinkWatch watch;
    private CompletableFuture<Void> settled = CompletableFuture.completedFuture(null);

    /** @param mostLocks of this peer at once: all of them may be said at once, as over a new link */
    public Links(EventLoop loop, LinksOwner owner, Supplier<Hello> greeting, FaultLab lab, int mostLocks) {
        this.loop = loop;
        mostWaiting = Math.max(LEAST_WAITING, mostLocks * BYTES_A_LOCK);
        this.owner = owner;
        this.lab = lab;
        dialers = new Dialers(loop, greeting.get().endpoint());
        notices = new LinkNotices(strangers, owner);
        admission = new LinkAdmission(loop, owner, greeting, table, dialers, notices);
        watch = new LinkWatch(table, lab);
        lab.whenUsed(() -> table.all().forEach(link -> link.suffer(lab)));
    }

    /** Keeps links to these addresses, and dials no others. */
    public void keep(Collection<String> addresses) {
        table.dropUngreeted(dialers.want(addresses));
        tick();
    }

    /** To be called a few times a second: dials, pings, and drops who is silent. */
    public void tick() {
        long now = System.nanoTime();
        watch.tick(now);
        dialInTurn(now);
        table.all().forEach(link -> loop.guard(() -> {
            watch.see(link, now);
            if (LinkWatch.isLookedUpInVain(link) && link.looksUp.getAsBoolean()) {
                trouble(link, NetworkErrorText.unanswered(link.dialed));
            }
        }));
        if (table.isSettled()) {
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
        table.greeted().forEach(link -> link.stranger = owner.isStranger(link.peer.id()));
    }

    private void dialInTurn(long now) {
        dialers.inTurn(dialer -> isDue(dialer, now)).stream().limit(dialers.room(now)).forEach(dialer -> loop.guard(() -> dial(dialer, now)));
    }

    private boolean isDue(Dialer dialer, long now) {
        Optional<String> cut = lab.cut(dialer.peer);
        cut.ifPresent(reason -> dialer.trouble = reason);
        return cut.isEmpty() && table.of(dialer.peer) == null && dialer.due(now);
    }

    private void dial(Dialer dialer, long now) {
        Link link = dialer.dial(this, admission.hello(dialer.peer != 0), now, dialers.longestPause());
        if (!link.isClosed()) {
            table.addUngreeted(link);
        }
    }

    /** Sends over the link to the peer; where there is none, hurries to make one and says false. */
    public boolean send(int peer, Packet packet) {
        Link link = table.of(peer);
        if (link != null) {
            link.send(packet);
            return true;
        }
        dialers.all().stream().filter(dialer -> dialer.peer == peer).forEach(dialer -> {
            long now = System.nanoTime();
            dialer.hurry();
            if (isDue(dialer, now)) {
                dial(dialer, now); // whatever else is under way
            }
        });
        return false;
    }

    public Optional<Link> of(int peer) {
        return Optional.ofNullable(table.of(peer));
    }

    public Collection<Integer> peers() {
        return table.peers();
    }

    public Collection<String> addresses() {
        return dialers.addresses();
    }

    /** How long nothing was heard from a peer without a link; -1 when nothing ever was. */
    public long heardMillisAgo(int peer) {
        return table.heardMillisAgo(peer);
    }

    /** What is wrong with the address, for a person. */
    public Optional<String> trouble(String address) {
        return dialers.at(address).map(dialer -> dialer.trouble);
    }

    public StreamObserver<Packet> accept(StreamObserver<Packet> responses) {
        Link link = new Link(loop, this, null, System.nanoTime());
        link.certified = CallerCertificate.certified();
        StreamObserver<Packet> requests = link.accept(responses);
        if (table.hasRoomForCallers()) {
            table.addUngreeted(link);
        } else {
            link.cut("too many callers that did not greet yet");
        }
        return requests;
    }

    @Override
    public void received(Link link, Packet packet) {
        try {
            if (packet instanceof Packet.Generated generated) {
                received(link, generated);
            } else {
                handOn(link, packet);
            }
        } catch (IllegalArgumentException garbled) {
            notices.garbled(link, garbled.getMessage());
            link.cut("garbled message: " + garbled.getMessage());
        }
    }

    private void received(Link link, Packet.Generated packet) {
        LinkMessage message = packet.message();
        switch (message.getWhatCase()) {
            case HELLO -> greeted(link, message);
            case REFUSAL -> link.cut("it refuses: " + Printable.brief(message.getRefusal()));
            case PING -> link.send(LinkMessage.newBuilder().setPong(message.getPing()).build());
            case PONG -> link.roundTrip = Math.max(1, System.nanoTime() - message.getPong());
            case WHAT_NOT_SET -> throw new IllegalArgumentException("a message not known here");
            default -> handOn(link, packet);
        }
    }

    private void handOn(Link link, Packet packet) {
        if (link.peer == null) {
            throw new IllegalArgumentException("no hello came first");
        }
        owner.received(link.peer.id(), link.stranger, packet);
    }

    @Override
    public long pause(Link link, long now) {
        long pause = strangers.pause(link, now);
        if (pause > 0) {
            notices.tooMuch(link);
        }
        return pause;
    }

    private void greeted(Link link, LinkMessage message) {
        Optional<String> cut = lab.cut(link.other);
        if (cut.isPresent()) {
            link.cut(cut.get());
        } else {
            admission.greet(link, message.getHello());
        }
        if (link.dialed != null) {
            dialers.answered(System.nanoTime() - link.madeAt);
            dialInTurn(System.nanoTime());
        }
    }

    @Override
    public void failed(Throwable error) {
        owner.failed(error);
    }

    @Override
    public int mostWaiting() {
        return mostWaiting;
    }

    @Override
    public FaultLab faults() {
        return lab.isUsed() ? lab : null;
    }

    @Override
    public void closed(Link link, String reason) {
        boolean last = table.remove(link);
        boolean again = isKnown(link, reason);
        boolean slow = reason.equals(LinkWatch.UNANSWERED) || reason.equals(NetworkErrorText.STARTING);
        boolean news = again == slow; // once is no trouble: a busy machine starts slowly
        dialers.ended(link, reason);
        if (last) {
            lost(link, reason);
        } else if (link.peer == null && link.dialed != null && news && !table.isLinked(link.dialed)) { // or it has called meanwhile
            notices.notMade(link, reason);
        }
    }

    private boolean isKnown(Link link, String reason) {
        return link.dialed != null && trouble(link.dialed).equals(Optional.of(reason));
    }

    /** No end of it, but all that can be said yet. */
    private void trouble(Link link, String reason) {
        if (!isKnown(link, reason) && !table.isLinked(link.dialed)) {
            dialers.at(link.dialed).ifPresent(dialer -> dialer.trouble = reason);
            notices.notMade(link, reason);
        }
    }

    private void lost(Link link, String reason) {
        int peer = link.peer.id();
        Optional<Link> spare = table.spareOf(peer);
        if (spare.isPresent() && reason.equals(Link.IN_ORDER)) {
            table.promote(spare.get());
            owner.linked(spare.get().peer, spare.get().dialed); // what went over the other may be lost
            return;
        }
        // H3: what was answered over the broken one may be lost; the other side asks again only over a new one.
        spare.ifPresent(other -> other.cut("the link beside it broke"));
        if (!owner.isStranger(peer)) {
            table.heardLast(peer, link.heardAt);
        }
        // Where it was dialed at two addresses, it may have kept the one whose greeting is still on its way here.
        if (reason.equals(Link.IN_ORDER) && link.dialed != null && table.isDialing()) {
            loop.after(LinkWatch.GREET_WITHIN, () -> {
                if (table.of(peer) == null) {
                    notices.gone(link, reason);
                }
            });
        } else {
            notices.gone(link, reason);
        }
        owner.unlinked(peer);
    }

    public void close() {
        dialers.close();
        table.close();
    }
}
