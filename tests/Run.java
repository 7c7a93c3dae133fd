package tests;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.AnnotatedElement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.platform.engine.FilterResult;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestTag;
import org.junit.platform.engine.UniqueId;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.PostDiscoveryFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Runs test classes by JUnit's launcher, in this JVM, one test at a time but for those that wait and say so. */
final class Run {

    private static final int AT_ONCE = 3;

    private Run() {}

    enum TestKind { PASSED, FAILED, SKIPPED }

    /**
     * How a test ended.
     *
     * @param name its class and method, and with parameters which
     * @param why the stack trace of a failure, the reason for skipping, or ""
     */
    record TestOutcome(TestKind kind, double seconds, String name, String why) {}

    /** Runs them with a line a test, and exits: 0 when all passed, 1 when one failed, 2 when none ran. */
    static void only(Class<?>... tests) {
        TestTally tally = new TestTally(System.out);
        execute(List.of(tests), tags -> Optional.empty(), tally);
        System.exit(tally.end());
    }

    /**
     * Runs them.
     *
     * @param skip why a test with these tags is not run, if it is not
     * @param told of each test, once it has ended
     */
    static void execute(List<Class<?>> tests, Function<Set<String>, Optional<String>> skip, Consumer<TestOutcome> told) {
        PostDiscoveryFilter filter = test -> {
            boolean some = test.getChildren().isEmpty() && !test.isRoot(); // a test, or one for each of some parameters
            Set<String> tags = test.getTags().stream().map(TestTag::getName).collect(Collectors.toSet());
            Optional<String> why = some ? skip.apply(tags) : Optional.empty();
            why.ifPresent(reason -> told.accept(new TestOutcome(TestKind.SKIPPED, 0, name(test.getUniqueId(), test.getDisplayName()), reason)));
            return FilterResult.includedIf(why.isEmpty());
        };
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(tests.stream().map(test -> selectClass(test)).toList())
                .filters(filter)
                .configurationParameter("junit.jupiter.execution.parallel.enabled", String.valueOf(tests.stream().anyMatch(Run::waits)))
                .configurationParameter("junit.jupiter.execution.parallel.config.strategy", "fixed")
                .configurationParameter("junit.jupiter.execution.parallel.config.fixed.parallelism", String.valueOf(AT_ONCE))
                .configurationParameter("junit.jupiter.execution.parallel.config.fixed.max-pool-size", String.valueOf(AT_ONCE))
                .build();
        LauncherFactory.create().execute(request, new TestProgress(told));
    }

    /** Whether some of its tests spend their time waiting, and so say that they may run beside others of the class. */
    private static boolean waits(Class<?> test) {
        return Stream.<AnnotatedElement>concat(Stream.of(test), Stream.of(test.getDeclaredMethods()))
                .anyMatch(one -> one.isAnnotationPresent(Execution.class));
    }

    /** Such as {@code WebTest.thePageIsThere()}, or {@code LeaseTest.isRefused(int) [2] 7}. */
    private static String name(UniqueId id, String displayName) {
        List<UniqueId.Segment> places = id.getSegments().stream().filter(place -> !place.getType().equals("engine")).toList();
        String owner = places.get(0).getValue().replaceFirst(".*\\.", "");
        String template = Stream.of(places.get(places.size() - 1)).filter(last -> last.getType().equals("test-template-invocation"))
                .map(last -> places.get(places.size() - 2).getValue().replaceAll("[\\w$]+\\.", "") + " ").findFirst().orElse("");
        return places.size() == 1 ? owner : owner + "." + template + displayName;
    }

    private static final class TestProgress implements TestExecutionListener {

        private final Consumer<TestOutcome> told;
        private final Map<UniqueId, Long> started = new ConcurrentHashMap<>();

        TestProgress(Consumer<TestOutcome> told) {
            this.told = told;
        }

        @Override
        public void executionStarted(TestIdentifier test) {
            started.put(test.getUniqueIdObject(), System.nanoTime());
        }

