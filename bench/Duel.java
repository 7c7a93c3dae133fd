package bench;

import bench.Times.TimeSample;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** Two measurements in turn, A B A B: first until neither gets faster any more, then so many rounds that count. */
final class Duel {

    private static final int FEWEST_ROUNDS = 3;
    private static final int STEADY_ROUNDS = 4;
    private static final double STEADY = 1.08;

    private final List<TimeSample> ours = new ArrayList<>();
    private final List<TimeSample> floor = new ArrayList<>();

    private Duel() {}

    /**
     * Warms up for at least so many seconds, as the compiler's last stage comes late, and for at most
     * twice as many; then counts the rounds, fewer where the machine is too busy for them.
     */
    static Duel of(int seconds, int rounds, Supplier<CompletableFuture<TimeSample>> ours,
            Supplier<CompletableFuture<TimeSample>> floor) throws InterruptedException {
        Duel warmUp = new Duel();
        long start = System.nanoTime();
        while (secondsSince(start) < seconds
                || secondsSince(start) < 2 * seconds && !(steady(warmUp.ours) && steady(warmUp.floor))) {
            warmUp.round(ours, floor);
        }
        Duel duel = new Duel();
        start = System.nanoTime();
        while (duel.ours.size() < FEWEST_ROUNDS || duel.ours.size() < rounds && secondsSince(start) < 2 * seconds) {
            duel.round(ours, floor);
        }
        System.out.println();
        return duel;
    }

    private static double secondsSince(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    private void round(Supplier<CompletableFuture<TimeSample>> a, Supplier<CompletableFuture<TimeSample>> b)
            throws InterruptedException {
        ours.add(await(a.get()));
        floor.add(await(b.get()));
        System.out.print('.');
        System.out.flush();
    }

    static <T> T await(CompletableFuture<T> round) throws InterruptedException {
        try {
            return round.get(60, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("a round did not end within 60 s", e);
        }
    }

    private static boolean steady(List<TimeSample> rounds) {
        if (rounds.size() < STEADY_ROUNDS) {
            return false;
        }
        double[] last = rounds.subList(rounds.size() - STEADY_ROUNDS, rounds.size()).stream()
                .mapToDouble(TimeSample::median).sorted().toArray();
        return last[STEADY_ROUNDS - 1] < STEADY * last[0];
    }

    double ours(ToDoubleFunction<TimeSample> what) {
        return Spread.of(ours.stream().mapToDouble(what).toArray()).median();
    }

    double floor(ToDoubleFunction<TimeSample> what) {
        return Spread.of(floor.stream().mapToDouble(what).toArray()).median();
    }

    /** Of each round's two samples; in rising order. */
    double[] ratios(ToDoubleFunction<TimeSample> what) {
        double[] ratios = new double[ours.size()];
        Arrays.setAll(ratios, i -> what.applyAsDouble(ours.get(i)) / what.applyAsDouble(floor.get(i)));
        Arrays.sort(ratios);
        return ratios;
    }
}
