package tests.support;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Finds grpcurl, a gRPC client that is not ours and knows a service by reflection only; where it is missing, has Go make it. */
public final class Grpcurl {

    private static final String SOURCE = "github.com/fullstorydev/grpcurl/cmd/grpcurl@v1.9.4";
    /** It is used for seconds, so making it better than this takes more than it gives. */
    private static final List<String> FAST = List.of("-gcflags=all=-N -l -dwarf=false", "-ldflags=-s -w");

    private Grpcurl() {}

    /** Where it is. */
    public static String find() throws IOException, InterruptedException {
        Path cache = cache();
        for (Path folder : Stream.concat(Stream.of(System.getenv("PATH").split(File.pathSeparator)).map(Path::of),
                Stream.of(Path.of(System.getProperty("user.home"), "go", "bin"), cache)).toList()) {
            if (Files.isExecutable(folder.resolve("grpcurl"))) {
                return folder.resolve("grpcurl").toString();
            }
        }
        Path log = Files.createTempFile("grpcurl", ".log");
        try {
            ProcessBuilder go = new ProcessBuilder(Stream.of(List.of("go", "install"), FAST, List.of(SOURCE)).flatMap(List::stream).toList())
                    .redirectErrorStream(true).redirectOutput(log.toFile());
            go.environment().putAll(Map.of("GOBIN", cache.toString(), "CGO_ENABLED", "0", "GOGC", "off")); // the compiler ends before it has garbage
            Process process = go.start();
            if (!process.waitFor(180, TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new AssertionError("go could not install grpcurl; install it, or be online: " + Files.readString(log));
            }
        } catch (IOException noGo) {
            throw new AssertionError("neither grpcurl nor go is there; install one of them (https://github.com/fullstorydev/grpcurl)", noGo);
        } finally {
            Files.delete(log);
        }
        return cache.resolve("grpcurl").toString();
    }

    private static Path cache() {
        String chosen = System.getenv("AFTERYOU_CACHE");
        return chosen == null || chosen.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache", "afteryou", "bin") : Path.of(chosen, "bin");
    }
}
