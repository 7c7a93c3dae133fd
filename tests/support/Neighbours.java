package tests.support;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** A group of peers inside the test's own process. */
public final class Neighbours {

    private Neighbours() {}

    /**
     * Peers 1 to size, with each other in their lists, in the group that they have founded.
     *
     * @param open closes them
     */
    public static List<Neighbour> group(Closing open, Path state, int size, long leaseMillis) {
        int[] ports = PeerProcesses.ports(size);
        List<Neighbour> all = IntStream.rangeClosed(1, size).mapToObj(id -> open.add(new Neighbour(state, id, ports[id - 1], leaseMillis,
                IntStream.range(0, size).filter(i -> i != id - 1).mapToObj(i -> "localhost:" + ports[i]).toArray(String[]::new)))).toList();
        all.forEach(peer -> peer.awaitGroupOf(size));
        return all;
    }
}
