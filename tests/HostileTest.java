///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Effort.java Run.java support/Closing.java support/Eventually.java support/FreePorts.java
//SOURCES support/InProcess.java support/Liar.java support/Mutator.java support/Neighbour.java
//SOURCES support/RawPeer.java support/Voice.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import mutex.MutexGrpc;
import mutex.MutexProto.HoldEvent;
import mutex.MutexProto.HoldRequest;
import mutex.MutexProto.StatusReply;
import mutex.MutexProto.StatusRequest;
import mutex.MutexProto.WatchRequest;
import mutex.algorithm.Message;
import mutex.algorithm.Stamp;
import mutex.event.Frame;
import mutex.event.NodeView;
import mutex.group.Group;
import mutex.group.GroupMessage;
import mutex.group.Version;
import mutex.transport.EventLoop;
import mutex.transport.Tls;
import mutex.transport.TlsFiles;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tests.support.Closing;
import tests.support.Eventually;
import tests.support.InProcess;
import tests.support.Liar;
import tests.support.Mutator;
import tests.support.Neighbour;
import tests.support.Voice;

/**
 * A hostile neighbour: a peer that is no member of the group, or one no longer, without TLS or with a certificate of the
 * same CA. Whatever it says moves nothing. {@code HostileTest SEED} replays.
 */
@Timeout(300)
class HostileTest {

    private static final int LIES = Integer.getInteger("hostile.lies", Effort.of(3_000, 10_000));
    private static final int CALLS = Integer.getInteger("hostile.calls", Effort.of(1_000, 2_000));
    private static final long MOST_GROWTH = 96 << 20; // bytes, of four peers' journals and whatever a lie leaves
    private static long seed = System.nanoTime() & 0xffffff;

    @TempDir
    static Path certs;
    @TempDir
    private Path folder;
    @AutoClose
    private final Closing open = new Closing();
    private final Voice files = new Voice();
    private final List<Neighbour> members = new ArrayList<>();
    private boolean encrypted;
    private int liarId;

    @BeforeAll
    static void makeCertificates() throws ReflectiveOperationException {
        InProcess made = InProcess.run("certs", certs.toString(), "1", "2", "3", "4");
        assertEquals(0, made.code(), made::toString);
    }

    private Tls tls(int id) {
        String name = "peer-" + id;
        return encrypted ? open.add(Tls.of(new TlsFiles(certs.resolve(name + ".pem"), certs.resolve(name + ".key"),
                certs.resolve("ca.pem")), files)) : null;
    }

    private Neighbour peer(int id, String... others) {
        return open.add(new Neighbour(open.add(new EventLoop(tls(id))), folder, id, 0, others));
    }

    /** Peers 1 to 3; the liar is peer 4, which was one of them if it is removed. */
    private void group(boolean tls, boolean removed) {
        encrypted = tls;
        liarId = 4;
        members.add(peer(1).awaitGroupOf(1));
        members.add(peer(2, members.get(0).endpoint()).awaitGroupOf(2));
        members.add(peer(3, members.get(0).endpoint()).awaitGroupOf(3));
        if (removed) {
            Neighbour fourth = peer(4, members.get(0).endpoint()).awaitGroupOf(4);
            CompletableFuture<String> done = new CompletableFuture<>();
            fourth.peer.loop().leave(() -> { }, problem -> done.complete(String.valueOf(problem)));
            assertEquals("null", Eventually.get(done, "peer 4 has left"));
            fourth.close();
        }
        members.forEach(member -> member.awaitGroupOf(3));
        takeTurns("x");
    }

    private Liar liar(Neighbour victim) {
        return open.add(new Liar(liarId, tls(liarId), victim.endpoint(), seed + victim.id));
    }

    private void takeTurns(String lock) {
        members.forEach(member -> member.takeTurn(lock));
    }

    private List<NodeView> look() {
        return members.stream().map(member -> member.look().node()).toList();
    }

