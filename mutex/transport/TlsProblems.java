package mutex.transport;

import io.grpc.netty.shaded.io.netty.handler.ssl.NotSslRecordException;
import java.security.cert.CertificateException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/** Why a TLS connection was not made, in a few words for a person. */
final class TlsProblems {

    private static final Pattern ALERT = Pattern.compile("Received fatal alert: (\\w+)");
    private static final Pattern UNFIT = Pattern.compile("requested protocol|in common"); // so says the JDK
    private static final String NO_CERTIFICATE = "Empty client certificate chain"; // so says the JDK

    private TlsProblems() {}

    /** Whether it is TLS that failed. */
    static boolean concerns(Throwable error) {
        return find(error, SSLException.class) != null || find(error, CertificateException.class) != null;
    }

    /** At the side that has called. */
    static String atCaller(Throwable error) {
        Matcher alert = ALERT.matcher(said(error));
        return find(error, NotSslRecordException.class) != null
                ? "nothing is encrypted there, but here --tls-cert is given; give it at both sides or at none"
                : alert.find() ? "it does not accept this side's certificate (" + alert.group(1) + "); it says itself why" : said(error);
    }

    /** At the side that was called; null where it is no news, as when a caller breaks off in the middle. */
    static String atCalled(Throwable error) {
        Matcher alert = ALERT.matcher(said(error));
        return find(error, NotSslRecordException.class) != null ? "it does not speak TLS; give it --tls-cert, --tls-key and --tls-ca"
                : said(error).contains(NO_CERTIFICATE) ? "it shows no certificate; give it --tls-cert, --tls-key and --tls-ca"
                : alert.find() ? "it does not accept this side's certificate (" + alert.group(1) + ")"
                : find(error, CertificateException.class) != null || UNFIT.matcher(said(error)).find() ? said(error) : null;
    }

    private static String said(Throwable error) {
        Throwable root = find(error, CertificateException.class);
        if (root == null) {
            root = find(error, SSLException.class);
        }
        return root == null ? "" : String.valueOf(root.getMessage());
    }

    /** The outermost cause of the kind; null if there is none. */
    private static <T extends Throwable> T find(Throwable error, Class<T> kind) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (kind.isInstance(cause)) {
                return kind.cast(cause);
            }
        }
        return null;
    }
}
