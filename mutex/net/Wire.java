package mutex.net;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mutex.MutexProto;
import mutex.algorithm.Message;
import mutex.algorithm.Stamp;
import mutex.group.Group;
import mutex.group.GroupMessage;
import mutex.group.Hello;
import mutex.group.Listed;
import mutex.group.Version;
import mutex.node.Frame;
import mutex.node.LockName;
import mutex.node.Printable;
import mutex.trace.VectorClock;

/**
 * Between the messages of the core and those of the wire. What comes in is checked: a field out of
 * its range is an IllegalArgumentException that names it, and the link it came from is closed.
 */
final class Wire {

    /** Peers of another number do not understand each other. */
    static final int PROTOCOL = 1;
    static final int MOST_PEERS = 64;
    private static final int MOST_ADDRESS = 100;
    private static final int MOST_TEXT = 1_000;
    /** Parts of a frame, bytes: with the header and the largest vector they stay below {@link Server#MOST_MESSAGE}. */
    private static final int MOST_PARTS = 8 << 10;
    /** Wall-clock milliseconds: some 35,000 years of them. */
    private static final long MOST_EPOCH = 1L << 50;
    /** Times and fences below it can be counted on for centuries without becoming negative. */
    private static final long MOST_COUNT = 1L << 62;
    private static final Pattern ADDRESS = Pattern.compile("([a-z0-9._-]+|\\[[0-9a-f:.]+\\]):([0-9]{1,5})");

    private Wire() {}

    static MutexProto.Hello out(Hello hello) {
        MutexProto.Hello.Builder out = MutexProto.Hello.newBuilder().setProtocol(PROTOCOL).setId(hello.id())
                .setEndpoint(hello.endpoint()).setEpoch(hello.epoch()).setProcess(hello.process())
                .setAlgorithm(hello.algorithm()).setLeaseMillis(hello.leaseMillis());
        if (hello.group() != null) {
            out.setGroup(out(hello.group()));
        }
        hello.list().forEach(entry -> out.addList(out(entry)));
        return out.build();
    }

    static Hello in(MutexProto.Hello hello) {
        check(hello.getEpoch() > 0 && hello.getEpoch() < MOST_EPOCH, "epoch", hello.getEpoch());
        check(hello.getLeaseMillis() >= 0, "lease", hello.getLeaseMillis());
        return new Hello(id(hello.getId()), address(hello.getEndpoint()), hello.getEpoch(), hello.getProcess(),
                text(hello.getAlgorithm()), hello.getLeaseMillis(),
                hello.hasGroup() ? in(hello.getGroup()) : null, in(hello.getListList()));
    }

    /** One frame; several where a peer that wants hundreds of locks has more to say than fits into one. */
    static List<MutexProto.Frame> out(Frame frame, VectorClock.Reading vector) {
        MutexProto.Frame.Builder out = MutexProto.Frame.newBuilder().setFrom(frame.from())
                .setFromEpoch(frame.fromEpoch()).setToEpoch(frame.toEpoch()).setVersion(out(frame.version()))
                .setPrint(frame.print()).setTime(frame.time()).setSeen(frame.seen());
        for (int i = 0; i < vector.peers().length; i++) {
            out.addVectorPeers(vector.peers()[i]).addVectorCounts(vector.counts()[i]);
        }
        List<MutexProto.Frame> frames = new ArrayList<>(1);
        int bytes = 0;
        for (Frame.Part part : frame.parts()) {
            MutexProto.Part next = part instanceof Frame.OfLock ofLock ? out(ofLock) : out(((Frame.OfGroup) part).message());
            if (out.getPartsCount() > 0 && bytes + next.getSerializedSize() > MOST_PARTS) {
                frames.add(out.build());
                out.clearParts();
                bytes = 0;
            }
            out.addParts(next);
            bytes += next.getSerializedSize() + 3; // its tag and length
        }
        frames.add(out.build());
        return frames;
    }

