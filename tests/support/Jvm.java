package tests.support;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Command lines that run a class of this JVM's class path in another JVM, which starts fast. */
public final class Jvm {

    /** Compiling better would take a short process more than it gives. */
    private static final List<String> FAST = List.of("--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
            "-XX:CompileThresholdScaling=3");
    /** The system property with the class-data archive that was made for the tests. */
    public static final String ARCHIVE = "afteryou.test.archive";

    private Jvm() {}

    public static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** @param flags more flags of the JVM */
    public static List<String> command(List<String> flags, String main, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(java()));
        command.addAll(FAST);
        command.addAll(flags);
        if (System.getProperty(ARCHIVE) != null) {
            command.add("-XX:SharedArchiveFile=" + System.getProperty(ARCHIVE));
            command.add("-Xlog:cds=off"); // where it does not fit, as for a source file, Java 25 says so
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
        command.addAll(arguments);
        return command;
    }
}
