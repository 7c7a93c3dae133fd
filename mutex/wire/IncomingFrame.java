package mutex.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import mutex.MutexProto;
import mutex.algorithm.Message;
import mutex.algorithm.Mode;
import mutex.algorithm.Stamp;
import mutex.event.Frame;
import mutex.group.GroupMessage;
import mutex.lease.LeaseMessage;
import mutex.log.VectorClock;
import mutex.once.MarkMessage;
import mutex.once.RunMark;
import mutex.text.LockName;
import mutex.text.Printable;

/**
 * What another peer says to this one, read from messages of the wire, as {@link OutgoingFrame} writes them. Every field is checked:
 * one out of its range is an IllegalArgumentException that names it.
 */
public final class IncomingFrame {

    /** Microseconds that can be counted in nanoseconds. */
    private static final long MOST_MICROS = Long.MAX_VALUE / 1_000;

    private IncomingFrame() {}

    public static Frame of(MutexProto.Frame frame) {
        check(frame.getFromEpoch(), frame.getToEpoch(), frame.getTime(), frame.getSeen());
        List<Frame.FramePart> parts = new ArrayList<>(frame.getPartsCount() + frame.getMarksCount());
        frame.getMarksList().forEach(marked -> parts.add(in(marked))); // first, as what follows may let this peer enter (O2)
        for (MutexProto.Part part : frame.getPartsList()) {
            parts.add(part.hasRelayed() ? in(part.getRelayed()) : part(part, frame.getFrom()));
        }
        return new Frame(WireFields.id(frame.getFrom()), frame.getFromEpoch(), frame.getToEpoch(), WireFields.in(frame.getVersion()),
                frame.getPrint(), frame.getTime(), frame.getSeen(), parts);
    }

    /** The numbers of a header. */
    static void check(long fromEpoch, long toEpoch, long time, long seen) {
        WireFields.check(WireFields.epochs(fromEpoch) && fromEpoch > 0, "epoch", fromEpoch);
        WireFields.check(WireFields.epochs(toEpoch), "receiver's epoch", toEpoch);
        WireFields.check(WireFields.counts(time), "time", time);
        WireFields.check(WireFields.counts(seen), "fence seen", seen);
    }

