package mutex.wire;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mutex.MutexProto;
import mutex.algorithm.Stamp;
import mutex.group.DurableState;
import mutex.group.Group;
import mutex.group.Hello;
import mutex.group.Promise;
import mutex.group.Seed;
import mutex.group.Version;
import mutex.once.RunMark;
import mutex.once.RunMarks;
import mutex.text.LockName;
import mutex.text.Printable;

/**
 * Between the messages of the core and those of the wire. What comes in is checked: a field out of
 * its range is an IllegalArgumentException that names it, and the link it came from is closed.
 */
public final class WireFields {

    /** Peers of another number do not understand each other. */
    public static final int PROTOCOL = 2;
    public static final int MOST_PEERS = Group.MOST_MEMBERS;
    private static final int MOST_ADDRESS = 100;
    /** Bytes of a job in a status, with the longest name. */
    static final int MOST_JOB = 176;
    static final int MOST_TEXT = 1_000;
    /** Wall-clock milliseconds: some 35,000 years of them. */
    private static final long MOST_EPOCH = 1L << 50;
    /** Times and fences below it can be counted on for centuries without becoming negative. */
    private static final long MOST_COUNT = 1L << 62;
    private static final Pattern ADDRESS = Pattern.compile("([a-z0-9._-]+|\\[[0-9a-f:.]+\\]):([0-9]{1,5})");

    private WireFields() {}

    public static MutexProto.Hello out(Hello hello) {
        MutexProto.Hello.Builder out = MutexProto.Hello.newBuilder().setProtocol(PROTOCOL).setId(hello.id())
                .setEndpoint(hello.endpoint()).setEpoch(hello.epoch()).setProcess(hello.process())
                .setAlgorithm(hello.algorithm()).setLeaseMillis(hello.leaseMillis()).setExpect(hello.expect());
        if (hello.group() != null) {
            out.setGroup(out(hello.group()));
        }
        hello.list().forEach(entry -> out.addList(out(entry)));
        return out.build();
    }

    public static Hello in(MutexProto.Hello hello) {
        check(epochs(hello.getEpoch()) && hello.getEpoch() > 0, "epoch", hello.getEpoch());
        check(hello.getLeaseMillis() >= 0, "lease", hello.getLeaseMillis());
        check(hello.getExpect() >= 0, "expected number of peers", hello.getExpect());
        return new Hello(id(hello.getId()), address(hello.getEndpoint()), hello.getEpoch(), hello.getProcess(),
                Printable.brief(hello.getAlgorithm()), hello.getLeaseMillis(),
                hello.hasGroup() ? in(hello.getGroup()) : null, in(hello.getListList()), hello.getExpect());
    }

    public static MutexProto.Stamp out(Stamp stamp) {
        return MutexProto.Stamp.newBuilder().setTime(stamp.time()).setPeer(stamp.peer()).build();
    }

    public static Stamp in(MutexProto.Stamp stamp) {
        return stamp(stamp.getTime(), stamp.getPeer());
    }

    static Stamp stamp(long time, int peer) {
        check(time > 0 && counts(time), "stamp's time", time);
        return new Stamp(time, id(peer));
    }

    public static MutexProto.Version out(Version version) {
        return MutexProto.Version.newBuilder().setNumber(version.number()).setFence(version.fence()).build();
    }

    public static Version in(MutexProto.Version version) {
        return version(version.getNumber(), version.getFence());
    }

    static Version version(long number, long fence) {
        check(number >= 0 && number < 1L << 50, "version", number);
        check(counts(fence), "version's fence", fence);
        return new Version(number, fence);
    }

    public static MutexProto.Group out(Group group) {
        MutexProto.Group.Builder out = MutexProto.Group.newBuilder()
                .setOrigin(group.origin()).setVersion(out(group.version()));
        group.members().forEach((id, at) -> out.addMembers(MutexProto.Member.newBuilder().setId(id).setEndpoint(at)));
        return out.build();
    }

    public static Group in(MutexProto.Group group) {
        check(group.getMembersCount() > 0 && group.getMembersCount() <= MOST_PEERS, "members", group.getMembersCount());
        SortedMap<Integer, String> members = new TreeMap<>();
        group.getMembersList().forEach(member -> members.put(id(member.getId()), address(member.getEndpoint())));
        check(members.size() == group.getMembersCount(), "members of different id", members.size());
        Version version = in(group.getVersion());
        check(version.number() > 0, "version", version.number());
        return new Group(group.getOrigin(), version, members);
    }

