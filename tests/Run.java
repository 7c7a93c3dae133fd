package tests;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** Runs test classes by JUnit's launcher, a line a test; ends with "N passed, N failed". */
final class Run {

    private Run() {}

    /** Runs them and exits: 0 when all passed, 1 when one failed, 2 when none ran. */
    static void only(Class<?>... tests) {
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(Stream.of(tests).map(test -> selectClass(test)).toList())
                .build();
        SummaryGeneratingListener summary = new SummaryGeneratingListener();
        Progress progress = new Progress();
        LauncherFactory.create().execute(request, summary, progress);
        TestExecutionSummary result = summary.getSummary();
        result.printFailuresTo(new PrintWriter(System.out, true), 20);
        long failed = result.getTotalFailureCount();
        progress.tellSlowest(10);
        System.out.println(result.getTestsSucceededCount() + " passed, " + failed + " failed");
        System.exit(failed > 0 ? 1 : result.getTestsSucceededCount() == 0 ? 2 : 0);
    }

    private static final class Progress implements TestExecutionListener {

        private final Map<String, Double> seconds = new LinkedHashMap<>(); // by class and test
        private long started;

        @Override
        public void executionStarted(TestIdentifier test) {
            started = System.nanoTime();
        }

        @Override
        public void executionFinished(TestIdentifier test, TestExecutionResult result) {
            if (test.isTest()) {
                double took = (System.nanoTime() - started) / 1e9;
                String name = test.getParentIdObject().map(id -> id.getLastSegment().getValue()).orElse("")
                        + "." + test.getDisplayName();
                seconds.put(name, took);
                System.out.printf(Locale.ROOT, "%-10s %6.1f s  %s%n", result.getStatus(), took, name);
                result.getThrowable().ifPresent(failure -> System.out.println("  " + failure)); // the end may be far away
            }
        }

        /** Says nothing of a run that has no more than that. */
        void tellSlowest(int count) {
            if (seconds.size() > count) {
                System.out.println("the " + count + " slowest:");
                seconds.entrySet().stream().sorted(Map.Entry.<String, Double>comparingByValue().reversed()).limit(count)
                        .forEach(test -> System.out.printf(Locale.ROOT, "%17.1f s  %s%n", test.getValue(), test.getKey()));
            }
        }
    }
}
