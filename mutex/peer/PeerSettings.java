package mutex.peer;

import java.util.List;
import java.util.function.BiConsumer;
import mutex.algorithm.AlgorithmKind;
import mutex.group.Hello;
import mutex.group.Seed;

/**
 * What a peer is started with.
 *
 * @param list the other peers of the start list
 * @param process random number of this process
 * @param leaseMillis 0: the lease is off
 * @param expect how many peers found a group, where they have no list but find each other; 0 with a list
 * @param mostLocks held or wanted here at once
 * @param dying is told when the core broke one of its own rules, with the last events; the process must end
 */
public record PeerSettings(
        int id, String host, int port, List<Seed> list, long process,
        AlgorithmKind algorithms, long leaseMillis, int expect, int mostLocks,
        BiConsumer<Throwable, String> dying) {

    public String endpoint() {
        return host + ":" + port;
    }

    /** How such a peer greets before its first step. */
    Hello hello() {
        return new Hello(id, endpoint(), System.currentTimeMillis(), process, algorithms.text(), leaseMillis, null, list, expect);
    }
}
