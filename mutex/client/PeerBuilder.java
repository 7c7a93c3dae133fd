package mutex.client;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import mutex.algorithm.Algorithms;
import mutex.algorithm.RicartAgrawala;
import mutex.algorithm.TokenRing;
import mutex.discover.StartList;
import mutex.group.Listed;
import mutex.net.EventLoop;
import mutex.net.LeaseText;
import mutex.net.LocalPeer;
import mutex.net.StateFile;
import mutex.net.Tls;

/** Describes a peer that runs in this program, as the options of {@code peer} do; {@link #start} starts it. */
public final class PeerBuilder {

    private static final int SOFTWARE = 70; // EX_SOFTWARE

    private final int id;
    private String host = "localhost";
    private int port;
    private String listen; // null: as the others reach it
    private boolean insecure;
    private List<Listed> others = List.of();
    private Algorithms algorithms = Algorithms.named(RicartAgrawala.NAME);
    private long leaseMillis;
    private Path state = StateFile.usualFolder();
    private Tls tls;
    private Consumer<String> voice = line -> System.err.println("peer: " + line);

    PeerBuilder(int id) {
        if (id < 1 || id > 65_535) {
            throw new IllegalArgumentException("peer id " + id + " is not a number from 1 to 65535");
        }
        this.id = id;
    }

    /**
     * Where the others reach it, and, unless {@link #listen} says otherwise, what it listens on; port 0 lets the system
     * choose. Default: localhost, 0.
     */
    public PeerBuilder at(String host, int port) {
        this.host = host;
        this.port = port;
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

    /**
     * The other peers, each host:port.
     *
     * @throws IllegalArgumentException in one line
     */
    public PeerBuilder others(String... addresses) {
        others = StartList.listed(List.of(addresses));
        return this;
    }

    /**
     * The same at all peers, 200 ms to 10 min; zero, the default, turns it off.
     *
     * @throws IllegalArgumentException in one line when it is neither
     */
    public PeerBuilder lease(Duration lease) {
        if (!lease.isZero() && !LeaseText.allows(lease)) {
            throw new IllegalArgumentException("a lease of " + lease + " is not from 200 ms to 10 min; zero turns it off");
        }
        leaseMillis = lease.toMillis();
        return this;
    }

    /**
     * The same at all peers; default: {@code ricart-agrawala}. A {@code token-ring} works without a lease only.
     *
     * @throws IllegalArgumentException in one line when it is none of {@link Algorithms#NAMES}
     */
    public PeerBuilder algorithm(String name) {
        algorithms = Algorithms.named(name);
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

    /** Takes the lines for a person; called on the peer's thread, must not block. Default: standard error. */
    public PeerBuilder voice(Consumer<String> voice) {
        this.voice = voice;
        return this;
    }

    /**
     * Starts the peer. One that breaks a rule of its own ends the program with code 70, rather than let two in.
     *
     * @throws IOException in one line when the address cannot be bound
     * @throws IllegalArgumentException in one line when the state file cannot be used, others cannot reach the host, it
     *         would listen beyond this machine without TLS, or algorithm and lease do not go together
     */
    public Mutex start() throws IOException {
        if (leaseMillis > 0 && algorithms.name().equals(TokenRing.NAME)) {
            throw new IllegalArgumentException(TokenRing.NAME + " works without a lease only; choose another algorithm, or no lease");
        }
        EventLoop events = new EventLoop(tls);
        try {
            return Mutex.of(LocalPeer.start(events, new LocalPeer.Start(id, host, port, listen, insecure, others, state,
                    algorithms, leaseMillis, 0, voice, PeerBuilder::die, null)), events);
        } catch (IOException | RuntimeException | Error e) {
            events.close();
            throw e;
        }
    }

    private static void die(Throwable broken, String lastEvents) {
        System.err.println("peer: stopped, because it broke one of its own rules: " + broken + "; last events: " + lastEvents);
        Runtime.getRuntime().halt(SOFTWARE);
    }
}
