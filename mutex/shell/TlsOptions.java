package mutex.shell;

import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import mutex.net.Tls;
import mutex.net.TlsFiles;
import picocli.CommandLine.Option;

/** The options of TLS, for whoever listens or connects: a mixin. */
public final class TlsOptions {

    @Option(names = "--tls-cert", paramLabel = "FILE", description = "this side's certificate, PEM; ./jbang certs makes one")
    private Path cert;

    @Option(names = "--tls-key", paramLabel = "FILE", description = "its private key, PEM")
    private Path key;

    @Option(names = "--tls-ca", paramLabel = "FILE", description = "certificate of the CA that all certificates are from, PEM")
    private Path ca;

    /** Whether TLS is asked for. */
    public boolean given() {
        return Stream.of(cert, key, ca).anyMatch(Objects::nonNull);
    }

    /**
     * That all are given, or none.
     *
     * @throws IllegalArgumentException in one line that names what is missing
     */
    public void check() {
        if (given()) {
            require("--tls-cert", cert);
            require("--tls-key", key);
            require("--tls-ca", ca);
        }
    }

    private static void require(String option, Path file) {
        if (file == null || file.toString().isEmpty()) {
            throw new IllegalArgumentException(option + " is missing; --tls-cert, --tls-key and --tls-ca go together");
        }
    }

    /**
     * Reads the files; null when none are given.
     *
     * @param voice is told when they change; called on any thread
     * @throws IllegalArgumentException in one line when they cannot be used
     */
    public Tls open(Consumer<String> voice) {
        return given() ? Tls.of(new TlsFiles(cert, key, ca), voice) : null;
    }
}
