package mutex.client;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import mutex.algorithm.AlgorithmKind;
import mutex.algorithm.RicartAgrawala;
import mutex.discover.Address;
import mutex.discover.Discovery;
import mutex.discover.StartList;
import mutex.node.Node;
import mutex.peer.BrokenRule;
import mutex.peer.LocalPeer;
import mutex.peer.StartRules;
import mutex.state.StateFile;
import mutex.transport.EventLoop;
import mutex.transport.Tls;

/**
 * Describes a peer that runs in this program, as the options of {@code peer} do; {@link #start} starts it. What the command
 * line refuses is refused here, in the same line.
 */
public final class PeerBuilder {

    private static final Duration FAR = Duration.ofDays(1); // from any lease; a length in milliseconds may be too long for a number

    private final int id;
    private String host = "localhost";
    private int port;
    private String listen; // null: as the others reach it
    private boolean insecure;
    private List<String> others = List.of();
    private String discover; // null: there is a list
    private String expect; // null: it only joins
    private AlgorithmKind algorithms = AlgorithmKind.named(RicartAgrawala.NAME);
    private long leaseMillis;
    private int mostLocks = Node.MOST_LOCKS;
    private Path state; // null: the usual one
    private Tls tls;
    private Consumer<String> voice = line -> System.err.println("peer: " + line);

    PeerBuilder(int id) {
        this.id = StartRules.number("--id", String.valueOf(id), 1);
    }

    /**
     * Where the others reach it, and, unless {@link #listen} says otherwise, what it listens on; port 0 lets the system
     * choose. Default: localhost, 0.
     *
     * @throws IllegalArgumentException in one line when the port is none
     */
    public PeerBuilder at(String host, int port) {
        this.host = host;
        this.port = StartRules.number("--port", String.valueOf(port), 0);
        return this;
    }

    /** What it listens on, {@code HOST[:PORT]}, where that is not what the others reach it by; 0.0.0.0 for every address. */
    public PeerBuilder listen(String hostAndPort) {
        listen = hostAndPort;
        return this;
    }

    /** It may listen beyond this machine without TLS, as the network is trusted. */
    public PeerBuilder insecure() {
        insecure = true;
        return this;
    }

    /** The other peers, each host:port; this one itself may be among them. */
    public PeerBuilder others(String... addresses) {
        others = List.of(addresses);
        return this;
    }

    /**
     * Finds the other peers, instead of a list: {@code serf}, {@code serf:HOST:PORT}, {@code dns:NAME} or
     * {@code dns:NAME@SERVER}. Joins a group that is there, and founds none, unless {@link #expect} says so.
     */
    public PeerBuilder discover(String how) {
        discover = how;
        return this;
    }

    /** With {@link #discover}: a group begins when so many peers that expect so many have met, 2 to 64, more than half of all there will be. */
    public PeerBuilder expect(int peers) {
        expect = String.valueOf(peers);
        return this;
    }

    /**
     * The same at all peers, 200 ms to 10 min; zero, the default, turns it off.
     *
     * @throws IllegalArgumentException in one line when it is neither
     */
    public PeerBuilder lease(Duration lease) {
        boolean far = lease.compareTo(FAR) > 0 || lease.compareTo(FAR.negated()) < 0;
        leaseMillis = StartRules.leaseMillis(lease, far ? lease.toString() : lease.toMillis() + "ms");
        return this;
    }

    /**
     * The same at all peers; default: {@code ricart-agrawala}. A {@code token-ring} works without a lease only.
     *
     * @throws IllegalArgumentException in one line when it is none of {@link AlgorithmKind#names}
     */
    public PeerBuilder algorithm(String name) {
        algorithms = StartRules.algorithm(name);
        return this;
    }

    /**
     * How many locks are held or wanted at this peer at once, 64 to 1,000,000; the next is refused. Each costs
     * memory, and nothing else grows with them. Default: 1,024; the peers of a group need not have the same.
     *
     * @throws IllegalArgumentException in one line when it is fewer or more
     */
    public PeerBuilder mostLocks(int locks) {
        mostLocks = StartRules.mostLocks(String.valueOf(locks));
        return this;
    }

    /** Folder of the state file; default, as of {@code peer}: $XDG_STATE_HOME/afteryou, or ~/.local/state/afteryou. */
    public PeerBuilder state(Path folder) {
        state = folder;
        return this;
    }

    /** See {@link Tls#of}; to be closed by whoever opened it. Default: without TLS, which is for one machine alone. */
    public PeerBuilder tls(Tls tls) {
        this.tls = tls;
        return this;
    }

    /** Takes the lines for a person; called on threads of the peer, must not block. Default: standard error. */
    public PeerBuilder voice(Consumer<String> voice) {
        this.voice = voice;
        return this;
    }

    /**
     * Starts the peer. One that breaks a rule of its own ends the program with code 70, rather than let two in.
     *
     * @throws IOException in one line when the address cannot be bound
     * @throws IllegalArgumentException in one line when the state file cannot be used, others cannot reach the host, it
     *         would listen beyond this machine without TLS, or what was described does not go together
     */
    public Mutex start() throws IOException {
        StartRules.algorithmWithLease(algorithms, leaseMillis);
        int expected = StartRules.expect(discover, expect, others);
        Discovery.Found way = StartRules.discovery(discover);
        StartList list = StartList.of(id, host, port, others);
        StartRules.encryption(id, insecure, tls);
        Path folder = state == null ? StateFile.usualFolder() : StartRules.state(state);
        EventLoop events = new EventLoop(tls);
        try {
            LocalPeer peer = LocalPeer.start(events, new LocalPeer.PeerStart(id, list.self().host(), port, listen, insecure, list.others(), folder,
                    algorithms, leaseMillis, expected, mostLocks, voice, BrokenRule.ends("peer"), null));
            Discovery discovery = way == null ? null : way.start(Address.parse(peer.endpoint()), peer.loop()::discovered, voice, peer.loop()::endIfFatal);
            return Mutex.of(peer, events, discovery);
        } catch (IOException | RuntimeException | Error e) {
            events.close();
            throw e;
        }
    }
}