        @Override
        public void executionSkipped(TestIdentifier test, String reason) {
            told.accept(new TestOutcome(TestKind.SKIPPED, 0, name(test.getUniqueIdObject(), test.getDisplayName()), reason));
        }

        /** What is no test counts as well when it failed, or when it kept its tests from running. */
        @Override
        public void executionFinished(TestIdentifier test, TestExecutionResult result) {
            if (test.isTest() || result.getStatus() != TestExecutionResult.Status.SUCCESSFUL) {
                TestKind kind = switch (result.getStatus()) {
                    case SUCCESSFUL -> TestKind.PASSED;
                    case FAILED -> TestKind.FAILED;
                    case ABORTED -> TestKind.SKIPPED; // by an assumption
                };
                String why = result.getThrowable().map(kind == TestKind.FAILED ? TestProgress::trace : Throwable::getMessage).orElse("");
                told.accept(new TestOutcome(kind, (System.nanoTime() - started.get(test.getUniqueIdObject())) / 1e9,
                        name(test.getUniqueIdObject(), test.getDisplayName()), why));
            }
        }

        private static String trace(Throwable failure) {
            StringWriter text = new StringWriter();
            failure.printStackTrace(new PrintWriter(text));
            return text.toString();
        }
    }

    /** Prints how each test ended, at once, and at the end what came of all. Any thread may tell it. */
    static final class TestTally implements Consumer<TestOutcome> {

        private static final int SLOWEST = 10;
        private static final int MOST_FRAMES = 20; // of a failure's trace

        private final PrintStream out;
        private final List<TestOutcome> all = new ArrayList<>();

        TestTally(PrintStream out) {
            this.out = out;
        }

        @Override
        public synchronized void accept(TestOutcome test) {
            all.add(test);
            out.printf(Locale.ROOT, "%-8s %6.1f s  %s%n", test.kind(), test.seconds(), test.name()
                    + (test.kind() == TestKind.SKIPPED ? ": " + test.why() : ""));
            if (test.kind() == TestKind.FAILED) {
                AtomicInteger frames = new AtomicInteger(); // what it says is printed as a whole
                out.print(test.why().lines().filter(line -> !line.startsWith("\tat ") || frames.incrementAndGet() <= MOST_FRAMES)
                        .map(line -> "    " + line + "\n").collect(Collectors.joining()));
            }
        }

        /** Prints the sums; gives the exit code: 0 when all passed, 1 when one failed, 2 when none ran. */
        synchronized int end() {
            long ran = all.size() - count(TestKind.SKIPPED);
            if (ran > SLOWEST) {
                out.println("the " + SLOWEST + " slowest:");
                all.stream().sorted(Comparator.comparing(TestOutcome::seconds).reversed()).limit(SLOWEST)
                        .forEach(test -> out.printf(Locale.ROOT, "%15.1f s  %s%n", test.seconds(), test.name()));
            }
            if (ran > 1) {
                of(TestKind.FAILED).forEach(test -> out.println("failed: " + test.name() + ": "
                        + test.why().lines().findFirst().orElse("")));
            }
            Map<String, Integer> reasons = new TreeMap<>();
            of(TestKind.SKIPPED).forEach(test -> reasons.merge(test.why(), 1, Integer::sum));
            reasons.forEach((why, count) -> out.println("skipped: " + count + ": " + why));
            out.println(count(TestKind.PASSED) + " passed, " + count(TestKind.FAILED) + " failed"
                    + (reasons.isEmpty() ? "" : ", " + count(TestKind.SKIPPED) + " skipped"));
            return count(TestKind.FAILED) > 0 ? 1 : ran == 0 ? 2 : 0;
        }

        private List<TestOutcome> of(TestKind kind) {
            return all.stream().filter(test -> test.kind() == kind).toList();
        }

        private int count(TestKind kind) {
            return of(kind).size();
        }
    }
}
