package mutex.web;

import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Set;

/**
 * The first part of the path of a live page: 128 random bits, so that only who has been told the address can open the page,
 * and not everybody who can log in to this machine. It outlives the process, in a file that only its owner can read, so that an
 * open page goes on when its peer was started again.
 */
final class PageSecret {

    private static final int BYTES = 16;
    private static final int LETTERS = 22; // six bits each
    private static final String NOBODY_ELSE = "rw-------";

    private final byte[] text;

    private PageSecret(String text) {
        this.text = text.getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * That of the file; else a new one, which the file then has, if it can be written.
     *
     * @param file null for one that ends with the process
     */
    static PageSecret of(Path file) {
        String kept = file == null ? null : read(file);
        if (kept != null) {
            return new PageSecret(kept);
        }
        byte[] random = new byte[BYTES];
        new SecureRandom().nextBytes(random);
        String fresh = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
        if (file != null) {
            write(file, fresh);
        }
        return new PageSecret(fresh);
    }

    /** Null unless only its owner can have read it, and it is one of ours. */
    private static String read(Path file) {
        try {
            PosixFileAttributeView posix = Files.getFileAttributeView(file, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
            if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                    || posix != null && !posix.readAttributes().permissions().equals(PosixFilePermissions.fromString(NOBODY_ELSE))) {
                return null;
            }
            try (SeekableByteChannel channel = Files.newByteChannel(file, StandardOpenOption.READ)) {
                String text = new String(Channels.newInputStream(channel).readNBytes(LETTERS + 1), StandardCharsets.US_ASCII);
                return text.matches("[A-Za-z0-9_-]{" + LETTERS + "}\n?") ? text.strip() : null;
            }
        } catch (IOException | UnsupportedOperationException unreadable) {
            return null;
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.createDirectories(file.getParent());
            Files.deleteIfExists(file);
            boolean posix = Files.getFileStore(file.getParent()).supportsFileAttributeView(PosixFileAttributeView.class);
            FileAttribute<?>[] mode = posix ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(NOBODY_ELSE))}
                    : new FileAttribute<?>[0];
            try (SeekableByteChannel channel = Files.newByteChannel(file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), mode)) {
                Channels.newOutputStream(channel).write((text + "\n").getBytes(StandardCharsets.US_ASCII));
            }
        } catch (IOException | UnsupportedOperationException unwritable) {
            // the next start has another
        }
    }

    /** Begins the path of whatever is served. */
    String prefix() {
        return "/" + new String(text, StandardCharsets.US_ASCII) + "/";
    }

    /**
     * What comes after the secret, from the next slash on, or "" without one; null where the path has not got it. How long
     * this takes says nothing of the secret.
     */
    String within(String path) {
        int slash = path.indexOf('/', 1);
        int end = slash < 0 ? path.length() : slash;
        byte[] given = path.substring(Math.min(1, end), end).getBytes(StandardCharsets.UTF_8);
        return MessageDigest.isEqual(text, given) ? path.substring(end) : null;
    }
}