    static Frame in(MutexProto.Frame frame) {
        check(frame.getFromEpoch() > 0 && frame.getFromEpoch() < MOST_EPOCH, "epoch", frame.getFromEpoch());
        check(frame.getToEpoch() >= 0 && frame.getToEpoch() < MOST_EPOCH, "receiver's epoch", frame.getToEpoch());
        check(counts(frame.getTime()), "time", frame.getTime());
        check(counts(frame.getSeen()), "fence seen", frame.getSeen());
        List<Frame.Part> parts = new ArrayList<>(frame.getPartsCount());
        for (MutexProto.Part part : frame.getPartsList()) {
            parts.add(in(part, frame.getFrom()));
        }
        return new Frame(id(frame.getFrom()), frame.getFromEpoch(), frame.getToEpoch(), in(frame.getVersion()),
                frame.getPrint(), frame.getTime(), frame.getSeen(), parts);
    }

    static VectorClock.Reading vector(MutexProto.Frame frame) {
        int size = frame.getVectorPeersCount();
        check(size == frame.getVectorCountsCount() && size <= 4 * MOST_PEERS, "vector size", size);
        int[] peers = new int[size];
        long[] counts = new long[size];
        for (int i = 0; i < size; i++) {
            peers[i] = id(frame.getVectorPeers(i));
            counts[i] = frame.getVectorCounts(i);
            check(i == 0 || peers[i] > peers[i - 1], "vector peer", peers[i]);
        }
        return new VectorClock.Reading(peers, counts);
    }

    private static MutexProto.Part out(Frame.OfLock part) {
        MutexProto.Part.Builder out = MutexProto.Part.newBuilder().setLock(part.lock());
        Message message = part.message();
        MutexProto.Stamp stamp = out(message.stamp());
        if (message instanceof Message.Request request) {
            return (request.attempt() ? out.setAttempt(stamp) : out.setRequest(stamp)).build();
        }
        return (message instanceof Message.Permission ? out.setPermission(stamp) : out.setRefusal(stamp)).build();
    }

    private static MutexProto.Part out(GroupMessage message) {
        MutexProto.Part.Builder out = MutexProto.Part.newBuilder();
        if (message instanceof GroupMessage.Present present) {
            out.setPresent(out(present.group()));
        } else if (message instanceof GroupMessage.Listing listing) {
            MutexProto.Listing.Builder list = MutexProto.Listing.newBuilder();
            listing.list().forEach(entry -> list.addList(out(entry)));
            out.setListing(list);
        } else if (message instanceof GroupMessage.Join) {
            out.setJoin(MutexProto.Join.getDefaultInstance());
        } else if (message instanceof GroupMessage.Propose propose) {
            out.setPropose(MutexProto.Propose.newBuilder().setBase(out(propose.base())).setNext(out(propose.next())));
        } else if (message instanceof GroupMessage.Bound bound) {
            out.setBound(out(bound.next()));
        } else if (message instanceof GroupMessage.Unbound unbound) {
            out.setUnbound(MutexProto.Unbound.newBuilder().setNext(out(unbound.next()))
                    .setReason(unbound.reason().substring(0, Math.min(MOST_TEXT, unbound.reason().length()))));
        }
        return out.build();
    }

    private static Frame.Part in(MutexProto.Part part, int from) {
        return switch (part.getMessageCase()) {
            case REQUEST -> ofLock(part, new Message.Request(request(part.getRequest(), from), false));
            case ATTEMPT -> ofLock(part, new Message.Request(request(part.getAttempt(), from), true));
            case PERMISSION -> ofLock(part, new Message.Permission(in(part.getPermission())));
            case REFUSAL -> ofLock(part, new Message.Refusal(in(part.getRefusal())));
            case PRESENT -> new Frame.OfGroup(new GroupMessage.Present(in(part.getPresent())));
            case LISTING -> new Frame.OfGroup(new GroupMessage.Listing(in(part.getListing().getListList())));
            case JOIN -> new Frame.OfGroup(new GroupMessage.Join());
            case PROPOSE -> new Frame.OfGroup(new GroupMessage.Propose(
                    in(part.getPropose().getBase()), in(part.getPropose().getNext())));
            case BOUND -> new Frame.OfGroup(new GroupMessage.Bound(in(part.getBound())));
            case UNBOUND -> new Frame.OfGroup(new GroupMessage.Unbound(
                    in(part.getUnbound().getNext()), text(part.getUnbound().getReason())));
            case MESSAGE_NOT_SET -> throw new IllegalArgumentException("a part without a message known here");
        };
    }

