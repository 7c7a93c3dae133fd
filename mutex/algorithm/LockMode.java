package mutex.algorithm;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What a request asks for of one lock. */
public record LockMode(String lock, Mode mode) {

    /** Most locks of one request. */
    public static final int MOST = 16;

    /** For the lock alone. */
    public static List<LockMode> exclusive(String lock) {
        return List.of(new LockMode(lock, Mode.EXCLUSIVE));
    }

    /** Whether they are one exclusive lock: that is what every algorithm has. */
    public static boolean plain(List<LockMode> locks) {
        return locks.size() == 1 && locks.get(0).mode.equals(Mode.EXCLUSIVE);
    }

    /** As the other, where what has no mode of its own is wanted exclusive. */
    public static List<LockMode> parse(String text) {
        return parse(text, Mode.EXCLUSIVE);
    }

    /**
     * What a request names, such as {@code a,b:shared,gpu:2/8}: names of locks, and behind a colon a mode.
     *
     * @param otherwise the mode of those without one
     * @throws IllegalArgumentException in one line when a mode is none, and as {@link #check}
     */
    public static List<LockMode> parse(String text, Mode otherwise) {
        List<LockMode> locks = new ArrayList<>();
        for (String one : text.split(",", -1)) {
            int colon = one.lastIndexOf(':');
            Mode mode = colon < 0 ? null : mode(one.substring(colon + 1));
            locks.add(mode == null ? new LockMode(one, otherwise) : new LockMode(one.substring(0, colon), mode));
        }
        return check(locks);
    }

    /**
     * The same locks, if one request may name them.
     *
     * @throws IllegalArgumentException in one line when there is none, one is named twice or there are more than {@link #MOST}
     */
    public static List<LockMode> check(List<LockMode> locks) {
        if (locks.isEmpty()) {
            throw new IllegalArgumentException("the name of the lock is missing");
        }
        if (locks.size() > MOST) {
            throw new IllegalArgumentException(locks.size() + " locks are more than the " + MOST + " that one request may name");
        }
        Set<String> names = new HashSet<>();
        for (LockMode one : locks) {
            if (!names.add(one.lock)) {
                throw new IllegalArgumentException("lock \"" + one.lock + "\" is named twice; name it once, with the stronger mode");
            }
        }
        return locks;
    }

    /** Null when that is not meant as a mode, but belongs to the name. */
    private static Mode mode(String text) {
        return Mode.looksLikeOne(text) ? Mode.parse(text) : null;
    }

    /** Their names. */
    public static Set<String> set(List<LockMode> locks) {
        return locks.stream().map(LockMode::lock).collect(Collectors.toSet());
    }

    /** Their names, such as {@code a,b}. */
    public static String names(List<LockMode> locks) {
        return locks.size() == 1 ? locks.get(0).lock : locks.stream().map(LockMode::lock).collect(Collectors.joining(","));
    }

    /** As a person writes them, such as {@code a,b:shared}; {@link #parse} makes the same again. */
    public static String text(List<LockMode> locks) {
        return locks.stream().map(LockMode::toString).collect(Collectors.joining(","));
    }

    /** The mode is said unless it goes without saying. */
    @Override
    public String toString() {
        return mode.equals(Mode.EXCLUSIVE) && !Mode.looksLikeOne(lock.substring(lock.lastIndexOf(':') + 1)) ? lock : lock + ":" + mode;
    }
}
