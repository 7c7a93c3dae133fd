package mutex.peer;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import mutex.algorithm.AlgorithmKind;
import mutex.discover.Discovery;
import mutex.discover.InputFile;
import mutex.group.Group;
import mutex.group.Membership;
import mutex.text.Durations;
import mutex.text.Printable;
import mutex.transport.PeerCertificate;
import mutex.transport.Tls;

/**
 * What a peer may be started with, for the command line and for programs alike: each rule is here once, and says in one
 * line, by the name of the option, what is wrong. What others reach it by and what it listens on: {@link mutex.discover.Reach}.
 * All throw IllegalArgumentException.
 */
public final class StartRules {

    private static final Duration SHORTEST_LEASE = Duration.ofMillis(200);
    private static final Duration LONGEST_LEASE = Duration.ofMinutes(10);

    private static final int FEWEST_LOCKS = 64; // more than one request names, and the group's own
    private static final int MOST_LOCKS = 1_000_000;

    private StartRules() {}

    /** Reads a port or id, from that on. */
    public static int number(String option, String text, int least) {
        require(text.matches("[0-9]{1,5}") && Integer.parseInt(text) >= least && Integer.parseInt(text) <= 65_535,
                option + " " + Printable.quoted(text) + " is not a number from " + least + " to 65535");
        return Integer.parseInt(text);
    }

    /** What {@code --most-locks} says. */
    public static int mostLocks(String text) {
        require(text.matches("[0-9]{1,7}") && Integer.parseInt(text) >= FEWEST_LOCKS && Integer.parseInt(text) <= MOST_LOCKS,
                "--most-locks " + Printable.quoted(text) + " is not a number of locks from " + FEWEST_LOCKS + " to " + MOST_LOCKS);
        return Integer.parseInt(text);
    }

    /**
     * What {@code --lease} says, in milliseconds; 0 turns it off.
     *
     * @throws IllegalArgumentException in one line when it is not one
     */
    public static long leaseMillis(String text) {
        double millis = Durations.millis(text);
        boolean isOne = millis >= 0 && millis < Long.MAX_VALUE / 1e6;
        return leaseMillis(Duration.ofNanos(isOne ? (long) (millis * 1_000_000) : -1), text);
    }

    /** Of a lease, in milliseconds; 0 turns it off. */
    public static long leaseMillis(Duration lease, String shown) {
        require(lease.isZero() || lease.compareTo(SHORTEST_LEASE) >= 0 && lease.compareTo(LONGEST_LEASE) <= 0, "--lease " + Printable.quoted(shown)
                + " is not a lease of 200ms to 10m, e.g. 5s, or 0, which turns it off");
        return lease.toMillis();
    }

    /** By its name. */
    public static AlgorithmKind algorithm(String name) {
        require(AlgorithmKind.names().contains(name), "--algorithm " + Printable.quoted(name) + " is none of " + String.join(", ", AlgorithmKind.names()));
        return AlgorithmKind.named(name);
    }

    /** That they go together. */
    public static void algorithmWithLease(AlgorithmKind algorithm, long leaseMillis) {
        require(algorithm.worksWithLease() || leaseMillis == 0, "--algorithm " + algorithm.name() + " works without a lease only; leave --lease out, or choose "
                + AlgorithmKind.all().stream().filter(AlgorithmKind::worksWithLease).map(AlgorithmKind::name).collect(Collectors.joining(" or ")));
    }

    /** How peers are found; null without. */
    public static Discovery.Found discovery(String how) {
        try {
            return how == null ? null : Discovery.way(how);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--discover: " + e.getMessage());
        }
    }

    /**
     * How many peers found a group; 0 with a list.
     *
     * @param how peers are found; null without
     * @param expected null: not given
     * @param listed how the list is written where one is given; else empty
     */
    public static int expect(String how, String expected, List<String> listed) {
        require(how != null || expected == null, "--expect is for peers that find each other; add --discover, or leave it out");
        require(expected == null || expected.matches("[0-9]{1,2}") && Integer.parseInt(expected) >= 2 && Integer.parseInt(expected) <= Group.MOST_MEMBERS,
                "--expect " + Printable.quoted(expected) + " is not a number of peers from 2 to " + Group.MOST_MEMBERS);
        require(how == null || listed.isEmpty(), "--discover finds the peers; leave out " + Printable.of(String.join(" ", listed), 300)
                + ", or --discover");
        return how == null ? 0 : expected == null ? Membership.ONLY_JOINS : Integer.parseInt(expected);
    }

    /** Whether something is to be encrypted, and by whose certificate. */
    public static void encryption(int id, boolean insecure, Tls tls) {
        insecureWithTls(insecure, tls != null);
        require(tls == null || tls.peer() == id, tls == null ? "" : "--tls-cert: is the certificate of "
                + (tls.peer() == PeerCertificate.OF_CLIENT ? "a client" : "peer " + tls.peer()) + ", but this peer has --id " + id + "; name its own");
    }

    /** The same before the files of TLS are read. */
    public static void insecureWithTls(boolean insecure, boolean tls) {
        require(!insecure || !tls, "--insecure and --tls-cert do not go together; leave one out");
    }

    /** Where the state of a peer is kept. */
    public static Path state(Path folder) {
        require(!folder.toString().isEmpty(), "--state \"\": the name is empty; write one, or leave the option out");
        require(!Files.exists(folder) || Files.isDirectory(folder), "--state " + Printable.of(folder.toString(), 200)
                + ": is a file; name a folder, or one that is to be made");
        require(!InputFile.leadsNowhere(folder), "--state " + Printable.of(folder.toString(), 200)
                + ": is a link to what is not there; make the folder that it leads to, or name another");
        return folder;
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
