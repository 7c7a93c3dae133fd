package mutex.transport;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * Whose certificate is believed: one of the CA's, in date; where this side has called, one of a peer.
 * Host names do not matter: it is the peer's id that a link compares with the certificate. May be called
 * from any thread.
 */
final class CertificateTrust extends X509ExtendedTrustManager {

    private interface Authority {
        void check(X509Certificate[] chain, String type) throws CertificateException;
    }

    private volatile X509TrustManager authorities;

    /** From now on these are believed; connections that stand are not asked again. */
    void believe(X509Certificate... certificates) {
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (X509Certificate certificate : certificates) {
                store.setCertificateEntry("ca-" + store.size(), certificate);
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(store);
            authorities = (X509TrustManager) factory.getTrustManagers()[0];
        } catch (GeneralSecurityException | java.io.IOException e) {
            throw new IllegalArgumentException("--tls-ca: cannot be used (" + e.getMessage() + ")", e);
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        check(chain, type, authorities::checkClientTrusted);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        check(chain, type, authorities::checkServerTrusted);
        if (PeerCertificate.idOf(chain[0]) == PeerCertificate.OF_CLIENT) {
            throw new CertificateException("the certificate of " + PeerCertificate.nameIn(chain[0]) + " is no peer's: it has no name URI:" + PeerCertificate.NAME + "ID");
        }
    }

    private static void check(X509Certificate[] chain, String type, Authority authority) throws CertificateException {
        checkDate(chain[0]);
        try {
            authority.check(chain, type);
        } catch (CertificateException e) {
            throw new CertificateException("the certificate of " + PeerCertificate.nameIn(chain[0])
                    + " is not by a CA that --tls-ca names, or not for this use", e);
        }
    }

    private static void checkDate(X509Certificate certificate) throws CertificateException {
        try {
            certificate.checkValidity();
        } catch (CertificateException e) {
            String problem = PeerCertificate.outOfDate(certificate);
            throw new CertificateException(problem, new CertPathValidatorException(problem, e, null, -1, BasicReason.EXPIRED));
        }
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return authorities.getAcceptedIssuers();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
        checkClientTrusted(chain, type, (SSLEngine) null);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
        checkServerTrusted(chain, type, (SSLEngine) null);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        checkClientTrusted(chain, type, (SSLEngine) null);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        checkServerTrusted(chain, type, (SSLEngine) null);
    }
}