    private static String replay() {
        return "replay: ./jbang tests/HostileTest.java " + seed;
    }

    /** Group, epochs and suspects are as before; times and fences went on by what the peers did themselves. */
    private void assertUnmoved(List<NodeView> before, long turns) {
        List<NodeView> now = look();
        for (int i = 0; i < members.size(); i++) {
            NodeView was = before.get(i);
            NodeView is = now.get(i);
            assertEquals(was.group(), is.group(), replay());
            assertEquals(was.epoch(), is.epoch(), replay());
            assertTrue(is.seen() - was.seen() <= turns + 1, () -> "fence " + was.seen() + " -> " + is.seen() + "; " + replay());
            assertTrue(is.time() - was.time() <= 100 * turns + 10_000, () -> "time " + was.time() + " -> " + is.time() + "; " + replay());
            assertFalse(members.get(i).broken.isDone(), () -> members + " broke; " + replay());
        }
    }

    private Frame.OfGroup present(Group group) {
        return new Frame.OfGroup(new GroupMessage.Present(group));
    }

    /** Each member is shown a newer version of its group in which it is alone. */
    @ParameterizedTest
    @CsvSource({"false, false", "true, false", "false, true", "true, true"})
    void aNewerVersionOfTheGroupIsNotTakenFromAStranger(boolean tls, boolean removed) {
        group(tls, removed);
        Neighbour.Asked held = members.get(1).ask("x");
        Eventually.get(held.entered, "peer 2 is inside");
        List<NodeView> before = look();
        for (Neighbour member : members) {
            Liar liar = liar(member);
            Group group = liar.group();
            Version next = new Version(group.version().number() + 1, before.get(0).seen() + 7);
            Group alone = new Group(group.origin(), next, new TreeMap<>(Map.of(member.id, member.endpoint())));
            liar.say(present(alone));
            liar.say(present(group.without(Set.of(1, 2), next.fence())));
            for (boolean again : new boolean[] {false, true}) {
                liar.say(new Frame.OfGroup(new GroupMessage.Propose(group.version(), alone, again)));
                liar.say(new Frame.OfGroup(new GroupMessage.Propose(group.version(),
                        new Group(group.origin(), new Version(next.number(), 1L << 61), group.members()), again)));
                liar.say(new Frame.OfGroup(new GroupMessage.Bound(next, again)));
            }
            liar.flush();
        }
        assertUnmoved(before, 0);
        Neighbour.Asked first = members.get(0).ask("x");
        Neighbour.Asked third = members.get(2).ask("x");
        takeTurns("y");
        assertFalse(first.entered.isDone() || third.entered.isDone(), "peer 2 is inside");
        members.get(1).giveBack(held);
        CompletableFuture.anyOf(first.entered, third.entered).orTimeout(40, TimeUnit.SECONDS).join();
        for (Neighbour.Asked asked : List.of(first, third)) {
            (asked == first ? members.get(0) : members.get(2)).giveBack(asked);
        }
        takeTurns("x");
        assertUnmoved(before, 12);
    }

    /** An epoch far ahead of the one that the peer has: all others would refuse what it says in that. */
    @ParameterizedTest
    @CsvSource({"false, false", "true, false", "false, true", "true, true"})
    void aFarEpochIsNotTakenFromAStranger(boolean tls, boolean removed) {
        group(tls, removed);
        List<NodeView> before = look();
        for (Neighbour member : members) {
            Liar liar = liar(member);
            for (long far : new long[] {liar.epoch(), liar.epoch() + 1, liar.epoch() + (1L << 41), (1L << 50) - 1}) {
                liar.say(far, 1, 1);
            }
            liar.flush();
        }
        takeTurns("x");
        assertUnmoved(before, 3);
    }

