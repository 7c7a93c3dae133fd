package mutex.discover;

import static mutex.discover.MessagePack.text;

import java.io.IOException;
import java.net.InetAddress;
import java.util.SortedSet;
import java.util.TreeSet;
import mutex.discover.SerfAgent.SerfMember;

/**
 * The members of a Serf cluster that have the tag {@code mutex=PORT}, by the RPC of an agent, on its events. This peer
 * sets the tag of that agent, which is its own: each peer needs one.
 */
final class Serf implements PeerSource {

    private static final String TAG = "mutex";
    private static final String EVENTS = "member-join,member-leave,member-failed,member-update,member-reap";
    private static final int LOOK_AGAIN = 60_000; // milliseconds without any event
    private static final Address USUAL = new Address("127.0.0.1", 7373);

    private final Address at;
    private final String key;
    private volatile SerfAgent agent; // null: not connected

    private Serf(Address at, String key) {
        this.at = at;
        this.key = key;
    }

    /**
     * The agent's RPC address; empty for that of {@code SERF_RPC_ADDR} or the usual one, as the serf command does.
     *
     * @throws IllegalArgumentException in one line
     */
    static Serf at(String address) {
        String usual = System.getenv("SERF_RPC_ADDR");
        String chosen = !address.isEmpty() ? address : usual == null || usual.isEmpty() ? USUAL.toString() : usual;
        return new Serf(Address.parse(chosen), System.getenv("SERF_RPC_AUTH"));
    }

    @Override
    public void follow(Address self, Finder finder) throws IOException {
        try (SerfAgent connected = new SerfAgent()) {
            agent = connected;
            connected.connect(at, key);
            String name = connected.name();
            connected.stream(EVENTS);
            connected.setTag(TAG, String.valueOf(self.port()));
            while (true) {
                SortedSet<String> found = new TreeSet<>();
                for (SerfMember member : connected.alive(TAG)) {
                    if (!member.name().equals(name)) {
                        add(member, found, finder);
                    } else if (self.isLoopback() && !InetAddress.getByAddress(member.address()).isLoopbackAddress()) {
                        finder.say("the others find this machine at " + host(member) + ", but this peer listens at "
                                + self.host() + " only; start it with --host " + host(member));
                    }
                }
                finder.found(found);
                connected.awaitEvent(LOOK_AGAIN);
            }
        }
    }

    private static String host(SerfMember member) throws IOException {
        return Address.host(InetAddress.getByAddress(member.address()).getHostAddress());
    }

    private static void add(SerfMember member, SortedSet<String> found, Finder finder) throws IOException {
        String port = text(member.tags().get(TAG));
        try {
            found.add(Address.parse(host(member) + ":" + port).toString());
        } catch (IllegalArgumentException wrong) {
            finder.say("Serf's member " + Address.shown(member.name()) + " has the tag " + TAG + "=" + Address.shown(port)
                    + ", which is not the port of a peer");
        }
    }

    @Override
    public void leave(Address self) {
        SerfAgent following = agent;
        if (following == null) {
            return;
        }
        following.close();
        try (SerfAgent last = new SerfAgent()) {
            last.connect(at, key);
            String name = last.name();
            for (SerfMember member : last.alive(TAG)) {
                if (member.name().equals(name) && text(member.tags().get(TAG)).equals(String.valueOf(self.port()))) {
                    last.deleteTag(TAG);
                }
            }
        } catch (IOException e) {
            // the agent is gone, or this peer was never found through it
        }
    }

    @Override
    public String advice() {
        return "is that the RPC address of an agent that runs?";
    }

    @Override
    public String toString() {
        return "Serf at " + at;
    }
}
