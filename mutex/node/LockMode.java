package mutex.node;

import java.util.List;
import java.util.stream.Collectors;
import mutex.algorithm.Mode;

/** What a request asks for of one lock. */
public record LockMode(String lock, Mode mode) {

    /** Most locks of one request. */
    public static final int MOST = 16;

    /** For the lock alone. */
    public static List<LockMode> exclusive(String lock) {
        return List.of(new LockMode(lock, Mode.EXCLUSIVE));
    }

    /** Their names, such as {@code a,b}. */
    public static String names(List<LockMode> locks) {
        return locks.size() == 1 ? locks.get(0).lock : locks.stream().map(LockMode::lock).collect(Collectors.joining(","));
    }
}
