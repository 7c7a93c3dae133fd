package tests;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** What some tests need besides a JDK; they have a tag of that name, in lower case. */
enum Need {

    TMUX("tmux", "install the package tmux", () -> onPath("tmux")),
    CHROMIUM("Chromium", "install the package chromium",
            () -> onPath("chromium") || onPath("chromium-browser") || onPath("google-chrome") || onPath("google-chrome-stable")),
    NAMESPACES("networks of its own", "be root, or allow users namespaces, and install util-linux, iproute2 and iptables",
            () -> onPath("ip") && onPath("iptables-restore")
                    && runs("unshare", System.getProperty("user.name").equals("root") ? "-n" : "-rn", "true")),
    GRPCURL("grpcurl", "install it, or Go, which makes it (https://github.com/fullstorydev/grpcurl)",
            () -> onPath("grpcurl") || onPath("go") || Files.exists(Path.of(System.getProperty("user.home"), "go", "bin", "grpcurl"))),
    SERF("serf", "install the package serf", () -> onPath("serf")),
    PYTHON("gRPC for /usr/bin/python3", "install the package python3-grpcio", () -> runs("/usr/bin/python3", "-c", "import grpc")),
    FLOCK("flock", "install the package util-linux", () -> onPath("flock")),
    PERL("perl", "install the package perl", () -> onPath("perl")),
    MAVEN("Maven", "install the package maven", () -> onPath("mvn"));

    /** The tag of tests that need nothing of these, but more time than a quick run has. */
    private static final String SLOW = "slow";
    /** The tag of tests that take longer than a change should wait for: only a long run has them. */
    private static final String LONG = "long";

    private final String what;
    private final String way;
    private final BooleanSupplier isThere;

    Need(String what, String way, BooleanSupplier isThere) {
        this.what = what;
        this.way = way;
        this.isThere = isThere;
    }

    /** Why this run leaves a test with these tags out, if it does; a quick one also where all is there, so that it is the same everywhere. */
    static Optional<String> whyNot(Set<String> tags, boolean quick) {
        if (tags.contains(LONG) && !Effort.isLong()) {
            return Optional.of("is for --long");
        }
        return Stream.of(values()).filter(need -> quick && tags.contains(need.name().toLowerCase(Locale.ROOT))).map(need -> "needs " + need.what)
                .findFirst().or(() -> quick && tags.contains(SLOW) ? Optional.of("takes long") : Optional.empty());
    }

    /** A line for each that is not here, with how to get it. */
    static List<String> missing() {
        return Stream.of(values()).filter(need -> !need.isThere.getAsBoolean())
                .map(need -> "missing: " + need.what + "; " + need.way).toList();
    }

    private static boolean onPath(String program) {
        return Stream.concat(Stream.of(System.getenv("PATH").split(File.pathSeparator)), Stream.of("/usr/sbin", "/sbin"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    private static boolean runs(String... command) {
        try {
            return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor() == 0;
        } catch (IOException missing) {
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
