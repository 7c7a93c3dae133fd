package bench;

import java.util.Arrays;
import java.util.Locale;

/** Several measurements of one thing: the one in the middle, and how far apart they are. */
public record Spread(double median, double least, double greatest) {

    public static Spread of(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return new Spread(sorted[sorted.length / 2], sorted[0], sorted[sorted.length - 1]);
    }

    /** As in a table, with one decimal. */
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%.1f (%.1f-%.1f)", median, least, greatest);
    }
}
