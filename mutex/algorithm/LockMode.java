package mutex.algorithm;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What a request asks for of one lock. */
public record LockMode(String lock, Mode mode) {

    /** Most locks of one request. */
    public static final int MOST = 16;

    /** For the lock alone. */
    public static List<LockMode> exclusive(String lock) {
        return List.of(new LockMode(lock, Mode.EXCLUSIVE));
    }

    /**
     * What a request names, such as {@code a,b:shared,gpu:2/8}: names of locks, and behind a colon a mode that is not exclusive.
     *
     * @throws IllegalArgumentException in one line when a mode is none, a lock is named twice or there are more than {@link #MOST}
     */
    public static List<LockMode> parse(String text) {
        List<LockMode> locks = new ArrayList<>();
        for (String one : text.split(",", -1)) {
            int colon = one.lastIndexOf(':');
            Mode mode = colon < 0 ? null : mode(one.substring(colon + 1));
            String name = mode == null ? one : one.substring(0, colon);
            if (locks.stream().anyMatch(other -> other.lock.equals(name))) {
                throw new IllegalArgumentException("lock \"" + name + "\" is named twice");
            }
            locks.add(new LockMode(name, mode == null ? Mode.EXCLUSIVE : mode));
        }
        if (locks.size() > MOST) {
            throw new IllegalArgumentException(locks.size() + " locks are more than the " + MOST + " that one request may name");
        }
        return locks;
    }

    /** Null when that is not meant as a mode, but belongs to the name. */
    private static Mode mode(String text) {
        return Mode.looksLikeOne(text) ? Mode.parse(text) : null;
    }

    /** Their names, such as {@code a,b}. */
    public static String names(List<LockMode> locks) {
        return locks.size() == 1 ? locks.get(0).lock : locks.stream().map(LockMode::lock).collect(Collectors.joining(","));
    }

    @Override
    public String toString() {
        return mode.equals(Mode.EXCLUSIVE) ? lock : lock + ":" + mode;
    }
}
