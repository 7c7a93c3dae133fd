package tests.mutants;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.io.IOException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import tests.simulation.World;

/**
 * The main class of a child process: runs the killers given as arguments against the classes it finds
 * on its class path. {@link Workshop} reads what it prints.
 */
final class Trial implements TestExecutionListener {

    private Trial() {}

    public static void main(String[] args) throws ClassNotFoundException {
        endWithTheParent();
        List<Killer> killers = Stream.of(args).map(Killer::new).toList();
        for (Killer killer : killers) {
            if (killer.simulates()) {
                simulate(killer);
            } else {
                Method method = method(killer);
                LauncherFactory.create().execute(LauncherDiscoveryRequestBuilder.request()
                        .selectors(selectMethod(method.getDeclaringClass(), method)).build(), new Trial());
            }
        }
        System.exit(0);
    }

    /** A fault may make an endless loop: nobody would end it when the parent is gone. */
    private static void endWithTheParent() {
        Thread watch = new Thread(() -> {
            try {
                System.in.read();
            } catch (IOException gone) {
                // as good as the end of the stream
            }
            Runtime.getRuntime().halt(2);
        });
        watch.setDaemon(true);
        watch.start();
    }

    private static Method method(Killer killer) throws ClassNotFoundException {
        return Arrays.stream(Class.forName("tests." + killer.testClass()).getDeclaredMethods())
                .filter(method -> method.getName().equals(killer.method())).findFirst().orElseThrow();
    }

    private static void simulate(Killer killer) {
        try {
            for (long seed = 1; seed <= killer.schedules(); seed++) {
                World.play(seed, killer.algorithm(), null);
            }
            System.out.println(Workshop.PASSED + killer.text());
        } catch (AssertionError | VirtualMachineError broken) {
            System.out.println(Workshop.FAILED + "sim: " + firstLine(broken));
        }
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        String name = test.getSource().filter(MethodSource.class::isInstance).map(MethodSource.class::cast)
                .map(source -> source.getJavaClass().getSimpleName() + "." + source.getMethodName())
                .orElse(test.getDisplayName());
        if (result.getStatus() == TestExecutionResult.Status.FAILED) {
            System.out.println(Workshop.FAILED + name + ": " + result.getThrowable().map(Trial::firstLine).orElse(""));
        } else if (test.isTest() && result.getStatus() == TestExecutionResult.Status.SUCCESSFUL) {
            System.out.println(Workshop.PASSED + name);
        }
    }

    private static String firstLine(Throwable broken) {
        String said = broken.getMessage() == null ? "" : broken.getMessage().strip().lines().findFirst().orElse("");
        return broken instanceof AssertionError ? said : broken.getClass().getSimpleName() + " " + said;
    }
}
