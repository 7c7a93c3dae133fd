package mutex.wire;

import java.util.ArrayList;
import java.util.List;
import mutex.MutexProto;
import mutex.algorithm.Message;
import mutex.algorithm.Mode;
import mutex.event.Frame;
import mutex.group.GroupMessage;
import mutex.lease.LeaseMessage;
import mutex.log.VectorClock;
import mutex.once.MarkMessage;

/** What a node says to another, as messages of the wire; {@link IncomingFrame} reads them. {@link FrameWriter} writes most of it faster. */
public final class OutgoingFrame {

    /** Parts of a frame, bytes: with the header and the largest vector they stay below {@code EventLoop.MOST_MESSAGE}. */
    static final int MOST_PARTS = 8 << 10;

    private OutgoingFrame() {}

    /** One frame; several where a peer that wants hundreds of locks has more to say than fits into one. */
    public static List<MutexProto.Frame> of(Frame frame, VectorClock.Reading vector) {
        return of(frame, vector, new VectorPrototype());
    }

    /** The same, for whoever says more with that vector. */
    public static List<MutexProto.Frame> of(Frame frame, VectorClock.Reading vector, VectorPrototype vectors) {
        return fill(header(frame, vectors.of(vector)), frame.parts());
    }

    /** One frame, however much is in it, as another program may send. */
    public static MutexProto.Frame whole(Frame frame, VectorClock.Reading vector) {
        List<MutexProto.Frame> frames = of(frame, vector);
        if (frames.size() == 1) {
            return frames.get(0);
        }
        MutexProto.Frame.Builder all = frames.get(0).toBuilder();
        frames.subList(1, frames.size()).forEach(more -> all.addAllParts(more.getPartsList()).addAllMarks(more.getMarksList()));
        return all.build();
    }

    private static MutexProto.Frame.Builder header(Frame frame, MutexProto.Frame vector) {
        return vector.toBuilder().setFrom(frame.from())
                .setFromEpoch(frame.fromEpoch()).setToEpoch(frame.toEpoch()).setVersion(WireFields.out(frame.version()))
                .setPrint(frame.print()).setTime(frame.time()).setSeen(frame.seen());
    }

    private static List<MutexProto.Frame> fill(MutexProto.Frame.Builder out, List<Frame.FramePart> parts) {
        List<MutexProto.Frame> frames = new ArrayList<>(1);
        int bytes = 0;
        for (Frame.FramePart part : parts) {
            if (part instanceof Frame.Relayed relayed) {
                for (MutexProto.Frame inner : fill(header(relayed.frame(), MutexProto.Frame.getDefaultInstance()), relayed.frame().parts())) {
                    bytes = add(MutexProto.Part.newBuilder().setRelayed(MutexProto.Relayed.newBuilder()
                            .setTo(relayed.to()).setProcess(relayed.process()).setFrame(inner)).build(), out, bytes, frames);
                }
            } else {
                bytes = part instanceof Frame.OfMark ofMark ? add(marked(ofMark.message()), out, bytes, frames) : add(part(part), out, bytes, frames);
            }
        }
        frames.add(out.build());
        return frames;
    }

    /** Begins another frame with the same header where this one is full; gives the bytes in the parts so far. */
    private static int add(MutexProto.Part next, MutexProto.Frame.Builder out, int bytes, List<MutexProto.Frame> frames) {
        int size = next.getSerializedSize();
        boolean full = isFull(out, bytes + size, frames);
        out.addParts(next);
        return (full ? 0 : bytes) + size + 3; // its tag and length
    }

    private static int add(MutexProto.Marked next, MutexProto.Frame.Builder out, int bytes, List<MutexProto.Frame> frames) {
        int size = next.getSerializedSize();
        boolean full = isFull(out, bytes + size, frames);
        out.addMarks(next);
        return (full ? 0 : bytes) + size + 4;
    }

    private static boolean isFull(MutexProto.Frame.Builder out, int bytes, List<MutexProto.Frame> frames) {
        boolean full = out.getPartsCount() + out.getMarksCount() > 0 && bytes > MOST_PARTS;
        if (full) {
            frames.add(out.build());
            out.clearParts().clearMarks();
        }
        return full;
    }

    private static MutexProto.Marked marked(MarkMessage message) {
        return MutexProto.Marked.newBuilder().setMark(WireFields.out(message.mark())).setKept(message instanceof MarkMessage.Kept)
                .setAsk(message instanceof MarkMessage.Tell told && told.ask()).build();
    }

    private static MutexProto.Part part(Frame.FramePart part) {
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
        } else if (message instanceof GroupMessage.Join join) {
            out.setJoin(MutexProto.Join.newBuilder().setReleased(join.released()));
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
}
