package mutex.wire;

import java.util.SortedSet;
import java.util.TreeSet;
import mutex.MutexProto;
import mutex.algorithm.Message;
import mutex.algorithm.Mode;
import mutex.algorithm.Stamp;
import mutex.group.GroupMessage;
import mutex.lease.LeaseMessage;
import mutex.node.Frame;
import mutex.text.LockName;
import mutex.text.Printable;

/** The part of {@link WireFields} that is about one message in a frame, other than a relayed frame. */
final class WireParts {

    /** Microseconds that can be counted in nanoseconds. */
    private static final long MOST_MICROS = Long.MAX_VALUE / 1_000;

    private WireParts() {}

    static MutexProto.Part out(Frame.FramePart part) {
        if (part instanceof Frame.OfLock ofLock) {
            return ofLock(ofLock);
        }
        return part instanceof Frame.OfLease ofLease ? ofLease(ofLease.message()) : ofGroup(((Frame.OfGroup) part).message());
    }

    private static MutexProto.Part ofLock(Frame.OfLock part) {
        MutexProto.Part.Builder out = MutexProto.Part.newBuilder().setLock(part.lock());
        Message message = part.message();
        if (message instanceof Message.Own own) {
            return out.setOwn(ofAlgorithm(own)).build();
        } else if (!message.ofRequest()) {
            return ofToken(message, out);
        }
        MutexProto.Stamp stamp = WireFields.out(message.stamp());
        if (message instanceof Message.Request request) {
            if (!request.mode().equals(Mode.EXCLUSIVE)) {
                out.setMode(WireMode.out(request.mode()));
            }
            return (request.attempt() ? out.setAttempt(stamp) : out.setRequest(stamp)).build();
        } else if (message instanceof Message.Permission permission && permission.used() > 0) {
            out.setUsed(permission.used());
        }
        return (message instanceof Message.Refusal refusal ? out.setRefusal(stamp).setHeld(refusal.held()) : out.setPermission(stamp)).build();
    }

    private static MutexProto.AlgorithmMessage ofAlgorithm(Message.Own own) {
        MutexProto.AlgorithmMessage.Builder out = MutexProto.AlgorithmMessage.newBuilder().setName(own.name()).addAllNumbers(own.numbers());
        if (own.stamp() != null) {
            out.setStamp(WireFields.out(own.stamp()));
        }
        return out.build();
    }

    private static MutexProto.Part ofToken(Message message, MutexProto.Part.Builder out) {
        if (message instanceof Message.Token token) {
            out.setToken(MutexProto.Token.newBuilder().setGeneration(token.generation()).setHops(token.hops()).setQuiet(token.quiet()));
        } else if (message instanceof Message.Census census) {
            out.setCensus(MutexProto.Census.newBuilder().setGeneration(census.generation()).setNumber(census.number()));
        } else if (message instanceof Message.Vow vow) {
            out.setVow(MutexProto.Vow.newBuilder().setNumber(vow.number()).setHighest(vow.highest()));
        }
        return out.build();
    }

    private static MutexProto.Part ofLease(LeaseMessage message) {
        MutexProto.Part.Builder out = MutexProto.Part.newBuilder();
        if (message instanceof LeaseMessage.Heartbeat heartbeat) {
            out.setHeartbeat(MutexProto.Heartbeat.newBuilder().setNumber(heartbeat.number())
                    .addAllHeard(heartbeat.heard()).setReserve(heartbeat.reserve()));
        } else if (message instanceof LeaseMessage.Ack ack) {
            out.setAck(MutexProto.Ack.newBuilder().setNumber(ack.number()).setReserved(ack.reserved()));
        } else if (message instanceof LeaseMessage.Inquiry inquiry) {
            out.setInquiry(MutexProto.Inquiry.newBuilder().setAbout(inquiry.about()).setRound(inquiry.round()));
        } else if (message instanceof LeaseMessage.Testimony testimony) {
            out.setTestimony(MutexProto.Testimony.newBuilder().setAbout(testimony.about()).setRound(testimony.round())
                    .setSilentMicros(testimony.silentMicros()));
        }
        return out.build();
    }

    private static MutexProto.Part ofGroup(GroupMessage message) {
        MutexProto.Part.Builder out = MutexProto.Part.newBuilder();
        if (message instanceof GroupMessage.Present present) {
            out.setPresent(WireFields.out(present.group()));
        } else if (message instanceof GroupMessage.Listing listing) {
            out.setListing(MutexProto.Listing.newBuilder().addAllList(listing.list().stream().map(WireFields::out).toList())
                    .setBound(listing.bound()));
        } else if (message instanceof GroupMessage.Join) {
            out.setJoin(MutexProto.Join.getDefaultInstance());
        } else if (message instanceof GroupMessage.Propose propose) {
            out.setPropose(MutexProto.Propose.newBuilder().setBase(WireFields.out(propose.base())).setNext(WireFields.out(propose.next()))
                    .setAgain(propose.again()));
        } else if (message instanceof GroupMessage.Bound bound) {
            out.setBound(MutexProto.Bound.newBuilder().setNext(WireFields.out(bound.next())).setAgain(bound.again()));
        } else if (message instanceof GroupMessage.Unbound unbound) {
            out.setUnbound(MutexProto.Unbound.newBuilder().setNext(WireFields.out(unbound.next()))
                    .setReason(unbound.reason().substring(0, Math.min(WireFields.MOST_TEXT, unbound.reason().length()))));
        }
        return out.build();
    }

    static Frame.FramePart in(MutexProto.Part part, int from) {
        return switch (part.getMessageCase()) {
            case REQUEST -> ofLock(part, new Message.Request(request(part.getRequest(), from), false, mode(part)));
            case ATTEMPT -> ofLock(part, new Message.Request(request(part.getAttempt(), from), true, mode(part)));
            case PERMISSION -> ofLock(part, new Message.Permission(WireFields.in(part.getPermission()), used(part)));
            case REFUSAL -> ofLock(part, new Message.Refusal(WireFields.in(part.getRefusal()), part.getHeld()));
            case PRESENT -> new Frame.OfGroup(new GroupMessage.Present(WireFields.in(part.getPresent())));
            case LISTING -> new Frame.OfGroup(new GroupMessage.Listing(
                    WireFields.in(part.getListing().getListList()), part.getListing().getBound()));
            case JOIN -> new Frame.OfGroup(new GroupMessage.Join());
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
