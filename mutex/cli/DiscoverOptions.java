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

    @Option(names = "--discover", paramLabel = "HOW", description = "find the other peers instead of listing them: serf or serf:HOST:PORT "
            + "asks a Serf agent and sets its tag mutex=PORT; dns:NAME or dns:NAME@SERVER looks up A and AAAA records, "
            + "or SRV records if NAME begins with _")
    private String how;
    private Discovery.Found way; // null: not given

    @Option(names = "--expect", paramLabel = "N", description = "with --discover: form a group once N peers started with the same N "
            + "have met; N is more than half of all peers there will be, and the others join (default: only join)")
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
    Discovery start(String endpoint, Consumer<Set<String>> proposed, Consumer<String> voice, Consumer<Throwable> failure) {
        return way == null ? null : way.start(Address.parse(endpoint), proposed, voice, failure);
    }
}
