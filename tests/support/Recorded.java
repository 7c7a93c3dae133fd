package tests.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import mutex.algorithm.AlgorithmKind;
import mutex.event.Effect.Outcome;
import mutex.group.Seed;
import mutex.log.LogFile;
import mutex.peer.LocalPeer;
import mutex.transport.EventLoop;

/** Peers in this process that contend and write their logs. */
public final class Recorded {

    private Recorded() {}

    /** Every peer enters every lock so often, all at once; gives the logs, {@code peer-1.log} and so on. */
    public static List<Path> run(Path folder, int size, AlgorithmKind algorithm, int entries,
            List<String> locks) throws IOException {
        int[] ports = PeerProcesses.ports(size);
        List<EventLoop> loops = new ArrayList<>();
        List<LogFile> logs = new ArrayList<>();
        List<LocalPeer> peers = new ArrayList<>();
        List<Path> files = IntStream.rangeClosed(1, size).mapToObj(id -> folder.resolve("peer-" + id + ".log")).toList();
        try {
            for (int id = 1; id <= size; id++) {
                int self = id;
                List<Seed> others = IntStream.rangeClosed(1, size).filter(other -> other != self)
                        .mapToObj(other -> new Seed("localhost:" + ports[other - 1], 0)).toList();
                loops.add(new EventLoop());
                logs.add(new LogFile(files.get(id - 1), line -> { }));
                peers.add(LocalPeer.start(loops.get(id - 1), new LocalPeer.PeerStart(id, "localhost", ports[id - 1], others,
                        folder.resolve("state"), algorithm, 0, 0, line -> { }, (broken, events) -> broken.printStackTrace(), logs.get(id - 1))));
            }
            List<CompletableFuture<Void>> turns = new ArrayList<>();
            peers.forEach(peer -> locks.forEach(lock -> turns.add(turns(peer, lock, entries))));
            turns.forEach(all -> Eventually.get(all, "all entries"));
        } finally {
            peers.forEach(LocalPeer::close);
            loops.forEach(EventLoop::close);
            logs.forEach(LogFile::close);
        }
        return files;
    }

    private static CompletableFuture<Void> turns(LocalPeer peer, String lock, int left) {
        return left == 0 ? CompletableFuture.completedFuture(null) : turn(peer, lock).thenCompose(done -> turns(peer, lock, left - 1));
    }

    private static CompletableFuture<Outcome> turn(LocalPeer peer, String lock) {
        Neighbour.Asked asked = new Neighbour.Asked();
        CompletableFuture<Long> number = peer.loop().requests().ask(lock, false, Long.MAX_VALUE, asked);
        asked.entered.thenCompose(fence -> number).thenAccept(peer.loop().requests()::withdraw);
        return asked.ended;
    }

    /** The lines of the file, to be changed and written back. */
    public static List<String> lines(Path file) {
        try {
            return new ArrayList<>(Files.readAllLines(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
