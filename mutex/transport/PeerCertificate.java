package mutex.transport;

import io.grpc.Attributes;
import io.grpc.Grpc;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import mutex.text.Printable;

/** Which peer a certificate is for: its subject alternative name {@code URI:afteryou:peer:ID} says so. */
public final class PeerCertificate {

    /** Begins the name. */
    public static final String NAME = "afteryou:peer:";
    /** The certificate of a program that uses locks, but is no peer. */
    public static final int OF_CLIENT = 0;
    /** There is no TLS on the connection. */
    public static final int NONE = -1;

    private static final Pattern FORM = Pattern.compile(Pattern.quote(NAME) + "([1-9][0-9]{0,4})");
    private static final int URI = 6; // RFC 5280, 4.2.1.6

    private PeerCertificate() {}

    /** The peer's id, or {@link #OF_CLIENT}; one that names two peers is for neither. */
    public static int idOf(X509Certificate certificate) {
        int id = OF_CLIENT;
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            for (List<?> name : names == null ? List.<List<?>>of() : names) {
                Matcher form = FORM.matcher(name.get(0).equals(URI) ? (String) name.get(1) : "");
                if (form.matches()) {
                    if (id != OF_CLIENT) {
                        return OF_CLIENT;
                    }
                    id = Integer.parseInt(form.group(1));
                }
            }
            return id;
        } catch (CertificateParsingException garbled) {
            return OF_CLIENT;
        }
    }

    /** Whose certificate the other side of a call has shown; {@link #NONE} without TLS. */
    static int idOf(Attributes call) {
        SSLSession session = call.get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
        try {
            return session == null ? NONE : idOf((X509Certificate) session.getPeerCertificates()[0]);
        } catch (SSLPeerUnverifiedException e) {
            return OF_CLIENT; // cannot be: the handshake asks for one
        }
    }

    /** Whom it names, for a person. */
    static String nameIn(X509Certificate certificate) {
        return "\"" + Printable.of(certificate.getSubjectX500Principal().getName(), 80) + "\"";
    }

    static String outOfDate(X509Certificate certificate) {
        return "the certificate of " + nameIn(certificate) + (System.currentTimeMillis() > certificate.getNotAfter().getTime()
                ? " expired on " + certificate.getNotAfter().toInstant()
                : " is not valid before " + certificate.getNotBefore().toInstant());
    }
}
