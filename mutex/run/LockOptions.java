package mutex.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import mutex.discover.Address;
import mutex.text.Durations;
import mutex.text.LockName;
import mutex.text.Printable;
import mutex.transport.Tls;
import mutex.transport.TlsFiles;

/** What follows {@code lock} and {@code hold} on the command line; flags and their meaning are those of flock(1). */
final class LockOptions {

    private static final Map<Character, String> LETTERS = Map.of('n', "nonblock", 'w', "wait", 'E', "conflict-exit-code",
            'c', "command", 'k', "kill-after", 'h', "help", 'x', "exclusive", 'e', "exclusive", 'o', "close");
    private static final Map<String, Boolean> NAMES = Map.ofEntries(Map.entry("nonblock", false), Map.entry("nb", false),
            Map.entry("wait", true), Map.entry("timeout", true), Map.entry("conflict-exit-code", true),
            Map.entry("command", true), Map.entry("kill-after", true), Map.entry("min-hold", true), Map.entry("once-per", true),
            Map.entry("peer", true), Map.entry("tls-cert", true), Map.entry("tls-key", true), Map.entry("tls-ca", true),
            Map.entry("help", false), Map.entry("exclusive", false), Map.entry("close", false));
    private static final long LONGEST_GRACE = 9 * 60_000L; // the peer keeps a lock ten minutes for us

    String name; // of the lock
    String peer; // as it was named; several have commas between them
    List<String> peers; // the same, one by one
    Tls tls; // null without
    boolean attempt;
    long waitMillis; // 0: for ever
    int conflict = 1;
    long graceMillis = 5_000;
    long minHoldMillis;
    long onceMillis; // 0: each time
    boolean help;
    String shell; // the text after -c; null without
    List<String> command = new ArrayList<>();

    private final Map<String, Path> files = new HashMap<>(); // of TLS, by option

    private LockOptions() {}

    /**
     * @param running whether a command is to follow
     * @throws IllegalArgumentException in one line: what was found, and what to write instead
     */
    static LockOptions parse(List<String> words, boolean running, Map<String, String> environment) {
        LockOptions options = new LockOptions();
        OptionParser all = new OptionParser(words, LETTERS, NAMES);
        options.read(all);
        if (options.help) {
            return options;
        }
        String name = all.next();
        require(name != null && !name.equals("--"), "the name of the lock is missing; write for example: "
                + (running ? "lock backup -- tar cf /backup.tar /home" : "hold backup"));
        options.name = LockName.check(name);
        options.read(all); // between name and command they are taken, too
        if (options.help) {
            return options;
        }
        all.skipDashes();
        options.command.addAll(all.rest());
        if (running) {
            require(options.shell == null || options.command.isEmpty(), "-c takes one text with the whole command; put it in quotes");
            require(options.shell != null || !options.command.isEmpty(), "the command is missing; write for example: lock " + name
                    + " -- make install; to hold a lock without one: hold " + name);
        } else {
            require(options.shell == null && options.command.isEmpty() && options.onceMillis == 0 && options.minHoldMillis == 0,
                    "hold runs no command; write lock instead, or leave out what follows the name");
        }
        options.peers = Address.ofPeers(options.peer, environment);
        options.peer = String.join(",", options.peers);
        return options;
    }

    /**
     * Reads the files of TLS, if any are named.
     *
     * @throws IllegalArgumentException in one line when they cannot be used
     */
    void openTls(Consumer<String> voice) {
        TlsFiles named = TlsFiles.of(files.get("tls-cert"), files.get("tls-key"), files.get("tls-ca"));
        tls = named == null ? null : Tls.of(named, voice);
    }

    private void read(OptionParser words) {
        for (String option = words.option(); option != null; option = words.option()) {
            String value = words.value();
            switch (option) {
                case "nonblock", "nb" -> attempt = true;
                case "wait", "timeout" -> {
                    waitMillis = millis("-w", value, 365L * 86_400_000);
                    attempt |= waitMillis == 0;
                }
                case "conflict-exit-code" -> conflict = code(value);
                case "command" -> shell = value;
                case "kill-after" -> graceMillis = millis("-k", value, LONGEST_GRACE);
                case "min-hold" -> minHoldMillis = millis("--min-hold", value, 365L * 86_400_000);
                case "once-per" -> {
                    onceMillis = millis("--once-per", value, 365L * 86_400_000);
                    require(onceMillis > 0, "--once-per 0 would run it each time; leave the option out for that");
                }
                case "peer" -> peer = value;
                case "tls-cert", "tls-key", "tls-ca" -> files.put(option, Path.of(value));
                case "help" -> help = true;
                default -> { } // exclusive and closed to the command: it is so anyway
            }
        }
    }

    /** Seconds, as flock(1) has them, or a number with ms, s, m or h. */
    private static long millis(String option, String text, long most) {
        double millis = Durations.millis(text);
        require(millis >= 0, option + " \"" + Printable.of(text, 80) + "\" is not a number of seconds, e.g. 5, 0.5, 300ms or 2m");
        require(millis <= most, option + " \"" + Printable.of(text, 80) + "\" is longer than " + (most == LONGEST_GRACE ? "nine minutes" : "a year"));
        return (long) Math.ceil(millis);
    }

    private static int code(String text) {
        require(text.matches("[0-9]{1,9}") && Integer.parseInt(text) <= 255,
                "-E \"" + Printable.of(text, 80) + "\" is not an exit code from 0 to 255");
        return Integer.parseInt(text);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