    private static Frame.Part ofLock(MutexProto.Part part, Message message) {
        if (!LockName.legal(part.getLock())) {
            throw new IllegalArgumentException("lock name " + text(part.getLock()) + " is not one");
        }
        return new Frame.OfLock(part.getLock(), message);
    }

    private static Stamp request(MutexProto.Stamp stamp, int from) {
        check(stamp.getPeer() == from, "stamp's peer", stamp.getPeer());
        return in(stamp);
    }

    static MutexProto.Stamp out(Stamp stamp) {
        return MutexProto.Stamp.newBuilder().setTime(stamp.time()).setPeer(stamp.peer()).build();
    }

    static Stamp in(MutexProto.Stamp stamp) {
        check(stamp.getTime() > 0 && counts(stamp.getTime()), "stamp's time", stamp.getTime());
        return new Stamp(stamp.getTime(), id(stamp.getPeer()));
    }

    private static MutexProto.Version out(Version version) {
        return MutexProto.Version.newBuilder().setNumber(version.number()).setFence(version.fence()).build();
    }

    private static Version in(MutexProto.Version version) {
        check(version.getNumber() >= 0 && version.getNumber() < 1L << 50, "version", version.getNumber());
        check(counts(version.getFence()), "version's fence", version.getFence());
        return new Version(version.getNumber(), version.getFence());
    }

    static MutexProto.Group out(Group group) {
        MutexProto.Group.Builder out = MutexProto.Group.newBuilder()
                .setOrigin(group.origin()).setVersion(out(group.version()));
        group.members().forEach((id, at) -> out.addMembers(MutexProto.Member.newBuilder().setId(id).setEndpoint(at)));
        return out.build();
    }

    static Group in(MutexProto.Group group) {
        check(group.getMembersCount() > 0 && group.getMembersCount() <= MOST_PEERS, "members", group.getMembersCount());
        SortedMap<Integer, String> members = new TreeMap<>();
        group.getMembersList().forEach(member -> members.put(id(member.getId()), address(member.getEndpoint())));
        check(members.size() == group.getMembersCount(), "members of different id", members.size());
        Version version = in(group.getVersion());
        check(version.number() > 0, "version", version.number());
        return new Group(group.getOrigin(), version, members);
    }

    private static MutexProto.Listed out(Listed entry) {
        return MutexProto.Listed.newBuilder().setEndpoint(entry.endpoint()).setId(entry.id()).build();
    }

    private static List<Listed> in(List<MutexProto.Listed> list) {
        check(list.size() <= MOST_PEERS, "start list's length", list.size());
        return list.stream().map(entry -> new Listed(address(entry.getEndpoint()),
                entry.getId() == 0 ? 0 : id(entry.getId()))).toList();
    }

    private static int id(int id) {
        check(id >= 1 && id <= 65_535, "peer id", id);
        return id;
    }

    private static boolean counts(long number) {
        return number >= 0 && number < MOST_COUNT;
    }

    private static String address(String endpoint) {
        Matcher form = ADDRESS.matcher(endpoint);
        if (endpoint.length() > MOST_ADDRESS || !form.matches()) {
            throw new IllegalArgumentException("address " + text(endpoint) + " is out of range");
        }
        int port = Integer.parseInt(form.group(2));
        check(port >= 1 && port <= 65_535, "port", port);
        return endpoint;
    }

    /** Text of another peer is only ever printed, and never moves a terminal's cursor. */
    static String text(String text) {
        return Printable.of(text, MOST_TEXT);
    }

    /** Takes the number as it is: boxing one for each field would cost more than the checks. */
    private static void check(boolean holds, String what, long found) {
        if (!holds) {
            throw new IllegalArgumentException(what + " " + found + " is out of range");
        }
    }
}
