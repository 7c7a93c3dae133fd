package bench;

import bench.Times.TimeSample;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Raw peers, each on a loop of its own; the first sends to all others. */
final class RawPeers implements AutoCloseable {

    private final List<RawFanOut> peers = new ArrayList<>();
    private boolean dialed;

    RawPeers(int count, Payload payload) throws IOException {
        for (int i = 0; i < count; i++) {
            peers.add(new RawFanOut(payload));
        }
    }

    /** The first one dials: a peer closes what says nothing for long. */
    CompletableFuture<TimeSample> round(int count, int atOnce) {
        if (!dialed) {
            dialed = true;
            peers.get(0).dial(peers.subList(1, peers.size()));
        }
        return peers.get(0).round(count, atOnce).thenApply(Times::sample);
    }

    @Override
    public void close() {
        peers.forEach(RawFanOut::close);
    }
}
