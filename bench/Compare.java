///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//SOURCES ../Peer.java
//SOURCES Load.java VirtualGroup.java
package bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import mutex.algorithm.AlgorithmKind;
import mutex.algorithm.RicartAgrawala;
import mutex.algorithm.RoucairolCarvalho;

/** Simulates the three algorithms under three loads and prints docs/algorithms.md's table: the same each time. */
public final class Compare {

    private static final int[] SIZES = {3, 5, 10, 50};
    private static final List<AlgorithmKind> ALL = AlgorithmKind.all();

    private Compare() {}

    public static void main(String[] args) {
        table().forEach(System.out::println);
    }

    /** As Markdown, a line each. */
    public static List<String> table() {
        List<String> lines = new ArrayList<>();
        lines.add("| load | algorithm | | N = 3 | 5 | 10 | 50 | theory |");
        lines.add("|---|---|---|---|---|---|---|---|");
        for (Load.LoadKind kind : Load.LoadKind.values()) {
            for (AlgorithmKind algorithms : ALL) {
                Load[] loads = new Load[SIZES.length];
                for (int i = 0; i < SIZES.length; i++) {
                    loads[i] = new Load(kind, SIZES[i], algorithms);
                }
                Theory theory = Theory.of(kind, algorithms.name());
                lines.add(row(kind.words, algorithms.name(), "messages an entry", theory.messages, loads, Load::messages));
                lines.add(row("", "", kind.wait, theory.delays, loads, Load::delays));
            }
        }
        return lines;
    }

    private static String row(String load, String algorithm, String what, String theory, Load[] loads, ToDoubleFunction<Load> of) {
        StringBuilder row = new StringBuilder("| " + load + " | " + algorithm + " | " + what + " |");
        for (Load measured : loads) {
            row.append(String.format(Locale.ROOT, " %.1f |", of.applyAsDouble(measured)));
        }
        return row.append(" ").append(theory).append(" |").toString();
    }

    /** What the papers and the rules give. */
    private record Theory(String messages, String delays) {

        static Theory of(Load.LoadKind kind, String algorithm) {
            boolean stamps = algorithm.equals(RicartAgrawala.NAME);
            boolean kept = algorithm.equals(RoucairolCarvalho.NAME);
            return switch (kind) {
                case ONE_AT_A_TIME -> stamps ? new Theory("2(N-1)", "2") : kept ? new Theory("N-1 on average, of 0 to 2(N-1)", "2, or 0")
                        : new Theory("N-1 requests, N/2 hops to it, 2N until it rests", "1 + N/2 on average");
                case SAME_AGAIN -> stamps ? new Theory("2(N-1)", "2") : kept ? new Theory("0", "0")
                        : new Theory("as above", "as above");
                case ALL_ALWAYS -> stamps || kept ? new Theory("2(N-1)", "1") : new Theory("1", "1");
            };
        }
    }
}
