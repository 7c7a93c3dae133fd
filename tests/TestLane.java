package tests;

import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import tests.Run.TestKind;
import tests.Run.TestOutcome;
import tests.support.Jvm;

/**
 * A JVM that runs test classes, one at a time: beside others of its kind, so that those that wait do not hold up those
 * that compute, and apart from them, for standard output, properties and the locale belong to the whole JVM.
 */
final class TestLane implements AutoCloseable {

    private static final int TEST = 1;
    private static final int END = 2;
    private static final int MOST_CHARS = 20_000; // writeUTF takes 65,535 bytes

    private final Process process;
    private final DataOutputStream orders;
    private final DataInputStream reports;

    /** Starts one with the options, the class path and the working folder of this JVM, and with more options. */
    TestLane(boolean quick, String... more) {
        List<String> command = new ArrayList<>(List.of(Jvm.java()));
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-Xms256m", "-Xmn128m", "-Xlog:disable", "-Xlog:all=warning:stderr")); // standard output is the report
        command.addAll(List.of(more));
        Optional.ofNullable(System.getProperty(Jvm.ARCHIVE))
                .ifPresent(file -> command.addAll(List.of("-D" + Jvm.ARCHIVE + "=" + file, "-XX:SharedArchiveFile=" + file)));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), TestLane.class.getName(), String.valueOf(quick),
                String.valueOf(Effort.isLong())));
        try {
            process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(this::close, "lane")); // when the whole run is stopped
        orders = new DataOutputStream(process.getOutputStream());
        reports = new DataInputStream(process.getInputStream());
    }

    /** Runs all tests of the class. When the JVM ends meanwhile, that is a failure, and false. */
    boolean run(Class<?> test, Consumer<TestOutcome> told) {
        try {
            orders.writeUTF(test.getName());
            orders.flush();
            for (int next = reports.readByte(); next != END; next = reports.readByte()) {
                if (next != TEST) {
                    throw new IOException("something else stands in its report");
                }
                told.accept(new TestOutcome(TestKind.valueOf(reports.readUTF()), reports.readDouble(), reports.readUTF(), reports.readUTF()));
            }
            return true;
        } catch (IOException ended) {
            int code = process.destroyForcibly().onExit().join().exitValue();
            told.accept(new TestOutcome(TestKind.FAILED, 0, test.getSimpleName(), "its JVM ended with exit code " + code
                    + (ended.getMessage() == null ? "" : ": " + ended.getMessage())));
            return false;
        }
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroy); // of a test in the middle of its work
        process.destroy();
    }

    /** The other end, until the orders end. What tests print goes to standard error, for standard output is the report. */
    public static void main(String[] args) throws IOException, ClassNotFoundException {
        boolean quick = Boolean.parseBoolean(args[0]);
        if (Boolean.parseBoolean(args[1])) {
            Effort.beLong();
        }
        DataInputStream orders = new DataInputStream(System.in);
        DataOutputStream reports = new DataOutputStream(new BufferedOutputStream(new FileOutputStream(FileDescriptor.out)));
        System.setIn(InputStream.nullInputStream());
        System.setOut(System.err);
        while (true) {
            Class<?> test = Class.forName(next(orders));
            Run.execute(List.of(test), tags -> Need.whyNot(tags, quick), outcome -> report(outcome, reports));
            reports.writeByte(END);
            reports.flush();
        }
    }

    private static String next(DataInputStream orders) throws IOException {
        try {
            return orders.readUTF();
        } catch (EOFException over) {
            System.exit(0); // whatever threads the tests have left
            throw over;
        }
    }

    private static void report(TestOutcome test, DataOutputStream reports) {
        synchronized (reports) { // tests that wait end beside each other
            write(test, reports);
        }
    }

    private static void write(TestOutcome test, DataOutputStream reports) {
        try {
            reports.writeByte(TEST);
            reports.writeUTF(test.kind().name());
            reports.writeDouble(test.seconds());
            reports.writeUTF(shortened(test.name()));
            reports.writeUTF(shortened(test.why()));
            reports.flush();
        } catch (IOException nobodyReads) {
            throw new UncheckedIOException(nobodyReads);
        }
    }

    private static String shortened(String text) {
        return text == null ? "" : text.substring(0, Math.min(text.length(), MOST_CHARS));
    }
}
