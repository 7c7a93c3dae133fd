package mutex.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import mutex.algorithm.LockMode;
import mutex.algorithm.Mode;
import mutex.discover.Address;
import mutex.status.AskedLocks;
import mutex.text.Durations;
import mutex.text.Printable;
import mutex.transport.Tls;
import mutex.transport.TlsFiles;

/** What follows {@code lock} and {@code hold} on the command line; flags and their meaning are those of flock(1). */
final class LockOptions {

    private static final long LONGEST_GRACE = 9 * 60_000L; // the peer keeps a lock ten minutes for us

    String name; // of the lock, or of several with modes, as they were written
    List<LockMode> locks;
    String peer; // as it was named; several have commas between them
    List<String> peers; // the same, one by one
    Tls tls; // null without
    boolean attempt;
    long waitMillis; // 0: for ever
    int conflict = 1;
    long graceMillis = 5_000;
    long minHoldMillis;
    long onceMillis; // 0: each time
    boolean retryFailed;
    boolean help;
    boolean verbose;
    String shell; // the text after -c; null without
    List<String> command = new ArrayList<>();

    private Mode mode = Mode.EXCLUSIVE;
    private LockOption modeOption; // which said so; null: none
    private long units; // 0: not said, as the next
    private long take;
    private final Map<LockOption, Path> files = new EnumMap<>(LockOption.class); // of TLS

    private LockOptions() {}

    /**
     * @param running whether a command is to follow
     * @throws IllegalArgumentException in one line: what was found, and what to write instead
     */
    static LockOptions parse(List<String> words, boolean running, Map<String, String> environment) {
        LockOptions options = new LockOptions();
        OptionParser all = new OptionParser(words);
        options.read(all);
        if (options.help) {
            return options;
        }
        String name = all.next();
        require(name != null && !name.equals("--"), "the name of the lock is missing; write for example: "
                + (running ? "lock backup -- tar cf /backup.tar /home" : "hold backup"));
        AskedLocks.parse(name, Mode.EXCLUSIVE); // what is wrong with it counts before what follows
        options.name = name;
        options.read(all); // between name and command they are taken, too
        if (options.help) {
            return options;
        }
        options.locks = AskedLocks.parse(name, options.mode());
        require(options.onceMillis == 0 || LockMode.plain(options.locks), "--once-per takes one exclusive lock, as whoever holds that is who runs");
        require(options.onceMillis > 0 || !options.retryFailed, "--retry-failed goes with --once-per TIME");
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
        TlsFiles named = TlsFiles.of(files.get(LockOption.TLS_CERT), files.get(LockOption.TLS_KEY), files.get(LockOption.TLS_CA));
        tls = named == null ? null : Tls.of(named, voice);
    }

    private void read(OptionParser words) {
        for (LockOption option = words.option(); option != null; option = words.option()) {
            String value = words.value();
            switch (option) {
                case NONBLOCK -> attempt = true;
                case WAIT -> {
                    waitMillis = millis("-w", value, 365L * 86_400_000);
                    attempt |= waitMillis == 0;
                }
                case CONFLICT -> conflict = code(value);
                case COMMAND -> shell = value;
                case KILL_AFTER -> graceMillis = millis("-k", value, LONGEST_GRACE);
                case MIN_HOLD -> minHoldMillis = millis("--min-hold", value, 365L * 86_400_000);
                case ONCE_PER -> {
                    onceMillis = millis("--once-per", value, 365L * 86_400_000);
                    require(onceMillis > 0, "--once-per 0 would run it each time; leave the option out for that");
                }
                case RETRY_FAILED -> retryFailed = true;
                case PEER -> peer = value;
                case TLS_CERT, TLS_KEY, TLS_CA -> files.put(option, Path.of(value));
                case VERBOSE -> verbose = true;
                case HELP -> help = true;
                case SHARED -> wanted(option, Mode.SHARED);
                case EXCLUSIVE -> wanted(option, Mode.EXCLUSIVE);
                case KIND -> wanted(option, new Mode.OfKind(value));
                case UNITS -> {
                    units = number("--units", value);
                    wanted(option, new Mode.Units(1, units));
                }
                case TAKE -> take = number("--take", value);
                case CLOSE -> { } // it is so anyway
            }
        }
    }

    private void wanted(LockOption option, Mode how) {
        require(modeOption == null || modeOption == option, "--" + (modeOption == null ? "" : modeOption.longName()) + " and --" + option.longName()
                + " do not go together; a mode of its own stands behind a lock: a:shared,b:2/8");
        modeOption = option;
        mode = how;
    }

    /** Of the locks that have none of their own. */
    private Mode mode() {
        require(take == 0 || units > 0, "--take W goes with --units K, the size of the pool");
        return take == 0 ? mode : new Mode.Units(take, units);
    }

    private static long number(String option, String text) {
        boolean may = text.matches("[0-9]{1,7}") && Long.parseLong(text) >= 1 && Long.parseLong(text) <= Mode.MOST_UNITS;
        require(may, option + " " + Printable.quoted(text) + " is not a number from 1 to " + Mode.MOST_UNITS);
        return Long.parseLong(text);
    }

    /** Seconds, as flock(1) has them, or a number with ms, s, m or h. */
    private static long millis(String option, String text, long most) {
        double millis = Durations.millis(text);
        require(millis >= 0, option + " " + Printable.quoted(text) + " is not a number of seconds, e.g. 5, 0.5, 300ms or 2m");
        require(millis <= most, option + " " + Printable.quoted(text) + " is longer than " + (most == LONGEST_GRACE ? "nine minutes" : "a year"));
        return (long) Math.ceil(millis);
    }

    private static int code(String text) {
        require(text.matches("[0-9]{1,9}") && Integer.parseInt(text) <= 255,
                "-E " + Printable.quoted(text) + " is not an exit code from 0 to 255");
        return Integer.parseInt(text);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
