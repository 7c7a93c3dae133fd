package mutex.run;

import java.io.File;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What we were started with and Java does not hand on, as far as Linux shows it: the bytes of the arguments, where the
 * locale cannot say them, and the descriptors above 2. Taken before anything of our own is opened.
 */
final class InheritedState {

    private static final File OPEN = new File("/proc/self/fd");

    private final List<String> lines = new ArrayList<>();
    private final List<byte[]> words = new ArrayList<>();

    private InheritedState() {}

    /** To be called first. */
    static InheritedState now() {
        InheritedState inherited = new InheritedState();
        String[] names = OPEN.list();
        for (String name : names == null ? new String[0] : names) {
            inherited.descriptor(name);
        }
        return inherited;
    }

    private void descriptor(String number) {
        try {
            Path path = OPEN.toPath().resolve(number);
            String target = Files.readSymbolicLink(path).toString();
            boolean ours = target.endsWith(".jar") || target.endsWith("/modules") || target.endsWith(".jsa") || target.endsWith("/fd");
            boolean standard = Integer.parseInt(number) <= 2;
            if (standard && ours) {
                lines.add("close " + number); // it was closed, so Java's next file got its number
            } else if (!standard && !ours && !closedOnExec(number)) {
                lines.add("fd " + number);
            }
        } catch (IOException | RuntimeException gone) {
            // closed meanwhile: the listing's own
        }
    }

    private static boolean closedOnExec(String number) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/fdinfo", number))) {
            if (line.startsWith("flags:")) {
                return (Long.parseLong(line.substring(6).trim(), 8) & 02000000) != 0;
            }
        }
        return true;
    }

    /** As the supervisor takes it, with the command. */
    String lines(List<String> command) {
        try {
            byte[] all = Files.readAllBytes(Path.of("/proc/self/cmdline"));
            for (int from = 0, to = 0; to < all.length; to++) {
                if (all[to] == 0) {
                    words.add(Arrays.copyOfRange(all, from, to));
                    from = to + 1;
                }
            }
        } catch (IOException none) {
            // then what Java makes of them has to do
        }
        lines.add("argv " + command.stream().map(word -> hex(bytes(word))).collect(Collectors.joining(" ")));
        return String.join("\n", lines);
    }

    /** Of a word, or of the end of one such as --command=TEXT. */
    private byte[] bytes(String word) {
        if (word.chars().allMatch(c -> c < 128)) {
            return word.getBytes(StandardCharsets.US_ASCII);
        }
        Charset charset = charset();
        for (byte[] candidate : words) {
            String text = new String(candidate, charset);
            if (text.equals(word)) {
                return candidate;
            }
        }
        for (byte[] candidate : words) {
            for (int from = 0; from < Math.min(candidate.length, 20); from++) {
                byte[] end = Arrays.copyOfRange(candidate, from, candidate.length);
                if (new String(end, charset).equals(word)) {
                    return end;
                }
            }
        }
        return word.getBytes(charset);
    }

    private static Charset charset() {
        return Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));
    }

    private static String hex(byte[] bytes) {
        return "x" + HexFormat.of().formatHex(bytes);
    }

    static String hex(String text) {
        return hex(text.getBytes(charset()));
    }
}
