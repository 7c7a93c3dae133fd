package mutex.run;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The options of {@code lock} and {@code hold}, once, for what reads them and for {@code --help}. Flags and their meaning
 * are those of flock(1).
 */
enum LockOption {

    SHARED("s", "shared", "", true, "share the lock with all others that want it shared: readers"),
    EXCLUSIVE("xe", "exclusive", "", true, "alone, which is the default"),
    KIND("", "kind", "KIND", true, "share the lock with those that name the same KIND"),
    UNITS("", "units", "K", true, "take a part of a pool of K units, the same K in all requests"),
    TAKE("", "take", "W", true, "take W of them (default: 1)"),
    NONBLOCK("n", "nonblock nb", "", true, "do not wait: give up at once if another has the lock, or within 2.5 s if a member does not answer"),
    WAIT("w", "wait timeout", "TIME", true, "give up after this time, or up to 2.5 s later if a member does not answer; 0 is the same as -n"),
    CONFLICT("E", "conflict-exit-code", "N", true, "exit with N instead of 1 if the lock is not acquired"),
    COMMAND("c", "command", "TEXT", false, "run TEXT by a shell: $SHELL, or else /bin/sh"),
    KILL_AFTER("k", "kill-after", "TIME", false, "if the lock is lost, the time between TERM and KILL, 9m at most (default: 5s)"),
    MIN_HOLD("", "min-hold", "TIME", false, "hold the lock for this time at least"),
    ONCE_PER("", "once-per", "TIME", false, "run the command unless it was started anywhere in the group within nine tenths of this time, which the "
            + "group remembers; exits with 0 if it was, or if another holds the lock"),
    RETRY_FAILED("", "retry-failed", "", false, "with --once-per: a command that ends with another code than 0 does not count, and may run again"),
    PEER("", "peer", "HOST:PORT[,...]", true, "the peer to ask; of several, the first that can use locks, and a wait goes on at the next "
            + "(default: MUTEX_PEER, or localhost:5000)"),
    TLS_CERT("", "tls-cert", "FILE", true, "own certificate, PEM, if the peer requires TLS"),
    TLS_KEY("", "tls-key", "FILE", true, "its private key, PEM"),
    TLS_CA("", "tls-ca", "FILE", true, "certificate of the CA that issued all certificates, PEM"),
    VERBOSE("", "verbose", "", true, "say on standard error what is waited for, and when the lock is acquired"),
    /** It is so anyway: the option is taken because flock(1) has it. */
    CLOSE("o", "close", "", true, ""),
    HELP("h", "help", "", true, "show this help");

    private static final int COLUMN = 22;
    private static final int WIDTH = 80;

    private final String letters;
    private final List<String> names; // the first is the one that is shown
    private final String value; // what it is called; empty when none follows
    private final boolean ofHold; // too
    private final String description; // empty: not shown

    LockOption(String letters, String names, String value, boolean ofHold, String description) {
        this.letters = letters;
        this.names = List.of(names.split(" "));
        this.value = value;
        this.ofHold = ofHold;
        this.description = description;
    }

    static Optional<LockOption> ofLetter(char letter) {
        return Arrays.stream(values()).filter(option -> option.letters.indexOf(letter) >= 0).findFirst();
    }

    static Optional<LockOption> ofName(String name) {
        return Arrays.stream(values()).filter(option -> option.names.contains(name)).findFirst();
    }

    boolean takesValue() {
        return !value.isEmpty();
    }

    /** The name without dashes. */
    String longName() {
        return names.get(0);
    }

    /** What {@code --help} says of the options, in lines of eighty columns at most. */
    static String help(boolean ofHold) {
        StringBuilder text = new StringBuilder();
        for (LockOption option : values()) {
            if (!option.description.isEmpty() && (option.ofHold || !ofHold)) {
                String left = (option.letters.isEmpty() ? "      --" : "  -" + option.letters.charAt(0) + ", --") + option.longName()
                        + (option.takesValue() ? " " + option.value : "");
                boolean beside = left.length() < COLUMN - 1;
                text.append(left).append(beside ? " ".repeat(COLUMN - left.length()) : "\n" + " ".repeat(COLUMN));
                wrap(option.description, text);
            }
        }
        return text.toString();
    }

    private static void wrap(String words, StringBuilder text) {
        int column = COLUMN;
        for (String word : words.split(" ")) {
            if (column > COLUMN && column + 1 + word.length() > WIDTH) {
                text.append('\n').append(" ".repeat(COLUMN));
                column = COLUMN;
            } else if (column > COLUMN) {
                text.append(' ');
                column++;
            }
            text.append(word);
            column += word.length();
        }
        text.append('\n');
    }
}
