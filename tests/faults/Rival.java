package tests.faults;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import mutex.algorithm.AlgorithmKind;
import mutex.algorithm.LockMode;
import mutex.algorithm.Stamp;
import mutex.event.Effect.Outcome;
import mutex.group.Seed;
import mutex.log.LogFile;
import mutex.node.Node;
import mutex.peer.LocalPeer;
import mutex.status.LockListener;
import mutex.text.LockName;
import mutex.transport.EventLoop;

/**
 * The program that each process of FaultTest and Soak runs: a peer that enters again and
 * again, and tells each step to the {@link Checker} at the other end of its standard streams.
 *
 * <p>Arguments: id, host, port, folder, lease in milliseconds, fault ("none"), algorithm, other addresses.
 */
final class Rival {

    private static final long MOST_PAUSE = 40_000_000;
    private static final long HOLD = 2_000_000;
    private static final String LOST = "lost";

    /** Any two of these, of two peers, exclude each other; at one peer one asks at a time. */
    private static final List<String> WISHES = List.of("default", "default:kind=ID", "default:2/3", "default:shared,second", "second,default");

    private record RivalHeld(Stamp stamp, long fence, long at) {}

    private record RivalEnd(Outcome outcome, String reason, long at) {}

    private final int id;
    private final LocalPeer peer;
    private final List<List<LockMode>> wishes;
    private final boolean deaf; // a planted fault: goes on as if nothing was lost
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>(); // the checker's answers, and LOST
    private final List<Pulse> pulses; // of the process, and of the peer's loop

    private Rival(int id, LocalPeer peer, EventLoop loop, boolean modes, boolean deaf) {
        this.id = id;
        wishes = modes ? WISHES.stream().map(wish -> LockMode.parse(wish.replace("ID", "" + id))).toList() : List.of(LockMode.exclusive(LockName.DEFAULT));
        this.peer = peer;
        this.deaf = deaf;
        pulses = List.of(new Pulse((from, to) -> tell("pause", from, to)), new Pulse(loop, (from, to) -> tell("stall", from, to)));
    }

    public static void main(String[] args) throws InterruptedException {
        int id = Integer.parseInt(args[0]);
        Path folder = Path.of(args[3]);
        List<Seed> others = Stream.of(args).skip(7).map(address -> new Seed(address, 0)).toList();
        LogFile log = args[5].equals("log") ? new LogFile(folder.resolve("log-" + id), System.out::println) : null;
        EventLoop loop = new EventLoop();
        LocalPeer peer;
        try {
            peer = LocalPeer.start(loop, new LocalPeer.PeerStart(id, args[1], Integer.parseInt(args[2]), null, true, others,
                    folder.resolve("state"), AlgorithmKind.named(args[6]), Long.parseLong(args[4]), 0, Node.MOST_LOCKS, System.out::println, Rival::die, log));
        } catch (IOException inUse) {
            System.out.println(inUse.getMessage());
            return;
        }
        System.out.println("peer " + id + " listens on " + peer.endpoint());
        Rival rival = new Rival(id, peer, loop, args[6].equals("ricart-agrawala"), args[5].equals("ignores-loss"));
        Thread listener = new Thread(rival::listen, "listener");
        listener.setDaemon(true);
        listener.start();
        while (true) {
            rival.enter();
            LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(MOST_PAUSE));
        }
    }

    private void enter() throws InterruptedException {
        heard.clear();
        CompletableFuture<RivalHeld> entry = new CompletableFuture<>();
        CompletableFuture<RivalEnd> end = new CompletableFuture<>();
        long number = peer.loop().requests().ask(wishes.get(ThreadLocalRandom.current().nextInt(wishes.size())), false, Long.MAX_VALUE, new LockListener() {
            @Override
            public void entered(Stamp stamp, long fence) {
                entry.complete(new RivalHeld(stamp, fence, System.nanoTime()));
            }

            @Override
            public void ended(Outcome outcome, String reason) {
                entry.completeExceptionally(new IllegalStateException(outcome + ": " + reason));
                end.complete(new RivalEnd(outcome, reason, System.nanoTime()));
                heard.add(LOST);
            }
        }).join();
        RivalHeld held = entry.join();
        pulses.forEach(Pulse::beat);
        tell("enter", held.fence, held.at);
        String answer = answer(held.fence);
        if (answer.equals("ok")) {
            LockSupport.parkNanos(HOLD);
        } else if (answer.equals("stay")) {
            awaitGo(held.fence, end);
        }
        if (deaf || !end.isDone()) {
            tell("write", held.fence, System.nanoTime());
            answer(held.fence);
        }
        peer.loop().requests().withdraw(number);
        RivalEnd ended = end.join();
        pulses.forEach(Pulse::beat);
        if (deaf && ended.outcome == Outcome.LOST) {
            tell("exit", held.fence, System.nanoTime());
        } else {
            tell(ended.outcome == Outcome.LOST ? "lost" : "exit", held.fence, ended.at);
        }
        if (ended.outcome == Outcome.LOST) {
            System.out.println("LOST " + held.stamp + ", fence " + held.fence + ": " + ended.reason);
        }
    }

    /** The one to what was told last. */
    private String answer(long fence) throws InterruptedException {
        while (true) {
            String[] line = heard.take().split(" ");
            if (line.length == 2 && line[1].equals(String.valueOf(fence))) {
                return line[0];
            }
        }
    }

    private void awaitGo(long fence, CompletableFuture<RivalEnd> end) throws InterruptedException {
        while (deaf || !end.isDone()) {
            if (heard.take().equals("go " + fence)) {
                return;
            }
        }
    }

    private void tell(String event, long fence, long at) {
        System.out.println(event + " " + id + " " + fence + " " + at);
    }

    private void listen() {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.equals("heap")) {
                    System.gc();
                    System.out.println("heap " + ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed()
                            + " threads " + ManagementFactory.getThreadMXBean().getThreadCount());
                } else if (line.equals("events")) {
                    peer.loop().log(Integer.MAX_VALUE).get(5, TimeUnit.SECONDS).forEach(event -> System.out.println(event.json()));
                    System.out.println("no more events");
                } else {
                    heard.add(line);
                }
            }
        } catch (Exception broken) {
            System.out.println("standard input: " + broken);
        }
        Runtime.getRuntime().halt(0); // the test is gone
    }

    private static void die(Throwable broken, String lastEvents) {
        System.out.println("broke one of its own rules: " + broken + "; last events: " + lastEvents);
        Runtime.getRuntime().halt(70);
    }
}
