package tests;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Checks what many askers wrote down inside, in all modes: a line for each enter and exit, as {@code enter a,b:shared NAME FENCE}.
 * Knows nothing of peers, and decides by itself who may be inside together.
 */
final class ModesHistory {

    /** Somebody inside. */
    private record Inside(String mode, long fence) {}

    private final Map<String, Map<String, Inside>> locks = new HashMap<>(); // by lock, then by name of whoever is inside
    private final Map<String, List<Inside>> past = new HashMap<>(); // of each lock: the highest fence of each mode
    private final Map<String, Integer> most = new TreeMap<>(); // inside at once, by lock
    private int entries;

    /** The first violation; empty when every rule holds. */
    Optional<String> violation(List<String> lines) {
        for (int i = 0; i < lines.size(); i++) {
            String[] words = lines.get(i).split(" ");
            String problem = words.length != 4 ? "torn, as if two wrote at once" : take(words[0].equals("enter"), words[1], words[2], Long.parseLong(words[3]));
            if (problem != null) {
                return Optional.of("line " + (i + 1) + ", \"" + lines.get(i) + "\": " + problem);
            }
        }
        return locks.values().stream().allMatch(Map::isEmpty) ? Optional.empty() : Optional.of("somebody never left: " + locks);
    }

    /** How many were inside the lock at once, at most. */
    int most(String lock) {
        return most.getOrDefault(lock, 0);
    }

    int entries() {
        return entries;
    }

    private String take(boolean enter, String wanted, String name, long fence) {
        for (String one : wanted.split(",")) {
            int colon = one.indexOf(':');
            String lock = colon < 0 ? one : one.substring(0, colon);
            Inside entry = new Inside(colon < 0 ? "exclusive" : one.substring(colon + 1), fence);
            Map<String, Inside> inside = locks.computeIfAbsent(lock, first -> new HashMap<>());
            if (!enter) {
                if (inside.remove(name) == null) {
                    return "exit of one that is not inside " + lock;
                }
                continue;
            }
            if (!fits(entry.mode, inside.values().stream().map(Inside::mode).toList())) {
                return "overlap, inside " + lock + " are " + inside;
            }
            List<Inside> before = past.getOrDefault(lock, List.of());
            Optional<Inside> higher = before.stream().filter(other -> !together(other.mode, entry.mode) && other.fence >= fence).findAny();
            if (fence != 0 && higher.isPresent()) {
                return "fence is not above that of an entry before which excluded it: " + higher.get();
            }
            past.put(lock, highest(before, entry));
            inside.put(name, entry);
            most.merge(lock, inside.size(), Math::max);
        }
        entries += enter ? 1 : 0;
        return null;
    }

    private static List<Inside> highest(List<Inside> before, Inside entry) {
        Map<String, Long> highest = new TreeMap<>(Map.of(entry.mode, entry.fence));
        before.forEach(one -> highest.merge(one.mode, one.fence, Math::max));
        return highest.entrySet().stream().map(one -> new Inside(one.getKey(), one.getValue())).toList();
    }

    /** Whether two in these modes may have been inside together. */
    private static boolean together(String one, String other) {
        return one.contains("/") ? fits(one, List.of(other)) : !one.equals("exclusive") && one.equals(other);
    }

    /** Whether one in that mode may be inside together with those. */
    private static boolean fits(String mode, List<String> others) {
        if (others.isEmpty()) {
            return true;
        }
        if (mode.contains("/")) {
            String size = mode.substring(mode.indexOf('/'));
            return others.stream().allMatch(other -> other.endsWith(size))
                    && units(mode) + others.stream().mapToInt(ModesHistory::units).sum() <= Integer.parseInt(size.substring(1));
        }
        return !mode.equals("exclusive") && others.stream().allMatch(mode::equals);
    }

    private static int units(String mode) {
        return Integer.parseInt(mode.substring(0, mode.indexOf('/')));
    }
}
