package mutex.peer;

import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import mutex.MutexProto.LinkMessage;
import mutex.MutexProto.Report;
import mutex.event.Effect;
import mutex.event.Event;
import mutex.event.Frame;
import mutex.group.Group;
import mutex.group.Hello;
import mutex.link.FaultLab;
import mutex.link.Inquiries;
import mutex.link.Links;
import mutex.link.Pause;
import mutex.log.Journal;
import mutex.log.VectorClock;
import mutex.node.Node;
import mutex.status.Snapshot;
import mutex.transport.EventLoop;
import mutex.wire.FrameWriter;
import mutex.wire.IncomingFrame;
import mutex.wire.OutgoingFrame;
import mutex.wire.Packet;
import mutex.wire.VectorPrototype;
import mutex.wire.WireStatus;

/**
 * The node's end of the links: keeps them to the addresses that the node wants, hands what comes over them to it, and
 * translates what it sends. Loop thread only.
 */
final class PeerLinks implements Links.LinksOwner {

    private static final long TICK = 100_000_000L; // nanoseconds

    private final EventLoop loop;
    private final Node node;
    private final PeerSettings settings;
    private final Journal journal;
    private final Pause pause;
    private final NodeRunner runner;
    private final Failures failures;
    private final Function<Set<String>, Snapshot> look;
    private final Links links;
    private final Inquiries inquiries;
    private final FrameWriter writer = new FrameWriter();
    private final VectorPrototype vectors = new VectorPrototype();
    private final Runnable sendNext = this::sendNext; // made once
    private boolean sending; // a frame is going to leave

    /** @param look gives this peer as it is, with those locks in any case */
    PeerLinks(EventLoop loop, Node node, PeerSettings settings, Journal journal, FaultLab lab, NodeRunner runner, Failures failures,
            Function<Set<String>, Snapshot> look) {
        this.loop = loop;
        this.node = node;
        this.settings = settings;
        this.journal = journal;
        pause = lab.pause();
        this.runner = runner;
        this.failures = failures;
        this.look = look;
        links = new Links(loop, this, () -> node.hello(settings.process(), settings.algorithms().name(), settings.leaseMillis()), lab, settings.mostLocks());
        inquiries = new Inquiries(loop, links);
    }

    /** From now on it dials, greets and answers. */
    void start() {
        keep();
        tickAgain();
    }

    private void tickAgain() {
        if (runner.ended()) {
            return;
        }
        loop.after(TICK, this::tickAgain); // first: whatever fails below, there is a next time
        if (!pause.isOn()) {
            links.tick();
            runner.tickIfSuspended();
        }
    }

    /** Faults between this peer and others have changed. */
    void faultsChanged() {
        if (runner.steps() && !runner.ended() && !pause.isOn()) {
            links.tick();
        }
    }

    /** Keeps links to those to whom the node wants some now. */
    void keep() {
        links.keep(node.addresses());
    }

    /** Has the node's frames leave at the end of the loop's turn, when it may have more to say to the same peers; whether there are any. */
    boolean sendSoon() {
        if (!sending && node.hasFrames()) {
            sending = true;
            loop.later(() -> pause.after(sendNext));
        }
        return sending;
    }

    /** One frame a turn: it is written before the next one is even built. */
    private void sendNext() {
        try {
            Effect.Send frame = node.nextFrame();
            if (frame != null) { // or it went when the links were closed
                send(frame);
            }
            sending = false;
            sendSoon();
            runner.rest();
        } catch (RuntimeException | Error rule) {
            failures.die(rule);
            throw rule;
        }
    }

    private void send(Effect.Send frame) {
        Packet written = writer.write(frame.frame(), journal.reading());
        if (written != null) {
            links.send(frame.to(), written);
        } else {
            OutgoingFrame.of(frame.frame(), journal.reading(), vectors)
                    .forEach(part -> links.send(frame.to(), new Packet.Generated(LinkMessage.newBuilder().setFrame(part).build())));
        }
    }

    /** Sends what waits, then closes the links. */
    void close() {
        for (Effect.Send frame = node.nextFrame(); frame != null; frame = node.nextFrame()) {
            send(frame);
        }
        links.close();
    }

    /** The group may have other members now. */
    void regrouped() {
        links.regrouped();
    }

    Links links() {
        return links;
    }

    /** See {@link PeerLoop#inquire}. */
    CompletableFuture<SortedMap<Integer, Snapshot>> inquire(Set<String> about) {
        CompletableFuture<SortedMap<Integer, Snapshot>> answer = new CompletableFuture<>();
        loop.run(() -> {
            if (pause.isOn()) {
                answer.complete(new TreeMap<>(Map.of(settings.id(), look.apply(about))));
            } else {
                inquiries.ask(settings.id(), about, look, answer);
            }
        });
        return answer;
    }

    // What the links tell.

    @Override
    public void linked(Hello peer, String dialed) {
        runner.step(new Event.Linked(peer, dialed));
    }

    @Override
    public void unlinked(int peer) {
        runner.step(new Event.Unlinked(peer));
    }

    @Override
    public void ownAddress(String dialed) {
        say(dialed + " is this peer itself; it is left out of the list");
        runner.step(new Event.OwnAddress(dialed));
    }

    @Override
    public Group lastGroup() {
        return node.lastGroup();
    }

    /** Whether this peer is in a group, and that one is not in it; before there is a group nobody is. */
    @Override
    public boolean isStranger(int peer) {
        Group group = node.group();
        return group != null && !group.members().containsKey(peer);
    }

    @Override
    public void received(int peer, boolean stranger, Packet packet) {
        if (packet instanceof Packet.ReadFrame read) {
            checkSender(read.frame().from(), peer);
            receive(peer, stranger, read.frame(), read.vector());
        } else if (packet instanceof Packet.Generated generated) {
            received(peer, stranger, generated.message());
        }
    }

    private void received(int peer, boolean stranger, LinkMessage message) {
        switch (message.getWhatCase()) {
            case FRAME -> {
                checkSender(message.getFrame().getFrom(), peer);
                receive(peer, stranger, IncomingFrame.of(message.getFrame()), IncomingFrame.vector(message.getFrame()));
            }
            case INQUIRY -> links.send(peer, new Packet.Generated(LinkMessage.newBuilder().setReport(Report.newBuilder()
                    .setInquiry(message.getInquiry()).setStatus(WireStatus.out(look.apply(WireStatus.about(message.getAboutList()))))).build()));
            case REPORT -> inquiries.report(peer, message.getReport().getInquiry(),
                    WireStatus.in(message.getReport().getStatus()));
            default -> throw new IllegalArgumentException("a message not known here");
        }
    }

    private static void checkSender(int from, int peer) {
        if (from != peer) {
            throw new IllegalArgumentException("sender " + from + " on the link of peer " + peer);
        }
    }

    private void receive(int peer, boolean stranger, Frame frame, VectorClock.Reading vector) {
        if (!stranger) {
            journal.merge(vector);
        }
        runner.step(new Event.Received(frame), vector.of(peer));
    }

    @Override
    public void failed(Throwable error) {
        failures.failed(error);
    }

    @Override
    public void say(String line) {
        failures.say(line);
    }
}
