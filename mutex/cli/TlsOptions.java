package mutex.cli;

import java.nio.file.Path;
import java.util.function.Consumer;
import mutex.transport.Tls;
import mutex.transport.TlsFiles;
import picocli.CommandLine.Option;

/** The options of TLS, for whoever listens or connects: a mixin. */
public final class TlsOptions {

    @Option(names = "--tls-cert", paramLabel = "FILE", description = "own certificate, PEM; ./jbang certs makes one")
    private Path cert;

    @Option(names = "--tls-key", paramLabel = "FILE", description = "its private key, PEM")
    private Path key;

    @Option(names = "--tls-ca", paramLabel = "FILE", description = "certificate of the CA that issued all certificates, PEM")
    private Path ca;

    /** Whether TLS is asked for. */
    public boolean given() {
        return cert != null || key != null || ca != null;
    }

    /**
     * That all are given, or none.
     *
     * @throws IllegalArgumentException in one line that names what is missing
     */
    public void check() {
        TlsFiles.of(cert, key, ca);
    }

    /**
     * Reads the files; null when none are given.
     *
     * @param voice is told when they change; called on any thread
     * @throws IllegalArgumentException in one line when they cannot be used
     */
    public Tls open(Consumer<String> voice) {
        TlsFiles files = TlsFiles.of(cert, key, ca);
        return files == null ? null : Tls.of(files, voice);
    }
}