    /** Frames whose fence and time grow by just what would be believed of a member. */
    @ParameterizedTest
    @CsvSource({"false, false", "true, false", "false, true", "true, true"})
    void aFenceThatGrowsStepByStepIsNotTakenFromAStranger(boolean tls, boolean removed) {
        group(tls, removed);
        List<NodeView> before = look();
        for (Neighbour member : members) {
            Liar liar = liar(member);
            long fence = before.get(0).seen();
            long time = before.get(0).time();
            for (int step = 0; step < 12; step++) {
                fence = Math.min((1L << 62) - 1, fence + (1L << 58) - 1);
                time += (1L << 40) - 1;
                liar.say(liar.epoch(), time, fence);
                liar.say(liar.epoch(), time, fence, new Frame.OfLock("x", new Message.Request(new Stamp(time, liarId), false)));
            }
            liar.flush();
        }
        takeTurns("x");
        assertUnmoved(before, 3);
    }

    /** Each vector counts to the end, and names peers that there are not: what goes on to others names the members alone. */
    @ParameterizedTest
    @CsvSource({"false, false", "true, true"})
    void aVectorIsNotTakenFromAStranger(boolean tls, boolean removed) {
        group(tls, removed);
        Liar liar = liar(members.get(0));
        for (int peer = 1; peer <= 300; peer++) {
            liar.write(mutex.MutexProto.Frame.newBuilder().setFrom(liarId).setFromEpoch(1).setVersion(mutex.MutexProto.Version.newBuilder())
                    .addVectorPeers(peer == 1 ? 2 : 10_000 + peer).addVectorCounts((1L << 62) - 1).build());
        }
        liar.flush();
        takeTurns("x");
        for (Neighbour member : members) {
            var last = Eventually.get(member.peer.loop().log(1), "log").get(0);
            assertTrue(last.toString().length() > 0 && largest(last) < 1L << 40, last::toString);
        }
    }

    private static long largest(mutex.log.LogEntry entry) {
        long most = 0;
        for (long count : entry.vector().counts()) {
            most = Math.max(most, count);
        }
        assertTrue(entry.vector().counts().length <= 4, entry::toString);
        return most;
    }

    /** While the members take turns and one program checks that no two are inside, they are lied to in every kind of message. */
    @ParameterizedTest
    @CsvSource({"false, false", "true, false", "false, true", "true, true"})
    @Tag("slow")
    void thousandsOfLiesMoveNothing(boolean tls, boolean removed) throws InterruptedException {
        System.out.println(replay());
        group(tls, removed);
        List<NodeView> before = look();
        long used = used();
        Semaphore stop = new Semaphore(0);
        List<String> wrong = new ArrayList<>();
        long[] turns = {0};
        Thread honest = new Thread(() -> {
            try {
                takeTurnsUntil(stop, turns);
            } catch (RuntimeException | AssertionError e) {
                synchronized (wrong) {
                    wrong.add(e + "; " + replay());
                }
            }
        });
        honest.start();
        int refused = 0;
        List<Liar> liars = members.stream().map(this::liar).toList();
        for (int i = 0; i < LIES; i++) {
            liars.get(i % liars.size()).lie(before.get(0).time(), before.get(0).seen());
        }
        for (Liar liar : liars) {
            liar.flush();
            refused += liar.refused;
        }
        stop.release();
        honest.join();
        assertEquals(List.of(), wrong);
        members.forEach(Neighbour::isWell);
        assertTrue(turns[0] > 0, "turns are taken meanwhile");
        assertUnmoved(before, turns[0] + members.size());
        assertTrue(used() - used < MOST_GROWTH, () -> "memory grew by " + (used() - used) + " bytes; " + replay());
        System.out.printf(Locale.ROOT, "%,d lies, %,d links closed on them, %,d turns meanwhile%n", LIES, refused, turns[0]);
        for (Neighbour member : members) {
            assertTrue(member.voice.lines().size() < 500, () -> "too many lines: " + member.voice.lines().size());
        }
    }

