package mutex.status;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import mutex.text.Printable;

/**
 * Who asked a peer for a lock: what it has to be given back by.
 *
 * @param pid its process, as its own machine or container counts; 0 while unknown
 * @param host name of that machine; empty while unknown
 * @param address where its connection comes from, host:port; empty in the process of the peer itself
 */
public record LockClient(ClientKind kind, long pid, String host, String address) {

    /** What asked; the wire has them in the same order, from 1. */
    public enum ClientKind { SHELL, PAGE, LOCK, HOLD, PROGRAM }

    private static final int LONGEST = 64;
    private static final Path NAME = Path.of("/proc/sys/kernel/hostname");

    /** What others say of themselves is cut to what fits in a line. */
    public LockClient {
        host = cut(host);
        address = cut(address);
    }

    private static String cut(String text) {
        return Printable.of(text, LONGEST);
    }

    /** One in this process. */
    public static LockClient here(ClientKind kind) {
        return new LockClient(kind, ProcessHandle.current().pid(), thisHost(), "");
    }

    /** The name of this machine, without a look-up; empty where it is not said. */
    public static String thisHost() {
        try {
            return Files.readString(NAME, StandardCharsets.UTF_8).strip();
        } catch (IOException | RuntimeException elsewhere) {
            String windows = System.getenv("COMPUTERNAME");
            return windows == null ? System.getenv().getOrDefault("HOSTNAME", "") : windows;
        }
    }

    /** For a person who reads it on this machine: {@code "lock", process 4711 on db1}. */
    public String who(int peer) {
        return switch (kind) {
            case SHELL -> "the shell of peer " + peer;
            case PAGE -> "the live page of peer " + peer;
            case LOCK -> "\"lock\"" + place();
            case HOLD -> "\"hold\"" + place();
            case PROGRAM -> "a program" + place();
        };
    }

    /** In a word or two, for a table: {@code lock 4711@db1}. */
    public String brief() {
        String name = kind.name().toLowerCase(Locale.ROOT);
        return kind == ClientKind.SHELL || kind == ClientKind.PAGE || pid == 0 ? name
                : name + " " + pid + (elsewhere().isEmpty() ? "" : "@" + host);
    }

    private String place() {
        return pid > 0 ? ", process " + pid + elsewhere() : address.isEmpty() ? "" : " at " + address;
    }

    private String elsewhere() {
        return host.isEmpty() || host.equals(thisHost()) ? "" : " on " + host;
    }

    /** How it gives the lock back, or withdraws its request. */
    public String wayBack(String lock, int peer, boolean held) {
        return switch (kind) {
            case SHELL -> "\"" + (held ? "release " : "cancel ") + lock + "\" in that shell " + ends(held);
            case PAGE -> "the button \"" + (held ? "release" : "cancel") + "\" on that page " + ends(held);
            case LOCK -> held ? "it is given back when its command ends" + kill(", or by ", "") : kill("", " withdraws the request");
            case HOLD -> kill("", " " + ends(held));
            case PROGRAM -> "that program " + ends(held) + ", or its end does";
        };
    }

    private static String ends(boolean held) {
        return held ? "gives it back" : "withdraws the request";
    }

    private String kill(String before, String after) {
        return before + (pid > 0 ? "\"kill " + pid + "\"" + elsewhere() : "its end") + after;
    }
}