    public static MutexProto.State out(DurableState saved) {
        MutexProto.State.Builder out = MutexProto.State.newBuilder();
        if (saved.group() != null) {
            out.setGroup(out(saved.group()));
        }
        if (saved.promise() != null) {
            out.setPromise(out(saved.promise().next())).setPromiseBy(saved.promise().by()).setPromiseAgain(saved.promise().again());
            saved.promise().earlier().forEach(one -> out.addEarlier(MutexProto.OpenVersion.newBuilder().setVersion(out(one.next())).setBy(one.by())));
        }
        saved.marks().forEach(mark -> out.addMarks(out(mark)));
        return out.setFloor(saved.floor()).build();
    }

    public static DurableState in(MutexProto.State state) {
        check(counts(state.getFloor()), "floor", state.getFloor());
        return new DurableState(state.hasGroup() ? in(state.getGroup()) : null,
                state.hasPromise() ? new Promise(in(state.getPromise()), state.getPromiseBy(), state.getPromiseAgain(), earlier(state.getEarlierList())) : null,
                state.getFloor(), marks(state.getMarksList()));
    }

    private static List<Promise> earlier(List<MutexProto.OpenVersion> versions) {
        check(versions.size() <= MOST_PEERS, "number of earlier promises", versions.size()); // one of each member at most
        return versions.stream().map(one -> new Promise(in(one.getVersion()), id(one.getBy()))).toList();
    }

    private static List<RunMark> marks(List<MutexProto.RunMark> marks) {
        check(marks.size() <= RunMarks.MOST, "number of jobs", marks.size());
        return marks.stream().map(WireFields::in).toList();
    }

    static MutexProto.RunMark out(RunMark mark) {
        return MutexProto.RunMark.newBuilder().setJob(mark.job()).setStartedMillis(mark.started()).setPeriodMillis(mark.period())
                .setPeer(mark.peer()).setWithdrawn(mark.withdrawn()).build();
    }

    static RunMark in(MutexProto.RunMark mark) {
        if (!LockName.legal(mark.getJob())) {
            throw new IllegalArgumentException("job name " + Printable.brief(mark.getJob()) + " is not one");
        }
        check(mark.getStartedMillis() > 0 && epochs(mark.getStartedMillis()), "start of a job", mark.getStartedMillis());
        check(mark.getPeriodMillis() > 0 && mark.getPeriodMillis() <= RunMark.MOST_PERIOD, "period of a job", mark.getPeriodMillis());
        return new RunMark(mark.getJob(), mark.getStartedMillis(), mark.getPeriodMillis(), id(mark.getPeer()), mark.getWithdrawn());
    }

    public static MutexProto.Listed out(Seed entry) {
        return MutexProto.Listed.newBuilder().setEndpoint(entry.endpoint()).setId(entry.id()).build();
    }

    public static List<Seed> in(List<MutexProto.Listed> list) {
        check(list.size() <= MOST_PEERS, "start list's length", list.size());
        return list.stream().map(entry -> new Seed(address(entry.getEndpoint()),
                entry.getId() == 0 ? 0 : id(entry.getId()))).toList();
    }

    static int id(int id) {
        check(id >= 1 && id <= 65_535, "peer id", id);
        return id;
    }

    static boolean epochs(long number) {
        return number >= 0 && number < MOST_EPOCH;
    }

    static boolean counts(long number) {
        return number >= 0 && number < MOST_COUNT;
    }

    private static String address(String endpoint) {
        Matcher form = ADDRESS.matcher(endpoint);
        if (endpoint.length() > MOST_ADDRESS || !form.matches()) {
            throw new IllegalArgumentException("address " + Printable.brief(endpoint) + " is out of range");
        }
        int port = Integer.parseInt(form.group(2));
        check(port >= 1 && port <= 65_535, "port", port);
        return endpoint;
    }

    /** Takes the number as it is: boxing one for each field would cost more than the checks. */
    static void check(boolean holds, String what, long found) {
        if (!holds) {
            throw new IllegalArgumentException(what + " " + found + " is out of range");
        }
    }
}
