package mutex.discover;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.stream.Stream;

/**
 * By what name or address the others reach a peer, and what it listens on. The rules are the same for the command line
 * and the library: what no other machine can dial is not advertised, and what is not this machine alone is encrypted,
 * unless the network is said to be trusted.
 *
 * @param host as the others are told
 * @param listen the address that is bound
 * @param listenPort 0 lets the system choose
 * @param note one line for a person about who cannot reach it; null when there is none
 */
public record Reach(String host, InetAddress listen, int listenPort, String note) {

    private static final String LOCAL_NAMES = "localhost|localhost\\..*|.*\\.localhost|ip6-localhost|ip6-loopback";
    private static final String LITERAL = "\\[.*\\]|[0-9.]+|0x[0-9a-fx.]+";

    /**
     * Looks the names up, which may take as long as the resolver does.
     *
     * @param port that is advertised; also listened on, unless listen names another
     * @param listen {@code HOST[:PORT]}; null: what is advertised
     * @param trusted encrypted, or on a network that is trusted
     * @throws IllegalArgumentException in one line that says what to write instead; a {@link BadConfiguration} where a
     *         name is not known
     */
    public static Reach of(String host, int port, String listen, boolean trusted) {
        String named = Address.host(host);
        List<InetAddress> all = known(named, "--host");
        List<InetAddress> usable = all.stream().filter(address -> unusable(address) == null).toList();
        if (usable.isEmpty()) {
            throw new IllegalArgumentException("--host " + named + " " + unusable(all.get(0))
                    + ", so the others cannot dial it; write a name or address of this machine that they know, e.g. --host db1"
                    + (all.get(0).isAnyLocalAddress() ? " --listen " + text(all.get(0)) : ""));
        }
        boolean loopback = usable.stream().allMatch(InetAddress::isLoopbackAddress);
        if (loopback && listen == null && !named.matches(LITERAL) && !named.matches(LOCAL_NAMES)) {
            throw new IllegalArgumentException("--host " + named + " resolves to " + text(usable.get(0)) + " here, which no other machine "
                    + "can reach; write an address that the others can reach, add --listen 0.0.0.0 if " + named
                    + " resolves differently for them, or write --host localhost for peers on this machine only");
        }
        InetAddress bound = usable.stream().filter(address -> !address.isLoopbackAddress()).findFirst().orElse(usable.get(0));
        int boundPort = port;
        if (listen != null) {
            Address at = listening(listen, port);
            List<InetAddress> there = known(at.host(), "--listen");
            bound = there.stream().filter(address -> !address.isLoopbackAddress()).findFirst().orElse(there.get(0));
            boundPort = at.port();
        }
        if (!trusted && !bound.isLoopbackAddress()) {
            throw new IllegalArgumentException((listen == null ? "--host " + named : "--listen " + Address.shown(listen))
                    + " is reachable from other machines, and nothing is encrypted; add --tls-cert, --tls-key and --tls-ca, "
                    + "or --insecure if the network is trusted");
        }
        return new Reach(named, bound, boundPort, note(named, loopback, bound));
    }

    /** Whether only this machine can connect. */
    public boolean local() {
        return listen.isLoopbackAddress();
    }

    /** The address that is bound, as it is written before a port. */
    public String listenHost() {
        return text(listen);
    }

    private static String note(String host, boolean loopback, InetAddress bound) {
        if (loopback && !bound.isLoopbackAddress()) {
            return "this peer listens on " + text(bound) + ", but the others are told to dial " + host
                    + ", which from here is this machine only; if any of them is on another machine, write --host with the name they know this one by";
        }
        return loopback || !bound.isLoopbackAddress() ? null : "this peer listens on " + text(bound)
                + " only, so what the others dial, " + host + ", has to be forwarded there";
    }

    /** Reads {@code HOST[:PORT]}; an IPv6 address before a port is in brackets. */
    private static Address listening(String text, int port) {
        boolean alone = text.indexOf(':') != text.lastIndexOf(':') && !text.startsWith("[") || text.endsWith("]") || !text.contains(":");
        try {
            return alone ? new Address(Address.host(text), port) : Address.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--listen: " + e.getMessage()
                    + (text.startsWith("*") || text.startsWith(":") ? "; every address of this machine is 0.0.0.0, with IPv6 [::]" : ""));
        }
    }

    /** Why other machines cannot dial it, to go after its name; null when they may. */
    private static String unusable(InetAddress address) {
        byte[] bytes = address.getAddress();
        boolean four = address instanceof Inet4Address;
        int first = bytes[0] & 0xff;
        boolean broadcast = four && Stream.of(0, 1, 2, 3).allMatch(i -> bytes[i] == -1);
        return address.isAnyLocalAddress() || four && first == 0 ? "stands for every address of a machine"
                : address.isMulticastAddress() ? "is a multicast address"
                : broadcast ? "is the broadcast address"
                : four && first >= 240 ? "is a reserved address"
                : !four && address.isLinkLocalAddress() ? "is an address of one link, with another zone at each machine"
                : null;
    }

    /** Whether it is written as an address that nobody can dial; a name is not looked up. */
    static String unusable(String host) {
        try {
            return host.matches(LITERAL) ? unusable(InetAddress.getByName(host)) : null;
        } catch (UnknownHostException e) {
            return null;
        }
    }

    private static List<InetAddress> known(String host, String option) {
        Lookups.keepShort();
        try {
            return List.of(InetAddress.getAllByName(host));
        } catch (UnknownHostException e) {
            throw new BadConfiguration(Lookups.unresolved(host, e) + "; write a name or address of this machine after " + option);
        }
    }

    private static String text(InetAddress address) {
        String text = address.getHostAddress();
        return text.equals("0:0:0:0:0:0:0:0") ? "[::]" : text.contains(":") ? "[" + text + "]" : text;
    }
}
