package mutex.text;

import java.util.Locale;

/** Numbers of things in English. */
public final class Count {

    private Count() {}

    /** "1 event", "2,000 events". */
    public static String of(long number, String what) {
        String many = what.endsWith("y") ? what.substring(0, what.length() - 1) + "ies" : what + "s";
        return String.format(Locale.ROOT, "%,d %s", number, number == 1 ? what : many);
    }
}
