package bench;

import bench.Times.TimeSample;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** What was measured, a line each: ours, beside what, the ratio and its spread, the target. */
final class BenchTable {

    private final List<String> lines = new ArrayList<>();

    BenchTable() {
        lines.add(String.format(Locale.ROOT, "%-70s %9s %9s %6s %11s  %s", "", "lock", "beside", "ratio", "spread", "target"));
    }

    /** A time that should not exceed so many times that of the floor. */
    void ratio(String what, Duel duel, ToDoubleFunction<TimeSample> of, double most) {
        row(what, duel, of, most == 0 ? "" : "<= " + most, Spread.of(duel.ratios(of)).median() <= most);
    }

    /** A rate that should reach so many times the other; 0: without a target. */
    void gain(String what, Duel duel, double least) {
        boolean reached = Spread.of(duel.ratios(TimeSample::perSecond)).median() >= least;
        row(what, duel, TimeSample::perSecond, least == 0 ? "" : ">= " + least, reached);
    }

    private void row(String what, Duel duel, ToDoubleFunction<TimeSample> of, String target, boolean reached) {
        double[] ratios = duel.ratios(of);
        add(what, duel.ours(of), duel.floor(of), Spread.of(ratios).median(),
                String.format(Locale.ROOT, "%.2f-%.2f", ratios[0], ratios[ratios.length - 1]), target, reached);
    }

    /** A single number that should not exceed so many times the other. */
    void most(String what, double ours, double beside, double most) {
        add(what, ours, beside, ours / beside, "", "<= " + most, ours <= most * beside);
    }

    private void add(String what, double ours, double beside, double ratio, String spread, String target, boolean reached) {
        lines.add(String.format(Locale.ROOT, "%-70s %9.1f %9.1f %6.2f %11s  %s", what, ours, beside, ratio, spread,
                target.isEmpty() ? "" : target + (reached ? "  reached" : "  MISSED")));
    }

    void print() {
        lines.forEach(System.out::println);
    }
}
