///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java support/Folders.java
package tests;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tests.support.Folders;

/**
 * MutexProto.java and MutexGrpc.java are what the compilers, of fixed versions, make of mutex.proto.
 *
 * <p>After a change of mutex.proto, make them anew with {@code ./jbang tests/GeneratedTest.java --write}.
 */
@Tag("maven")
class GeneratedTest {

    private static final Path ROOT = Path.of(System.getProperty("afteryou.root", ".")).toAbsolutePath().normalize();
    private static final String PLATFORM = platform();
    private static final String MESSAGES = "com.google.protobuf:protoc:4.36.2";
    private static final String SERVICE = "io.grpc:protoc-gen-grpc-java:1.83.1";
    private static final String FETCH = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy";

    @TempDir
    static Path folder;
    private static Path made;

    @BeforeAll
    static void generateOnce() throws IOException, InterruptedException {
        made = generate(folder);
    }

    @ParameterizedTest
    @ValueSource(strings = {"MutexProto.java", "MutexGrpc.java"})
    void isWhatTheCompilersMakeOfMutexProto(String file) throws IOException {
        String fresh = Files.readString(made.resolve(file));
        String committed = Files.readString(ROOT.resolve(file));
        if (!fresh.equals(committed)) {
            int same = 0;
            while (same < Math.min(fresh.length(), committed.length()) && fresh.charAt(same) == committed.charAt(same)) {
                same++;
            }
            long line = 1 + committed.substring(0, same).chars().filter(c -> c == '\n').count();
            fail(file + ":" + line + ": differs from what mutex.proto gives; make it anew: ./jbang tests/GeneratedTest.java --write");
        }
    }

    /** Runs the compilers; the folder with both files. */
    private static Path generate(Path folder) throws IOException, InterruptedException {
        Path protoc = fetch(MESSAGES, folder);
        Path plugin = fetch(SERVICE, folder);
        run(folder, protoc.toString(), "--plugin=protoc-gen-grpc-java=" + plugin, "--proto_path=" + ROOT,
                "--java_out=" + folder, "--grpc-java_out=@generated=omit:" + folder, "mutex.proto");
        return folder.resolve("mutex");
    }

    /** The compiler from Maven's repository, through Maven, or through JBang where that is missing. */
    private static Path fetch(String artifact, Path folder) throws IOException, InterruptedException {
        String name = artifact.split(":")[1] + "-" + artifact.split(":")[2] + "-" + PLATFORM + ".exe";
        Path copy = folder.resolve(name);
        if (!Files.exists(copy) && onPath("mvn")) {
            run(folder, "mvn", "-B", "-q", FETCH, "-Dartifact=" + artifact + ":exe:" + PLATFORM, "-DoutputDirectory=" + folder);
        } else if (!Files.exists(copy)) {
            String found = run(ROOT, ROOT.resolve("jbang").toString(), "--quiet", "info", "classpath",
                    "--deps", artifact + ":" + PLATFORM + "@exe", "tests/Run.java");
            String path = List.of(found.strip().split(java.io.File.pathSeparator)).stream()
                    .filter(part -> part.endsWith(name)).findFirst().orElseThrow(() -> new IOException("no " + name + " in " + found));
            Files.copy(Path.of(path), copy);
        }
        copy.toFile().setExecutable(true);
        return copy;
    }

    private static boolean onPath(String program) {
        return List.of(System.getenv("PATH").split(java.io.File.pathSeparator)).stream()
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    private static String run(Path folder, String... command) throws IOException, InterruptedException {
        Path said = Files.createTempFile("generated", ".txt");
        try {
            Process process = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true)
                    .redirectOutput(said.toFile()).start();
            if (!process.waitFor(120, TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new IOException(String.join(" ", command) + ": failed or took over two minutes:\n" + Files.readString(said));
            }
            return Files.readString(said);
        } finally {
            Files.delete(said);
        }
    }

    /** This machine, as the compilers' files are named. */
    private static String platform() {
        String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String arch = System.getProperty("os.arch");
        return (os.startsWith("mac") ? "osx" : os.startsWith("win") ? "windows" : "linux") + "-"
                + (arch.equals("aarch64") ? "aarch_64" : "x86_64");
    }

    public static void main(String[] args) throws Exception {
        if (List.of(args).equals(List.of("--write"))) {
            Path folder = Files.createTempDirectory("generated");
            Path made = generate(folder);
            for (String file : List.of("MutexProto.java", "MutexGrpc.java")) {
                Files.move(made.resolve(file), ROOT.resolve(file), StandardCopyOption.REPLACE_EXISTING);
                System.out.println("wrote " + file);
            }
            Folders.delete(folder);
            return;
        }
        Run.only(GeneratedTest.class);
    }
}