    public static VectorClock.Reading vector(MutexProto.Frame frame) {
        int size = frame.getVectorPeersCount();
        int[] peers = new int[size];
        for (int i = 0; i < size; i++) {
            peers[i] = frame.getVectorPeers(i);
        }
        long[] counts = new long[frame.getVectorCountsCount()];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = frame.getVectorCounts(i);
        }
        return vector(peers, counts);
    }

    static VectorClock.Reading vector(int[] peers, long[] counts) {
        WireFields.check(peers.length == counts.length && peers.length <= 4 * WireFields.MOST_PEERS, "vector size", peers.length);
        for (int i = 0; i < peers.length; i++) {
            WireFields.id(peers[i]);
            WireFields.check(WireFields.counts(counts[i]), "vector count", counts[i]);
            WireFields.check(i == 0 || peers[i] > peers[i - 1], "vector peer", peers[i]);
        }
        return new VectorClock.Reading(peers, counts);
    }

    /** Its sender need not be the peer that the link leads to, so it must hold nothing that counts only directly. */
    private static Frame.FramePart in(MutexProto.Relayed relayed) {
        MutexProto.Frame frame = relayed.getFrame();
        WireFields.check(relayed.getTo() != frame.getFrom(), "relayed frame's receiver", relayed.getTo());
        WireFields.check(frame.getVectorPeersCount() + frame.getVectorCountsCount() == 0, "relayed frame's vector size",
                frame.getVectorPeersCount());
        for (MutexProto.Part part : frame.getPartsList()) {
            switch (part.getMessageCase()) {
                case HEARTBEAT, ACK, INQUIRY, TESTIMONY, RELAYED -> throw new IllegalArgumentException("relayed " + part.getMessageCase()
                        + ": that goes directly or not at all");
                default -> { }
            }
        }
        return new Frame.Relayed(WireFields.id(relayed.getTo()), relayed.getProcess(), of(frame));
    }

    private static Frame.FramePart part(MutexProto.Part part, int from) {
        return switch (part.getMessageCase()) {
            case REQUEST -> ofLock(part, new Message.Request(request(part.getRequest(), from), false, mode(part)));
            case ATTEMPT -> ofLock(part, new Message.Request(request(part.getAttempt(), from), true, mode(part)));
            case PERMISSION -> ofLock(part, new Message.Permission(WireFields.in(part.getPermission()), used(part)));
            case REFUSAL -> ofLock(part, new Message.Refusal(WireFields.in(part.getRefusal()), part.getHeld()));
            case PRESENT -> new Frame.OfGroup(new GroupMessage.Present(WireFields.in(part.getPresent())));
            case LISTING -> new Frame.OfGroup(new GroupMessage.Listing(
                    WireFields.in(part.getListing().getListList()), part.getListing().getBound()));
            case JOIN -> new Frame.OfGroup(new GroupMessage.Join(part.getJoin().getReleased()));
            case PROPOSE -> new Frame.OfGroup(new GroupMessage.Propose(WireFields.in(part.getPropose().getBase()),
                    WireFields.in(part.getPropose().getNext()), part.getPropose().getAgain()));
            case BOUND -> new Frame.OfGroup(new GroupMessage.Bound(WireFields.in(part.getBound().getNext()), part.getBound().getAgain()));
            case UNBOUND -> new Frame.OfGroup(new GroupMessage.Unbound(
                    WireFields.in(part.getUnbound().getNext()), Printable.brief(part.getUnbound().getReason())));
            case HEARTBEAT -> new Frame.OfLease(in(part.getHeartbeat()));
            case ACK -> new Frame.OfLease(new LeaseMessage.Ack(count("ACK's number", part.getAck().getNumber()),
                    count("reservation", part.getAck().getReserved())));
            case INQUIRY -> new Frame.OfLease(new LeaseMessage.Inquiry(
                    WireFields.id(part.getInquiry().getAbout()), count("round", part.getInquiry().getRound())));
            case TESTIMONY -> new Frame.OfLease(in(part.getTestimony()));
            case TOKEN -> ofLock(part, in(part.getToken()));
            case CENSUS -> ofLock(part, new Message.Census(
                    count("generation", part.getCensus().getGeneration()), count("census's number", part.getCensus().getNumber())));
            case VOW -> ofLock(part, new Message.Vow(
                    count("vow's number", part.getVow().getNumber()), count("generation", part.getVow().getHighest())));
            case OWN -> ofLock(part, in(part.getOwn()));
            case RELAYED, MESSAGE_NOT_SET -> throw new IllegalArgumentException("a part without a message known here");
        };
    }

    private static Frame.FramePart in(MutexProto.Marked marked) {
        RunMark mark = WireFields.in(marked.getMark());
        return new Frame.OfMark(marked.getKept() ? new MarkMessage.Kept(mark) : new MarkMessage.Tell(mark, marked.getAsk()));
    }

    private static Mode mode(MutexProto.Part part) {
        return part.hasMode() ? WireMode.in(part.getMode()) : Mode.EXCLUSIVE;
    }

    private static long used(MutexProto.Part part) {
        WireFields.check(part.getUsed() >= 0 && part.getUsed() < Mode.MOST_UNITS, "units in use", part.getUsed());
        return part.getUsed();
    }

    private static Frame.FramePart ofLock(MutexProto.Part part, Message message) {
        if (!LockName.legal(part.getLock())) {
            throw new IllegalArgumentException("lock name " + Printable.brief(part.getLock()) + " is not one");
        }
        return new Frame.OfLock(part.getLock(), message);
    }

    private static Message.Token in(MutexProto.Token token) {
        WireFields.check(token.getQuiet() >= 0, "token's rounds", token.getQuiet());
        return new Message.Token(count("generation", token.getGeneration()), count("token's hops", token.getHops()), token.getQuiet());
    }

    private static Message.Own in(MutexProto.AlgorithmMessage own) {
        WireFields.check(own.getNumbersCount() <= Message.Own.MOST_NUMBERS, "number of numbers", own.getNumbersCount());
        own.getNumbersList().forEach(number -> count("number", number));
        return new Message.Own(own.getName(), own.hasStamp() ? WireFields.in(own.getStamp()) : null, own.getNumbersList());
    }

    private static Stamp request(MutexProto.Stamp stamp, int from) {
        WireFields.check(stamp.getPeer() == from, "stamp's peer", stamp.getPeer());
        return WireFields.in(stamp);
    }

    private static LeaseMessage in(MutexProto.Heartbeat heartbeat) {
        WireFields.check(heartbeat.getHeardCount() <= WireFields.MOST_PEERS, "number of peers heard", heartbeat.getHeardCount());
        SortedSet<Integer> heard = new TreeSet<>();
        for (int i = 0; i < heartbeat.getHeardCount(); i++) {
            int peer = WireFields.id(heartbeat.getHeard(i));
            WireFields.check(i == 0 || peer > heartbeat.getHeard(i - 1), "peer heard", peer);
            heard.add(peer);
        }
        return new LeaseMessage.Heartbeat(count("heartbeat's number", heartbeat.getNumber()), heard,
                count("reservation", heartbeat.getReserve()));
    }

    private static LeaseMessage in(MutexProto.Testimony testimony) {
        long micros = testimony.getSilentMicros();
        WireFields.check(micros >= 0 && micros <= MOST_MICROS, "silence", micros);
        return new LeaseMessage.Testimony(WireFields.id(testimony.getAbout()), count("round", testimony.getRound()), micros);
    }

    private static long count(String what, long number) {
        WireFields.check(WireFields.counts(number), what, number);
        return number;
    }
}
