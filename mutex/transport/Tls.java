package mutex.transport;

import io.grpc.ChannelCredentials;
import io.grpc.ServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettySslContextChannelCredentials;
import io.grpc.netty.shaded.io.netty.buffer.ByteBufAllocator;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslProvider;
import io.grpc.util.AdvancedTlsX509KeyManager;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import mutex.text.Printable;

/**
 * TLS 1.3 between peers and with programs: both sides show a certificate. A thread of its own reads the
 * files again every second; what is new in them counts from the next connection on.
 */
public final class Tls implements AutoCloseable {

    private static final Duration WARN_AHEAD = Duration.ofDays(14);
    private static final long LOOK_EVERY_MILLIS = 1_000;
    /** A session taken up again would be one that nobody checks the certificate of: the shortest there is. */
    private static final long SESSION_SECONDS = 1;

    private final TlsFiles files;
    private final Consumer<String> voice;
    private final AdvancedTlsX509KeyManager identity = new AdvancedTlsX509KeyManager();
    private final CertificateTrust trust = new CertificateTrust();
    private final OncePerMinute repeats = new OncePerMinute(); // guarded by itself
    private final ScheduledExecutorService watch = DaemonThreads.timer("tls");
    private volatile TlsFiles.Material present;
    private String trouble = ""; // with the files
    private int looks; // that found this trouble
    private boolean warned; // that the present certificate is about to expire
    private final ServerCredentials server;
    private final ChannelCredentials client;

    private Tls(TlsFiles files, Consumer<String> voice) {
        this.files = files;
        this.voice = voice;
        use(files.read());
        try {
            SslContext called = built(SslContextBuilder.forServer(identity).clientAuth(ClientAuth.REQUIRE));
            SslContext calling = built(SslContextBuilder.forClient().keyManager(identity));
            if (peer() != PeerCertificate.OF_CLIENT) {
                TlsWarmUp.run(calling.newEngine(ByteBufAllocator.DEFAULT), called.newEngine(ByteBufAllocator.DEFAULT));
            }
            server = TlsFailureReporter.of(called, this::refused);
            client = NettySslContextChannelCredentials.create(calling);
        } catch (SSLException e) {
            throw new IllegalArgumentException("--tls-cert " + files.cert() + ": with this --tls-ca, no peer would accept it: "
                    + TlsProblems.atCaller(e), e);
        }
    }

    private SslContext built(SslContextBuilder builder) throws SSLException {
        return GrpcSslContexts.configure(builder, SslProvider.JDK)
                .trustManager(trust).protocols("TLSv1.3").sessionTimeout(SESSION_SECONDS).build();
    }

    /**
     * Reads the files, and goes on looking at them until it is closed.
     *
     * @param voice takes lines for a person; called on any thread
     * @throws IllegalArgumentException in one line with option, file, what was found and what to write instead
     */
    public static Tls of(TlsFiles files, Consumer<String> voice) {
        Tls tls = new Tls(files, voice);
        tls.watch.scheduleWithFixedDelay(tls::look, 0, LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS);
        return tls;
    }

    /** Whose the certificate is; {@link PeerCertificate#OF_CLIENT} if no peer's. */
    public int peer() {
        return PeerCertificate.idOf(present.chain()[0]);
    }

    ServerCredentials server() {
        return server;
    }

    ChannelCredentials client() {
        return client;
    }

    /** A caller got no connection; what is no fault of TLS is no news. */
    void refused(Throwable error) {
        String why = TlsProblems.concerns(error) ? TlsProblems.atCalled(error) : null;
        if (why != null && first(why)) {
            say(Printable.brief("a caller is refused: " + why));
        }
    }

    private boolean first(String line) {
        synchronized (repeats) {
            return repeats.first(line, System.nanoTime());
        }
    }

    private void look() {
        try {
            TlsFiles.Material found = files.read();
            trouble = "";
            if (found.differs(present)) {
                use(found);
                say("the TLS files have changed: new connections use the certificate that is valid until "
                        + found.chain()[0].getNotAfter().toInstant());
            }
            warn();
        } catch (IllegalArgumentException e) {
            troubled(e.getMessage() + "; until then what was read before is used");
            warn();
        } catch (RuntimeException | Error e) { // of a provider, say: an exception would end the looking
            troubled("--tls-cert, --tls-key and --tls-ca cannot be read again (" + FailureText.inOneLine(e)
                    + "); what was read before is used");
        }
    }

    /** Files change one by one: the next look may find all of them. */
    private void troubled(String line) {
        looks = line.equals(trouble) ? looks + 1 : 1;
        trouble = line;
        if (looks == 2) {
            say(line);
        }
    }

    private void say(String line) {
        try {
            voice.accept(line);
        } catch (RuntimeException | Error mute) {
            System.err.println(line);
        }
    }

    private void use(TlsFiles.Material material) {
        identity.updateIdentityCredentials(material.chain(), material.key());
        trust.believe(material.authorities());
        present = material;
        warned = false;
    }

    private void warn() {
        Instant end = present.chain()[0].getNotAfter().toInstant();
        if (!warned && Instant.now().plus(WARN_AHEAD).isAfter(end)) {
            warned = true;
            say("--tls-cert " + files.cert() + ": the certificate expires on " + end
                    + "; put a new one there, it is taken up without a restart");
        }
    }

    @Override
    public void close() {
        watch.shutdownNow();
    }
}
