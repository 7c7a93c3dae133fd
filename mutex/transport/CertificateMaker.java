package mutex.transport;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Makes certificates in a folder, with a CA that is made first where there is none. The JDK's keytool does the
 * work in a key store that is thrown away; what stays are PEM files, the keys for the owner's eyes only.
 */
public final class CertificateMaker {

    private static final String CA = "ca";
    private static final int CA_DAYS = 3_650;
    private static final String ENDED = "nothing was made: it was ended by a signal";
    private static final String PASSWORD = "AFTERYOU_STORE";

    private final Path folder;
    private final String password = UUID.randomUUID().toString();
    private Process keytool; // that runs; null when none does: guarded by this, as the next
    private boolean ended; // by a signal
    private Path work; // a folder for the key store; null: there is none yet

    /** The folder is made where it is not there. */
    public CertificateMaker(Path folder) {
        this.folder = folder;
    }

    /**
     * A certificate to be made.
     *
     * @param peer whose it is; {@link PeerCertificate#OF_CLIENT} for one of a program
     * @param hosts names and addresses that other clients than ours look for in it, beside localhost's
     * @param start when it begins, as keytool has it, e.g. {@code -1d}
     * @param days how long it is valid from then
     */
    public record Order(int peer, List<String> hosts, String start, int days) {

        /** The files' name without {@code .pem} or {@code .key}. */
        public String name() {
            return peer == PeerCertificate.OF_CLIENT ? "client" : "peer-" + peer;
        }
    }

    /**
     * Whether the folder has a CA.
     *
     * @throws IOException in one line when it has half of one
     */
    public boolean hasCa() throws IOException {
        return has(CA);
    }

    /**
     * Whether the folder has a key and a certificate of that name, such as {@link Order#name()}.
     *
     * @throws IOException in one line when it has one without the other
     */
    public boolean has(String name) throws IOException {
        boolean pem = Files.exists(pem(name), LinkOption.NOFOLLOW_LINKS);
        boolean key = Files.exists(key(name), LinkOption.NOFOLLOW_LINKS);
        if (pem != key) {
            throw new IOException((pem ? pem(name) : key(name)) + ": is there without " + name + (pem ? ".key" : ".pem")
                    + "; put that beside it, or name another folder");
        }
        return pem;
    }

    /**
     * Makes them; those of the same name that are there already are replaced, but never the CA's. When one cannot be written, none is.
     *
     * @throws IOException in one line when that cannot be done
     */
    public void make(List<Order> orders) throws IOException, InterruptedException {
        boolean reused = hasCa();
        if (reused && orders.isEmpty()) {
            return;
        }
        makeFolder();
        Thread clearing = new Thread(this::end, "certs");
        Runtime.getRuntime().addShutdownHook(clearing); // before there is anything to delete
        Map<Path, Path> fresh = new LinkedHashMap<>();
        try {
            Path store = makeStore();
            List<String> made = new ArrayList<>();
            if (reused) {
                reuseCa(store, orders);
            } else {
                generate(store, CA, "CN=After You CA", CA_DAYS, List.of("-ext", "bc:critical=ca:true", "-ext", "ku:critical=keyCertSign,cRLSign"));
                made.add(CA);
            }
            for (Order order : orders) {
                generate(store, order.name(), "CN=" + order.name(), order.days(), extensions(order));
                made.add(order.name());
            }
            KeyStore keys = KeyStore.getInstance("PKCS12");
            try (var in = Files.newInputStream(store)) {
                keys.load(in, password.toCharArray());
            }
            for (String name : made) {
                write(fresh, key(name), "PRIVATE KEY", keys.getKey(name, password.toCharArray()).getEncoded(), true);
                write(fresh, pem(name), "CERTIFICATE", keys.getCertificate(name).getEncoded(), false);
            }
            for (Map.Entry<Path, Path> file : fresh.entrySet()) { // each as a whole: a peer may be reading it
                Files.move(file.getValue(), file.getKey(), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            }
        } catch (GeneralSecurityException e) {
            throw new IOException(folder + ": the certificates cannot be written (" + e.getMessage() + ")", e);
        } catch (FileSystemException e) {
            throw new IOException(folder + ": cannot be written (" + (e.getReason() == null ? e.getMessage() : e.getReason())
                    + "); nothing was made; name another folder", e);
        } finally {
            for (Path left : fresh.values()) {
                Files.deleteIfExists(left);
            }
            clear();
            try {
                Runtime.getRuntime().removeShutdownHook(clearing);
            } catch (IllegalStateException ends) {
                // it was a signal
            }
        }
    }

    /** A key store must not stay behind, nor be made anew by a keytool that runs on. */
    private synchronized void end() {
        ended = true;
        try {
            if (keytool != null) {
                keytool.destroyForcibly().waitFor();
            }
            clear();
        } catch (IOException | InterruptedException e) {
            // it is more than nothing that is gone
        }
    }

    private synchronized void clear() throws IOException {
        if (work != null) {
            Files.deleteIfExists(store());
            Files.deleteIfExists(work);
        }
    }

    /** Where the key store will be, in a folder that is made now. */
    private synchronized Path makeStore() throws IOException {
        checkNotEnded();
        work = Files.createTempDirectory("afteryou-certs");
        return store();
    }

    /** A file in the folder, which only its owner can read. */
    private synchronized Path makeFresh() throws IOException {
        checkNotEnded();
        Path fresh = Files.createTempFile(folder, ".new", "");
        fresh.toFile().deleteOnExit(); // if this is ended before it is moved; that works until the hook has run
        return fresh;
    }

    private Path store() {
        return work.resolve("store.p12");
    }

    /** Nothing is begun any more that the hook would have to undo. */
    private synchronized void checkNotEnded() throws IOException {
        if (ended) {
            throw new IOException(ENDED);
        }
    }

    private synchronized boolean isEnded() {
        return ended;
    }

    private synchronized Process start(ProcessBuilder builder) throws IOException {
        checkNotEnded();
        keytool = builder.start();
        return keytool;
    }

    private void makeFolder() throws IOException {
        try {
            Files.createDirectories(folder);
        } catch (FileAlreadyExistsException e) {
            throw new IOException(folder + ": is a file; name a folder", e);
        } catch (FileSystemException e) {
            throw new IOException(folder + ": cannot be made (" + (e.getReason() == null ? e.getMessage() : e.getReason())
                    + "); name another folder", e);
        }
    }

    /** A certificate is worth nothing once its CA's has ended, though it names a later day itself. */
    private void reuseCa(Path store, List<Order> orders) throws IOException, GeneralSecurityException {
        TlsFiles.Material ca = new TlsFiles(pem(CA), key(CA), pem(CA)).read();
        Instant ends = ca.chain()[0].getNotAfter().toInstant();
        long left = Duration.between(Instant.now(), ends).toDays();
        for (Order order : orders) {
            if (order.days() > left) {
                throw new IOException(pem(CA) + ": the CA " + (left < 0 ? "ended" : "ends") + " on "
                        + LocalDate.ofInstant(ends, ZoneOffset.UTC) + ", before a certificate of " + order.days() + " days; "
                        + (left < 1 ? "" : "give --days " + left + " at most, or ") + "use a new folder, for a new CA");
            }
        }
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, null);
        Key secret = ca.key();
        keys.setKeyEntry(CA, secret, password.toCharArray(), new Certificate[] {ca.chain()[0]});
        try (var out = Files.newOutputStream(store)) {
            keys.store(out, password.toCharArray());
        }
    }

