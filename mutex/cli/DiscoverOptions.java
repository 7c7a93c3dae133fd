package mutex.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import mutex.discover.Address;
import mutex.discover.Discovery;
import mutex.peer.StartRules;
import picocli.CommandLine.Option;

/** The options of a peer that finds the others: a mixin. */
final class DiscoverOptions {

    @Option(names = "--discover", paramLabel = "HOW", description = "find the other peers: serf, or serf:HOST:PORT, by a Serf "
            + "agent, whose tag mutex=PORT is set; dns:NAME by A and AAAA records, or SRV if NAME begins with _, "
            + "or dns:NAME@SERVER; instead of a list")
    private String how;
    private Discovery.Found way; // null: not given

    @Option(names = "--expect", paramLabel = "N", description = "with --discover: a group begins when N peers that expect "
            + "so many have met, more than half of all there will be; others join it (default: only join)")
    private String expect;
    private int founders;

    boolean given() {
        return how != null;
    }

    /** @throws IllegalArgumentException in one line */
    void check(Path peersFile, List<String> addresses) {
        founders = StartRules.expect(how, expect, peersFile != null ? List.of("--peers-file " + peersFile) : addresses);
        way = StartRules.discovery(how);
    }

    /** How many found a group; 0 with a list. */
    int expect() {
        return founders;
    }

    /** Begins to look for others; null where there is a list. */
    Discovery start(String endpoint, Consumer<Set<String>> proposed, Consumer<String> voice) {
        return way == null ? null : way.start(Address.parse(endpoint), proposed, voice);
    }
}
