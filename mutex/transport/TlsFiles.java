package mutex.transport;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mutex.discover.BadConfiguration;
import mutex.discover.InputFile;

/**
 * The three PEM files of TLS.
 *
 * @param cert the certificate, and those between it and the CA's
 * @param key its private key, PKCS #8
 * @param ca certificates of those who may issue the certificates of others
 */
public record TlsFiles(Path cert, Path key, Path ca) {

    private static final Pattern KEY = Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
    private static final int MOST_BYTES = 1 << 20;

    /**
     * What the three options name; null when none is given.
     *
     * @throws IllegalArgumentException in one line that names what is missing
     */
    public static TlsFiles of(Path cert, Path key, Path ca) {
        if (cert == null && key == null && ca == null) {
            return null;
        }
        require("--tls-cert", cert);
        require("--tls-key", key);
        require("--tls-ca", ca);
        return new TlsFiles(cert, key, ca);
    }

    private static void require(String option, Path file) {
        if (file == null || file.toString().isEmpty()) {
            throw new IllegalArgumentException(option + " is missing; --tls-cert, --tls-key and --tls-ca go together");
        }
    }

    /** What is in them, fit to be used. */
    record Material(PrivateKey key, X509Certificate[] chain, X509Certificate[] authorities) {

        /** Whether the files say something else now. */
        boolean differs(Material other) {
            return !key.equals(other.key) || !Arrays.equals(chain, other.chain) || !Arrays.equals(authorities, other.authorities);
        }
    }

    /**
     * Reads all three.
     *
     * @throws IllegalArgumentException in one line with option, file, what was found and what to write instead
     */
    Material read() {
        X509Certificate[] chain = certificates("--tls-cert", cert);
        X509Certificate[] authorities = certificates("--tls-ca", ca);
        PrivateKey secret = key(chain[0].getPublicKey().getAlgorithm());
        if (!fits(secret, chain[0])) {
            throw new IllegalArgumentException("--tls-key " + key + ": is not the key of the certificate in " + cert
                    + "; name the two files that were made together");
        }
        try {
            chain[0].checkValidity();
        } catch (CertificateException e) {
            throw new IllegalArgumentException("--tls-cert " + cert + ": " + PeerCertificate.outOfDate(chain[0])
                    + "; make a new one, for example with ./jbang certs");
        }
        return new Material(secret, chain, authorities);
    }

    private static X509Certificate[] certificates(String option, Path file) {
        Collection<? extends Certificate> found = List.of();
        try {
            found = CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(bytes(option, file)));
        } catch (CertificateException garbled) {
            // as good as none
        }
        if (found.isEmpty()) {
            throw new IllegalArgumentException(option + " " + file + ": has no certificate in PEM form; it begins with \"-----BEGIN CERTIFICATE-----\"");
        }
        return found.toArray(X509Certificate[]::new);
    }

    private PrivateKey key(String algorithm) {
        Matcher pem = KEY.matcher(new String(bytes("--tls-key", key), StandardCharsets.US_ASCII));
        try {
            if (Files.getFileStore(key).supportsFileAttributeView("posix")
                    && Files.getPosixFilePermissions(key).contains(PosixFilePermission.OTHERS_READ)) {
                throw new IllegalArgumentException("--tls-key " + key + ": everyone on this machine can read it; chmod o-r " + key);
            }
            if (pem.find()) {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(pem.group(1))));
            }
        } catch (IOException | GeneralSecurityException unusable) {
            // said below
        }
        throw new IllegalArgumentException("--tls-key " + key + ": has no private key of the certificate's kind (" + algorithm
                + ") in PKCS #8 form; openssl pkcs8 -topk8 -nodes makes one of other forms");
    }

    private static byte[] bytes(String option, Path file) {
        try {
            return InputFile.read(file, MOST_BYTES);
        } catch (IOException e) {
            throw new IllegalArgumentException(option + " " + file + ": cannot be read (" + BadConfiguration.reason(e) + "); name a file in PEM form");
        }
    }

    private static boolean fits(PrivateKey key, X509Certificate certificate) {
        String algorithm = switch (key.getAlgorithm()) {
            case "EC" -> "SHA256withECDSA";
            case "RSA" -> "SHA256withRSA";
            default -> key.getAlgorithm();
        };
        try {
            byte[] sample = new byte[32];
            Signature signing = Signature.getInstance(algorithm);
            signing.initSign(key);
            signing.update(sample);
            byte[] signature = signing.sign();
            signing.initVerify(certificate.getPublicKey());
            signing.update(sample);
            return signing.verify(signature);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }
}
