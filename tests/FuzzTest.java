///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Effort.java Run.java simulation/Fingerprint.java support/Eventually.java support/FreePorts.java
//SOURCES support/Mutator.java support/Neighbour.java support/Subject.java support/Voice.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import mutex.MutexProto;
import mutex.MutexProto.LinkMessage;
import mutex.algorithm.AlgorithmKind;
import mutex.algorithm.Message;
import mutex.algorithm.Message.Census;
import mutex.algorithm.Message.Permission;
import mutex.algorithm.Message.Refusal;
import mutex.algorithm.Message.Request;
import mutex.algorithm.Message.Token;
import mutex.algorithm.Message.Vow;
import mutex.algorithm.RicartAgrawala;
import mutex.algorithm.Stamp;
import mutex.algorithm.TokenRing;
import mutex.discover.Address;
import mutex.discover.BadConfiguration;
import mutex.discover.PeersFile;
import mutex.event.Effect;
import mutex.event.Event;
import mutex.event.Frame;
import mutex.group.Group;
import mutex.group.GroupMessage;
import mutex.group.Seed;
import mutex.lease.LeaseMessage;
import mutex.lease.LeaseMessage.Ack;
import mutex.lease.LeaseMessage.Heartbeat;
import mutex.lease.LeaseMessage.Inquiry;
import mutex.lease.LeaseMessage.Testimony;
import mutex.shell.Screen;
import mutex.shell.Session;
import mutex.shell.Shell;
import mutex.status.Snapshot;
import mutex.text.LockName;
import mutex.wire.OutgoingFrame;
import mutex.wire.WireFields;
import mutex.wire.WireStatus;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tests.simulation.Fingerprint;
import tests.support.Mutator;
import tests.support.Neighbour;
import tests.support.Subject;

/** Spoiled input of every kind: it is refused as declared, or taken and no rule is broken. {@code FuzzTest SEED} replays. */
class FuzzTest {

    private static final int FRAMES_A_NODE = 1_000;
    private static final int TEXTS = 50_000;
    private static final int FILES = 2_000;
    private static final int LINES = 10_000;
    private static long seed = System.nanoTime() & 0xffffff;
    private static final String[] LOCKS = {"default", "a", "b"};

    private record FuzzSent(int from, byte[] bytes, LinkMessage message) {}

    @TempDir
    private Path folder;
    private final Random random = new Random(seed);
    private final Mutator mutator = new Mutator(random);
    private long accepted;

    @ParameterizedTest
    @CsvSource({"ricart-agrawala, 1", "roucairol-carvalho, 5", "token-ring, 5"})
    @Tag("slow")
    void spoiledFramesBreakNoRule(String name, int share) {
        AlgorithmKind algorithms = AlgorithmKind.named(name);
        int frames = Integer.getInteger("fuzz.frames", Effort.of(100_000, 1_000_000)) / share;
        for (int done = 0; done < frames; done += FRAMES_A_NODE) {
            byte[] bytes = {};
            try {
                List<FuzzSent> good = new ArrayList<>();
                Subject subject = inTheMiddleOfARun(algorithms, good);
                for (int i = 0; i < FRAMES_A_NODE; i++) {
                    FuzzSent sent = good.get(random.nextInt(good.size()));
                    bytes = spoil(sent, good);
                    String before = random.nextInt(32) == 0 ? Fingerprint.of(subject.node) : null; // it takes long
                    if (subject.receive(sent.from, bytes)) {
                        accepted++;
                        goOn(subject);
                    } else if (before != null) {
                        assertEquals(before, Fingerprint.of(subject.node), "a rejected message changed something");
                    }
                }
                subject.now += 60_000_000_000L;
                subject.step(new Event.Tick());
            } catch (RuntimeException | AssertionError broken) {
                throw new AssertionError(replay() + "\nframe " + HexFormat.of().formatHex(bytes), broken);
            }
        }
        System.out.printf(Locale.ROOT, "%s: %,d frames, %,d of them taken; %s%n", name, frames, accepted, replay());
        assertTrue(accepted > frames / 20 && accepted < frames * 19L / 20, accepted + " taken: the spoiling is too hard or too soft");
    }

    private static String replay() {
        return "replay: ./jbang tests/FuzzTest.java " + seed;
    }