    /** Fences rise from one entry to the next, and nobody enters while another is inside. */
    private void takeTurnsUntil(Semaphore stop, long[] turns) {
        long fence = 0;
        while (!stop.tryAcquire()) {
            Neighbour holder = members.get((int) (turns[0] % members.size()));
            Neighbour other = members.get((int) ((turns[0] + 1) % members.size()));
            Neighbour.Asked inside = holder.ask("x");
            long next = Eventually.get(inside.entered, "peer " + holder.id + " enters");
            Neighbour.Asked waits = other.ask("x");
            Eventually.get(other.peer.loop().snapshot(), "its request is sent");
            assertTrue(next > fence, "fence " + next + " after " + fence);
            assertFalse(waits.entered.isDone(), "peer " + holder.id + " is inside");
            holder.giveBack(inside);
            fence = Eventually.get(waits.entered, "peer " + other.id + " enters");
            assertTrue(fence > next, "fence " + fence + " after " + next);
            other.giveBack(waits);
            turns[0] += 2;
        }
    }

    private static long used() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    /** A program calls with whatever fits into the messages, and breaks its calls off. */
    @ParameterizedTest
    @CsvSource({"false", "true"})
    @Tag("slow")
    void callsOfAHostileProgramMoveNothing(boolean tls) {
        System.out.println(replay());
        group(tls, false);
        List<NodeView> before = look();
        long used = used();
        Random random = new Random(seed);
        Mutator mutator = new Mutator(random);
        EventLoop events = open.add(new EventLoop(tls(4)));
        ManagedChannel channel = events.channelTo(members.get(0).endpoint());
        open.add(channel::shutdownNow);
        MutexGrpc.MutexStub stub = MutexGrpc.newStub(channel);
        CompletableFuture<Void> last = CompletableFuture.completedFuture(null);
        for (int i = 0; i < CALLS; i++) {
            HostAnswers<HoldEvent> events1 = new HostAnswers<>();
            StreamObserver<HoldRequest> hold = stub.hold(events1);
            for (int message = random.nextInt(5); message >= 0; message--) {
                HoldRequest good = HoldRequest.newBuilder().setLock("z").setAttempt(random.nextBoolean())
                        .setWaitMillis(random.nextInt(1_000)).setQuestion(message == 0 ? 0 : random.nextInt(3)).build();
                hold.onNext((HoldRequest) mutator.field(random.nextBoolean() ? good : (HoldRequest) mutator.field(good)));
            }
            if (random.nextBoolean()) {
                hold.onCompleted();
            } else {
                hold.onError(new IllegalStateException("broken off"));
            }
            if (random.nextInt(10) == 0) {
                HostAnswers<mutex.MutexProto.Event> watch = new HostAnswers<>();
                stub.withDeadlineAfter(random.nextInt(100), TimeUnit.MILLISECONDS)
                        .watch((WatchRequest) mutator.field(WatchRequest.newBuilder().setLast(random.nextInt()).build()), watch);
                HostAnswers<StatusReply> status = new HostAnswers<>();
                stub.status(StatusRequest.getDefaultInstance(), status);
                last = status.ended;
            }
            if (i % 100 == 99) {
                Eventually.get(last, "the peer answers; " + replay());
            }
        }
        takeTurns("x");
        channel.shutdownNow();
        takeTurns("z.free");
        members.forEach(Neighbour::isWell);
        assertEquals(before.get(1).group(), members.get(0).look().node().group());
        assertEquals(before.get(0).epoch(), members.get(0).look().node().epoch());
        assertTrue(used() - used < MOST_GROWTH, () -> "memory grew by " + (used() - used) + " bytes; " + replay());
    }

    private static final class HostAnswers<T> implements StreamObserver<T> {

        final CompletableFuture<Void> ended = new CompletableFuture<>();

        @Override
        public void onNext(T answer) {}

        @Override
        public void onError(Throwable error) {
            ended.complete(null);
        }

        @Override
        public void onCompleted() {
            ended.complete(null);
        }
    }

    public static void main(String... args) {
        if (args.length > 0) {
            seed = Long.parseLong(args[0]);
        }
        Run.only(HostileTest.class);
    }
}
