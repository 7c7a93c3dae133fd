package mutex.discover;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import mutex.group.Seed;

/**
 * Where a peer listens and which others it starts with, put together from the command line and the
 * peers file.
 *
 * @param others the list without the peer itself
 */
public record StartList(Address self, List<Seed> others) {

    /** Read where neither addresses nor a file are named. */
    public static final Path DEFAULT_FILE = Path.of("peers.txt");

    /**
     * Puts the list together.
     *
     * @param host null: as in the file, else localhost
     * @param port null: as in the file
     * @param file null: {@link #DEFAULT_FILE} where there is one and no addresses are given
     * @throws IllegalArgumentException in one line; a {@link BadConfiguration} where the file is to blame, with what was found and what to write instead
     */
    public static StartList of(int id, String host, Integer port, Path file, List<String> addresses) {
        if (file != null && !addresses.isEmpty()) {
            throw new IllegalArgumentException("peers are named both on the command line and by --peers-file " + file
                    + "; leave one out");
        }
        Path named = isByDefault(file, addresses) ? DEFAULT_FILE : file;
        return of(id, host, port, named == null ? new PeersFile(listed(addresses)) : PeersFile.read(named), named);
    }

    /** Whether {@link #DEFAULT_FILE} is read, which nobody named: it may be another's, where the folder is. */
    public static boolean isByDefault(Path file, List<String> addresses) {
        return file == null && addresses.isEmpty() && Files.exists(DEFAULT_FILE);
    }

    /**
     * The same without any file.
     *
     * @throws IllegalArgumentException in one line
     */
    public static StartList of(int id, String host, int port, List<String> addresses) {
        return of(id, host, port, new PeersFile(listed(addresses)), null);
    }

    private static StartList of(int id, String host, Integer port, PeersFile list, Path named) {
        Address self = self(id, host, port, list, named);
        List<Seed> others = new ArrayList<>();
        for (Seed entry : list.entries()) {
            boolean here = entry.endpoint().equals(self.toString());
            if (here && entry.id() != 0 && entry.id() != id) {
                throw new BadConfiguration(named + ": " + entry.endpoint() + " is peer " + entry.id()
                        + " there, but this peer has --id " + id + "; correct one of them");
            }
            if (!here && (id != entry.id())) {
                others.add(entry);
            }
        }
        return new StartList(self, others);
    }

    /**
     * Without a list, for a peer that finds the others.
     *
     * @param host null: localhost
     * @throws IllegalArgumentException in one line
     */
    public static StartList discovering(int id, String host, Integer port) {
        return new StartList(self(id, host, port, new PeersFile(List.of()), null), List.of());
    }

    /**
     * Reads the addresses of the other peers.
     *
     * @throws IllegalArgumentException in one line
     */
    private static List<Seed> listed(List<String> addresses) {
        if (addresses.size() >= PeersFile.MOST_PEERS) {
            throw new IllegalArgumentException(addresses.size() + " other peers are named; a group has " + PeersFile.MOST_PEERS
                    + " at most, since every entry costs a message to each");
        }
        List<Seed> entries = new ArrayList<>();
        for (String address : addresses) {
            String endpoint = Address.ofOther(address).toString();
            if (entries.stream().anyMatch(entry -> entry.endpoint().equals(endpoint))) {
                throw new IllegalArgumentException(endpoint + " is named twice; name each peer once");
            }
            entries.add(new Seed(endpoint, 0));
        }
        return entries;
    }

    private static Address self(int id, String host, Integer port, PeersFile list, Path file) {
        Address filed = list.of(id).orElse(null);
        if (filed == null && port == null) {
            throw new IllegalArgumentException("--port is missing" + (file == null ? "" : ", and " + file
                    + " has no peer " + id) + "; write for example --port 5001");
        }
        if (filed == null) {
            return new Address(host == null ? "localhost" : Address.host(host), port);
        }
        Address self = new Address(host == null ? filed.host() : Address.host(host), port == null ? filed.port() : port);
        if (!self.equals(filed)) {
            throw new BadConfiguration(file + ": peer " + id + " is at " + filed + " there, but at " + self
                    + " on the command line; leave --host and --port out, or correct the file");
        }
        return self;
    }
}
