package mutex.discover;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import mutex.group.Group;
import mutex.group.Seed;
import mutex.text.Printable;

/**
 * A start list: one {@code host:port} a line, an id before it if one likes, comments after {@code #}.
 *
 * @param entries the peers in the order of the file; id 0 where none is given
 */
public record PeersFile(List<Seed> entries) {

    private static final int MOST_BYTES = 1 << 20;
    static final int MOST_PEERS = Group.MOST_MEMBERS;

    /**
     * Reads the file.
     *
     * @throws BadConfiguration in one line with file, line, what was found and what to write instead
     */
    public static PeersFile read(Path file) {
        List<Seed> entries = new ArrayList<>();
        int number = 0;
        for (String raw : text(file).split("\\R", -1)) {
            number++;
            String line = raw.replaceFirst("#.*", "").strip();
            if (line.isEmpty()) {
                continue;
            }
            try {
                entries.add(entry(line, entries));
            } catch (IllegalArgumentException e) {
                throw new BadConfiguration(file + ":" + number + ": " + e.getMessage());
            }
        }
        return new PeersFile(List.copyOf(entries));
    }

    private static String text(Path file) {
        try {
            if (Files.isDirectory(file)) {
                throw new BadConfiguration(file + ": is a directory; name a file of \"host:port\" lines");
            }
            byte[] bytes = InputFile.read(file, MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES) {
                throw new BadConfiguration(file + ": is larger than 1 MiB; a peers file has one line per peer");
            }
            String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw new BadConfiguration(file + ": is not text in UTF-8; write lines like \"localhost:5001\"");
        } catch (IOException e) {
            throw new BadConfiguration(file + ": cannot be read (" + BadConfiguration.reason(e)
                    + "); name another with --peers-file, or list the peers as host:port");
        }
    }

    private static Seed entry(String line, List<Seed> before) {
        String[] words = line.split("\\s+");
        boolean numbered = words.length == 2 && words[0].matches("[0-9]{1,9}");
        if (words.length != 1 && !numbered) {
            throw new IllegalArgumentException(Printable.quoted(line)
                    + " is not \"host:port\" or \"id host:port\", e.g. \"1 localhost:5001\"");
        }
        int id = numbered ? Integer.parseInt(words[0]) : 0;
        if (numbered && (id < 1 || id > 65_535)) {
            throw new IllegalArgumentException("id " + words[0] + " is not a number from 1 to 65535");
        }
        String endpoint = Address.ofOther(words[words.length - 1]).toString();
        for (Seed other : before) {
            if (other.endpoint().equals(endpoint)) {
                throw new IllegalArgumentException(endpoint + " is already "
                        + (other.id() == 0 ? "in the list" : "peer " + other.id()) + "; write each peer once");
            }
            if (id != 0 && other.id() == id) {
                throw new IllegalArgumentException("peer " + id + " is already at " + other.endpoint()
                        + "; give each peer an id of its own");
            }
        }
        if (before.size() == MOST_PEERS) {
            throw new IllegalArgumentException("more than " + MOST_PEERS + " peers; every entry costs a message to each");
        }
        return new Seed(endpoint, id);
    }

    /** Where the peer with the id listens, if the file says. */
    public Optional<Address> of(int id) {
        return entries.stream().filter(entry -> entry.id() == id && id != 0)
                .findFirst().map(entry -> Address.parse(entry.endpoint()));
    }
}
