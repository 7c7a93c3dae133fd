package mutex.discover;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import mutex.text.Printable;

/** Where a peer listens: {@code host:port}, an IPv6 host in brackets. */
public record Address(String host, int port) {

    private static final int LONGEST = 100;
    private static final int MOST_PEERS = 16;
    private static final String HOST = "[a-z0-9._-]+|\\[[0-9a-f:.]+\\]";

    /**
     * The peers that a program asks: those given, else those of {@code MUTEX_PEER}, else localhost:5000. With commas
     * between them; it uses the first that may use locks.
     *
     * @param given null for none
     *
     * @throws IllegalArgumentException in one line when one is malformed or repeated, or there are more than sixteen
     */
    public static List<String> ofPeers(String given, Map<String, String> environment) {
        String usual = environment.getOrDefault("MUTEX_PEER", "");
        String text = given != null ? given : usual.isEmpty() ? "localhost:5000" : usual;
        String[] words = text.split(",", -1);
        if (words.length > MOST_PEERS) {
            throw new IllegalArgumentException(Printable.quoted(text) + " names " + words.length + " peers; name " + MOST_PEERS + " at most");
        }
        List<String> peers = new ArrayList<>();
        for (String word : words) {
            if (word.isEmpty() && words.length > 1) {
                throw new IllegalArgumentException(Printable.quoted(text) + " has a comma without a peer; write for example \"a:5001,b:5001\"");
            } else if (word.matches("\\s.*|.*\\s")) {
                throw new IllegalArgumentException(Printable.quoted(text) + " has a blank in it; write for example \"a:5001,b:5001\"");
            }
            String peer = parse(word).toString();
            if (peers.contains(peer)) {
                throw new IllegalArgumentException(Printable.quoted(text) + " names " + peer + " twice; name each peer once");
            }
            peers.add(peer);
        }
        return peers;
    }

    /**
     * Reads {@code host:port}.
     *
     * @throws IllegalArgumentException in one line that says what was found and what to write instead
     */
    public static Address parse(String text) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon).toLowerCase(Locale.ROOT);
        if (host.isEmpty() || text.length() > LONGEST || !host.matches(HOST)) {
            throw new IllegalArgumentException(Printable.quoted(text) + " is not \"host:port\", e.g. \"localhost:5001\""
                    + (host.chars().filter(c -> c == ':').count() > 0 ? " or \"[::1]:5001\"" : ""));
        }
        return new Address(host, port(text.substring(colon + 1), "in " + Printable.quoted(text) + ": "));
    }

    /**
     * Reads where another peer is: not an address that stands for all of a machine, or for many machines.
     *
     * @throws IllegalArgumentException in one line
     */
    public static Address ofOther(String text) {
        Address other = parse(text);
        String why = Reach.unusable(other.host());
        if (why != null) {
            throw new IllegalArgumentException("\"" + other + "\": " + other.host() + " " + why
                    + "; write the name or address that the peer there is known by");
        }
        return other;
    }

    /**
     * Reads a host: a name, an IPv4 address, or an IPv6 address with or without brackets.
     *
     * @throws IllegalArgumentException in one line
     */
    static String host(String text) {
        String host = text.contains(":") && !text.startsWith("[") ? "[" + text + "]" : text;
        if (!host.toLowerCase(Locale.ROOT).matches(HOST) || host.length() > LONGEST - 6) {
            throw new IllegalArgumentException("host " + Printable.quoted(text) + " is not a name or address, e.g. \"localhost\"");
        }
        return host.toLowerCase(Locale.ROOT);
    }

    /**
     * Whether only this machine can reach it.
     *
     * @throws BadConfiguration in one line when the name is not known
     */
    public boolean isLoopback() {
        Lookups.keepShort();
        try {
            return Stream.of(InetAddress.getAllByName(host)).allMatch(InetAddress::isLoopbackAddress);
        } catch (UnknownHostException e) {
            throw new BadConfiguration(Lookups.unresolved(host, e) + "; write a name or address of this machine after --host");
        }
    }

    /**
     * Reads a port a peer can be reached at.
     *
     * @param where goes before the error message
     */
    private static int port(String text, String where) {
        if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) < 1 || Integer.parseInt(text) > 65_535) {
            throw new IllegalArgumentException(where + "port " + Printable.quoted(text) + " is not a number from 1 to 65535");
        }
        return Integer.parseInt(text);
    }

    /** The text as it may be printed: no control characters, not endless. */
    static String shown(String text) {
        return Printable.of(text, 80);
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
