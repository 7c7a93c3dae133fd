package mutex.text;

import java.util.Locale;
import java.util.SortedSet;
import java.util.stream.Collectors;

/** Numbers of things in English. */
public final class Count {

    private Count() {}

    /** "peer 3", "peers 1, 2 and 3". */
    public static String peers(SortedSet<Integer> ids) {
        String list = ids.stream().map(String::valueOf).collect(Collectors.joining(", "));
        return (ids.size() == 1 ? "peer " : "peers ") + list.replaceFirst(", (\\d+)$", " and $1");
    }

    /** "once", "2,000 times". */
    public static String times(long number) {
        return number == 1 ? "once" : of(number, "time");
    }

    /** "1 event", "2,000 events". */
    public static String of(long number, String what) {
        String many = what.endsWith("y") ? what.substring(0, what.length() - 1) + "ies" : what + "s";
        return String.format(Locale.ROOT, "%,d %s", number, number == 1 ? what : many);
    }
}
