package mutex.discover;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Hashtable;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import javax.naming.CommunicationException;
import javax.naming.Context;
import javax.naming.NameNotFoundException;
import javax.naming.NamingEnumeration;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.directory.DirContext;
import javax.naming.directory.InitialDirContext;
import mutex.text.Printable;

/**
 * The addresses of a DNS name with this peer's own port, or the targets and ports of its SRV records if it begins with
 * an underscore. Asks again every second after a change, then ever more slowly. Uses the client in the JDK,
 * which knows the name servers of /etc/resolv.conf, but not the domains there; nor does it keep answers.
 *
 * @param server null: those of this machine
 */
record Dns(String name, Address server) implements PeerSource {

    private static final String NAME = "[a-z0-9_]([a-z0-9._-]{0,250}[a-z0-9_])?\\.?";
    private static final Path RESOLVER = Path.of("/etc/resolv.conf");
    private static final int PORT = 53;
    private static final long SOON = 1_000; // milliseconds
    private static final long AT_LAST = 30_000;

    /**
     * Reads {@code NAME}, {@code NAME@HOST} or {@code NAME@HOST:PORT}.
     *
     * @throws IllegalArgumentException in one line
     */
    static Dns of(String text) {
        int at = text.indexOf('@');
        String name = (at < 0 ? text : text.substring(0, at)).toLowerCase(Locale.ROOT);
        if (!name.matches(NAME)) {
            throw new IllegalArgumentException(Printable.quoted(name) + " is not a name in the DNS, e.g. dns:peers.example.org "
                    + "or dns:_mutex._tcp.example.org");
        }
        String server = at < 0 ? null : text.substring(at + 1);
        boolean port = server != null && server.matches(".*[^:]:[0-9]+");
        return new Dns(name, server == null ? null : port ? Address.parse(server) : new Address(Address.host(server), PORT));
    }

    @Override
    public void follow(Address self, Finder finder) throws IOException, InterruptedException {
        SortedSet<String> before = null;
        Set<String> said = new HashSet<>(); // of records that are no address
        for (long pause = SOON; ; Thread.sleep(pause)) {
            SortedSet<String> found = look(self, line -> {
                if (said.size() < PeersFile.MOST_PEERS && said.add(line)) {
                    finder.say(line);
                }
            });
            finder.found(found);
            pause = found.equals(before) ? Math.min(2 * pause, AT_LAST) : SOON;
            before = found;
        }
    }

    private SortedSet<String> look(Address self, Consumer<String> voice) throws IOException {
        try {
            Hashtable<String, String> how = new Hashtable<>();
            how.put(Context.INITIAL_CONTEXT_FACTORY, "com.sun.jndi.dns.DnsContextFactory");
            how.put("com.sun.jndi.dns.timeout.initial", "1000");
            how.put("com.sun.jndi.dns.timeout.retries", "2");
            if (server != null) {
                how.put(Context.PROVIDER_URL, "dns://" + server);
            }
            DirContext dns = new InitialDirContext(how);
            try {
                return look(dns, self, voice);
            } finally {
                dns.close();
            }
        } catch (NameNotFoundException e) {
            throw new IOException("no such name yet", e);
        } catch (CommunicationException e) {
            throw new IOException("the name server does not answer", e);
        } catch (NamingException e) {
            throw new IOException(Address.shown(String.valueOf(e.getMessage())), e);
        }
    }

    private SortedSet<String> look(DirContext dns, Address self, Consumer<String> voice) throws NamingException {
        List<String> names = names();
        for (String full : names) {
            try {
                return lookAt(dns, full, self, voice);
            } catch (NameNotFoundException e) {
                if (full.equals(names.get(names.size() - 1))) {
                    throw e;
                }
            }
        }
        throw new IllegalStateException("no name to look for");
    }

    private SortedSet<String> lookAt(DirContext dns, String full, Address self, Consumer<String> voice) throws NamingException {
        SortedSet<String> found = new TreeSet<>();
        boolean ports = name.startsWith("_");
        for (String type : ports ? List.of("SRV") : List.of("A", "AAAA")) {
            for (String record : records(dns, full, type)) {
                try {
                    found.add((ports ? target(record) : new Address(Address.host(record), self.port())).toString());
                } catch (IllegalArgumentException wrong) { // such as the target ".", which means that there is none
                    voice.accept(this + ": the record " + Printable.quoted(record) + " is passed over: " + wrong.getMessage());
                }
            }
        }
        return found;
    }

    /** @param record priority, weight, port, target */
    private static Address target(String record) {
        String[] words = record.toLowerCase(Locale.ROOT).split(" ", 4);
        if (words.length < 4) {
            throw new IllegalArgumentException("it has no target");
        }
        return Address.parse(words[3].replaceFirst("\\.$", "") + ":" + words[2]);
    }

    private static List<String> records(DirContext dns, String name, String type) throws NamingException {
        List<String> records = new ArrayList<>();
        Attribute all = dns.getAttributes(name, new String[] {type}).get(type);
        if (all != null) {
            for (NamingEnumeration<?> each = all.getAll(); each.hasMore();) {
                records.add(String.valueOf(each.next()));
            }
        }
        return records;
    }

    /** In which order to try it with the domains that /etc/resolv.conf says to search. */
    private List<String> names() {
        List<String> names = new ArrayList<>();
        String search = "";
        int dots = 1;
        try {
            for (String line : name.endsWith(".") || server != null || !Files.exists(RESOLVER) ? List.<String>of()
                    : Files.readAllLines(RESOLVER, StandardCharsets.ISO_8859_1)) {
                search = line.matches("(search|domain)\\s.*") ? line.replaceFirst("\\w+\\s+", "").strip() : search;
                dots = line.matches("options\\s.*\\bndots:[0-9]{1,3}\\b.*") ? Integer.parseInt(line.replaceFirst(".*ndots:([0-9]+).*", "$1")) : dots;
            }
        } catch (IOException e) {
            // as if nothing was said there
        }
        for (String domain : search.isEmpty() ? new String[0] : search.split("\\s+")) {
            names.add(name + "." + domain);
        }
        boolean firstAsItIs = name.chars().filter(c -> c == '.').count() >= dots;
        names.add(firstAsItIs ? 0 : names.size(), name);
        return names;
    }

    @Override
    public void leave(Address self) {
        // whoever made the records removes them
    }

    @Override
    public String advice() {
        return "is it the name that was meant?";
    }

    @Override
    public String toString() {
        return "dns:" + name + (server == null ? "" : "@" + server);
    }
}