    private static List<String> extensions(Order order) {
        boolean peer = order.peer() != PeerCertificate.OF_CLIENT;
        List<String> names = new ArrayList<>(peer ? List.of("uri:" + PeerCertificate.NAME + order.peer(), "dns:localhost",
                "ip:127.0.0.1", "ip:0:0:0:0:0:0:0:1") : List.of());
        order.hosts().forEach(host -> names.add((host.matches("[0-9.]+|.*:.*") ? "ip:" : "dns:") + host));
        List<String> words = new ArrayList<>(List.of("-signer", CA, "-ext", "ku:critical=digitalSignature",
                "-ext", "eku=" + (peer ? "serverAuth,clientAuth" : "clientAuth")));
        if (!names.isEmpty()) {
            words.addAll(List.of("-ext", "san=" + String.join(",", names)));
        }
        words.addAll(List.of("-startdate", order.start()));
        return words;
    }

    private void generate(Path store, String alias, String subject, int days, List<String> more)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC", "-genkeypair", "-alias", alias, "-dname", subject, "-keyalg", "EC", "-groupname", "secp256r1",
                "-validity", "" + days, "-storetype", "PKCS12", "-keystore", store.toString(), "-storepass:env", PASSWORD));
        command.addAll(more);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put(PASSWORD, password);
        Process process = start(builder);
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(isEnded() ? ENDED : alias + ": keytool says: " + String.join(" ", Arrays.asList(said.strip().split("\\s+"))));
        }
    }

    private Path pem(String name) {
        return folder.resolve(name + ".pem");
    }

    private Path key(String name) {
        return folder.resolve(name + ".key");
    }

    /** Beside its place, to be moved there when all are written. */
    private void write(Map<Path, Path> files, Path file, String kind, byte[] what, boolean secret) throws IOException {
        String text = "-----BEGIN " + kind + "-----\n" + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(what)
                + "\n-----END " + kind + "-----\n";
        Path fresh = makeFresh();
        files.put(file, fresh);
        try (FileChannel out = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
        } catch (IOException e) { // such as a full disk
            throw new FileSystemException(file.toString(), null, e.getMessage());
        }
        if (!secret && Files.getFileStore(fresh).supportsFileAttributeView("posix")) {
            Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-r--r--"));
        }
    }
}
