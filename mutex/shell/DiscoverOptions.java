package mutex.shell;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import mutex.discover.Address;
import mutex.discover.Discovery;
import mutex.group.Membership;
import picocli.CommandLine.Option;

/** The options of a peer that finds the others: a mixin. */
final class DiscoverOptions {

    private static final int MOST = 64;

    @Option(names = "--discover", paramLabel = "HOW", description = "find the other peers: serf, or serf:HOST:PORT, by a Serf "
            + "agent, whose tag mutex=PORT is set; dns:NAME by A and AAAA records, or SRV if NAME begins with _, "
            + "or dns:NAME@SERVER; instead of a list")
    private String how;
    private Discovery.Way way; // null: not given

    @Option(names = "--expect", paramLabel = "N", description = "with --discover: a group begins when N peers that expect "
            + "so many have met, more than half of all there will be; others join it (default: only join)")
    private String expect;

    boolean given() {
        return how != null;
    }

    /** @throws IllegalArgumentException in one line */
    void check(Path peersFile, List<String> addresses) {
        if (how == null && expect != null) {
            throw new IllegalArgumentException("--expect is for peers that find each other; add --discover, or leave it out");
        }
        if (expect != null && (!expect.matches("[0-9]{1,2}") || Integer.parseInt(expect) < 2 || Integer.parseInt(expect) > MOST)) {
            throw new IllegalArgumentException("--expect \"" + (expect.length() > 80 ? expect.substring(0, 80) + "..." : expect)
                    + "\" is not a number of peers from 2 to " + MOST);
        }
        if (how == null) {
            return;
        }
        if (peersFile != null || !addresses.isEmpty()) {
            throw new IllegalArgumentException("--discover finds the peers; leave out " + (peersFile != null
                    ? "--peers-file " + peersFile : String.join(" ", addresses)) + ", or --discover");
        }
        try {
            way = Discovery.way(how);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--discover: " + e.getMessage());
        }
    }

    /** How many found a group; 0 with a list. */
    int expect() {
        return how == null ? 0 : expect == null ? Membership.ONLY_JOINS : Integer.parseInt(expect);
    }

    /** Begins to look for others; null where there is a list. */
    Discovery start(String endpoint, Consumer<Set<String>> proposed, Consumer<String> voice) {
        return way == null ? null : way.start(Address.parse(endpoint), proposed, voice);
    }
}