    private byte[] spoil(FuzzSent sent, List<FuzzSent> good) {
        if (random.nextBoolean()) {
            return mutator.bytes(sent.bytes, good.get(random.nextInt(good.size())).bytes);
        }
        com.google.protobuf.Message message = sent.message;
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            message = mutator.field(message);
        }
        return message.toByteArray();
    }

    /** The life that goes on around the spoiled messages. */
    private void goOn(Subject subject) {
        subject.sent.clear();
        subject.now += random.nextInt(20_000_000);
        switch (random.nextInt(12)) {
            case 0 -> subject.ask(LOCKS[random.nextInt(3)], random.nextInt(4) == 0, subject.now + random.nextInt(1_000_000_000));
            case 1 -> subject.askers().stream().sorted().skip(random.nextInt(3)).findFirst()
                    .ifPresent(asker -> subject.step(new Event.Withdraw(asker)));
            case 2 -> subject.step(new Event.Tick());
            case 3 -> subject.write();
            case 4 -> {
                if (random.nextInt(50) == 0) {
                    subject.step(new Event.Unlinked(2 + random.nextInt(2)));
                }
            }
            default -> { }
        }
    }

    /** Three peers greet, found their group and take turns; one is stopped anywhere and the messages to it are kept. */
    private Subject inTheMiddleOfARun(AlgorithmKind algorithms, List<FuzzSent> kept) {
        long lease = algorithms.name().equals(TokenRing.NAME) || random.nextBoolean() ? 0 : 2_000;
        List<Subject> peers = Stream.of(1, 2, 3).map(id -> new Subject(id, 3, algorithms, lease)).toList();
        for (Subject one : peers) {
            for (Subject other : peers) {
                if (one != other) {
                    deliver(peers, kept, other.id, one, LinkMessage.newBuilder().setHello(WireFields.out(other.hello())).build());
                }
            }
        }
        int steps = random.nextInt(60);
        for (int i = 0; i < steps || kept.size() < 5; i++) {
            Subject peer = peers.get(random.nextInt(3));
            Effect.Send send = peer.sent.poll();
            if (send != null) {
                OutgoingFrame.of(send.frame(), peer.reading()).forEach(frame -> deliver(peers, kept, peer.id,
                        peers.get(send.to() - 1), LinkMessage.newBuilder().setFrame(frame).build()));
            } else if (random.nextInt(3) > 0) {
                peer.ask(LOCKS[random.nextInt(3)], random.nextInt(5) == 0, Long.MAX_VALUE);
            } else {
                peer.askers().stream().sorted().findFirst().ifPresent(asker -> peer.step(new Event.Withdraw(asker)));
            }
        }
        byHand(peers.get(0), peers.get(1), kept);
        return peers.get(0);
    }

    private void deliver(List<Subject> peers, List<FuzzSent> kept, int from, Subject to, LinkMessage message) {
        assertTrue(to.receive(from, message.toByteArray()), "an honest message is taken");
        if (to == peers.get(0)) {
            kept.add(new FuzzSent(from, message.toByteArray(), message));
        }
    }

    /** Messages of every kind that would be right just now. */
    private void byHand(Subject subject, Subject peer, List<FuzzSent> kept) {
        Group group = subject.node.view(0).group();
        Group base = group != null ? group : Group.found(Map.of(1, Subject.endpoint(1), 2, Subject.endpoint(2)));
        Group next = base.with(4, Subject.endpoint(4), subject.node.view(0).seen() + 1);
        Stamp stamp = new Stamp(subject.node.view(0).time() + 1, 2);
        List<Frame.FramePart> parts = new ArrayList<>(List.of(new Frame.OfGroup(new GroupMessage.Present(next)),
                new Frame.OfGroup(new GroupMessage.Propose(base.version(), next)), new Frame.OfGroup(new GroupMessage.Join()),
                new Frame.OfGroup(new GroupMessage.Listing(List.of(new Seed(Subject.endpoint(1), 0), new Seed(Subject.endpoint(2), 2)))),
                new Frame.OfGroup(new GroupMessage.Unbound(next.version(), "no")),
                new Frame.OfLock("a", new Request(stamp, true)), new Frame.OfLock("b", new Request(stamp, false))));
        subject.node.view(0).locks().stream().filter(lock -> lock.stamp() != null).forEach(lock -> {
            parts.add(new Frame.OfLock(lock.name(), new Permission(lock.stamp())));
            parts.add(new Frame.OfLock(lock.name(), new Refusal(lock.stamp())));
        });
        for (Message message : List.of(new Token(2, 1, 0), new Census(1 + random.nextInt(3), 1), new Vow(1, random.nextInt(3)))) {
            parts.add(new Frame.OfLock(LOCKS[random.nextInt(3)], message));
        }
        for (boolean again : new boolean[] {false, true}) {
            parts.add(new Frame.OfGroup(new GroupMessage.Propose(base.version(), base.without(again ? Set.of(3) : Set.of(), next.version().fence()), again)));
            parts.add(new Frame.OfGroup(new GroupMessage.Bound(next.version(), again)));
        }
        long seen = subject.node.view(0).seen();
        parts.add(new Frame.Relayed(1, 3, new Frame(3, subject.node.view(0).epoch() + 1, subject.node.view(0).epoch(), base.version(),
                base.print(), stamp.time(), seen, List.of(new Frame.OfLock("a", new Request(new Stamp(stamp.time(), 3), false)),
                        new Frame.OfGroup(new GroupMessage.Propose(base.version(), next))))));
        parts.add(new Frame.Relayed(3, 2, new Frame(2, peer.node.view(0).epoch(), 0, base.version(), base.print(), stamp.time(), seen, List.of())));
        for (LeaseMessage message : List.of(new Heartbeat(1, new TreeSet<>(List.of(1, 3)), seen + 1), new Heartbeat(2, new TreeSet<>(), seen),
                new Ack(1, seen + 1), new Inquiry(3, 1), new Testimony(3, 1, 9_000_000))) {
            parts.add(new Frame.OfLease(message));
        }
        for (Frame.FramePart part : parts) {
            Frame frame = new Frame(2, peer.node.view(0).epoch(), subject.node.view(0).epoch(), base.version(), base.print(),
                    stamp.time(), peer.node.view(0).seen(), List.of(part));
            keep(kept, LinkMessage.newBuilder().setFrame(OutgoingFrame.of(frame, peer.reading()).get(0)));
        }
        keep(kept, LinkMessage.newBuilder().setReport(MutexProto.Report.newBuilder().setInquiry(1).setStatus(
                WireStatus.out(new Snapshot(subject.node.view(0), RicartAgrawala.NAME, 0, List.of(new Snapshot.Other(2, "h:1", true, 1, 1, 1, "")), Map.of())))));
        keep(kept, LinkMessage.newBuilder().setHello(WireFields.out(peer.hello())));
        keep(kept, LinkMessage.newBuilder().setPing(1));
        keep(kept, LinkMessage.newBuilder().setRefusal("no"));
    }

    private static void keep(List<FuzzSent> kept, LinkMessage.Builder message) {
        kept.add(new FuzzSent(2, message.build().toByteArray(), message.build()));
    }

    @Test
    void spoiledAddressesAndLockNamesAreRefusedInOneLine() {
        for (int i = 0; i < TEXTS; i++) {
            String address = spoiled("localhost:5001", "[::1]:80", "my-host.example:65535", "10.0.0.1:1");
            String name = spoiled("default", "orders/42", "a.b_c:d-e", ".group");
            try {
                assertEquals(Address.parse(address), Address.parse(Address.parse(address).toString()));
            } catch (IllegalArgumentException declared) {
                isOneLine(declared);
            }
            try {
                assertEquals(name, LockName.check(name));
            } catch (IllegalArgumentException declared) {
                assertTrue(declared.getMessage().contains("1 to 128 of a-z") || declared.getMessage().contains("dot first"));
            }
        }
    }

    private String spoiled(String... good) {
        String text = good[random.nextInt(good.length)];
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            text = mutator.text(text);
        }
        return text;
    }

    private static void isOneLine(Exception refusal) {
        String line = refusal.getMessage();
        assertTrue(line.chars().noneMatch(Character::isISOControl) && line.length() < 500, replay() + ": " + line);
    }

    @Test
    void spoiledPeersFilesAreRefusedInOneLine() throws IOException {
        byte[] good = "# three\n1 localhost:5001\n2 localhost:5002 # x\r\n\n[::1]:5003\n".getBytes(StandardCharsets.UTF_8);
        Path file = folder.resolve("peers.txt");
        for (int i = 0; i < FILES; i++) {
            byte[] bytes = mutator.bytes(good, spoiled("5 h:1\n").getBytes(StandardCharsets.UTF_8));
            Files.write(file, bytes);
            try {
                PeersFile.read(file).entries().forEach(entry -> Address.parse(entry.endpoint()));
            } catch (BadConfiguration declared) {
                isOneLine(declared);
                assertTrue(declared.getMessage().startsWith(file.toString()), declared.getMessage());
            }
        }
    }

    @Test
    @Tag("slow")
    void spoiledShellLinesAreAnsweredInLines() throws IOException {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
        try (Neighbour peer = new Neighbour(folder, 1, 0)) {
            peer.awaitGroupOf(1);
            for (int i = 0; i < LINES / 100; i++) {
                StringBuilder lines = new StringBuilder();
                for (int line = 0; line < 100; line++) {
                    lines.append(spoiled("request a", "request b --for 5ms", "request --wait 10s", "release a", "cancel b", "status",
                            "why a", "peers", "locks", "log 5", "help request", "request \"a b\"", "release 'c'", "add localhost:99999", "remove 2",
                            "remove 1 x --force", "remove"))
                            .append('\n');
                }
                try (Screen screen = new Screen(out, out); Session session = new Session(peer.peer.loop(), screen, true)) {
                    new Shell(session).run(new ByteArrayInputStream(lines.toString().getBytes(StandardCharsets.UTF_8)));
                }
                String text = said.toString(StandardCharsets.UTF_8);
                said.reset();
                assertTrue(!text.contains("\tat ") && !text.contains("Exception"), replay() + ": " + text);
                assertTrue(text.chars().noneMatch(c -> c != '\n' && Character.isISOControl(c)), () -> replay() + ": a control character in\n"
                        + text.lines().filter(line -> line.chars().anyMatch(Character::isISOControl)).findFirst().orElse(""));
            }
            assertTrue(!peer.broken.isDone(), replay());
        }
    }

    public static void main(String[] args) {
        Effort.beLong(); // a seed of any run is played to its end
        if (args.length == 1) {
            seed = Long.parseLong(args[0]);
        }
        Run.only(FuzzTest.class);
    }
}
