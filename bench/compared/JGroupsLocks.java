package bench.compared;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import org.jgroups.JChannel;
import org.jgroups.blocks.locking.LockService;
import org.jgroups.protocols.CENTRAL_LOCK2;
import org.jgroups.protocols.FD_ALL3;
import org.jgroups.protocols.FRAG4;
import org.jgroups.protocols.MFC;
import org.jgroups.protocols.TCP;
import org.jgroups.protocols.TCPPING;
import org.jgroups.protocols.UFC;
import org.jgroups.protocols.UNICAST3;
import org.jgroups.protocols.VERIFY_SUSPECT2;
import org.jgroups.protocols.pbcast.GMS;
import org.jgroups.protocols.pbcast.NAKACK2;
import org.jgroups.protocols.pbcast.STABLE;
import org.jgroups.util.UUID;

/**
 * JGroups' central lock: its coordinator, the oldest member, keeps all locks; node 1 is made it. JGroups has deprecated its locks, as
 * partitions break them, and left them out since 5.4.
 */
@SuppressWarnings("deprecation")
final class JGroupsLocks implements ComparedLocks {

    private static final long POLL_MILLIS = 50;

    private final JChannel channel;
    private final LockService locks;

    JGroupsLocks(int id, List<Integer> ports) throws Exception {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        TCP tcp = new TCP();
        tcp.setBindAddress(loopback);
        tcp.setBindPort(ports.get(id - 1));
        tcp.setPortRange(0);
        TCPPING ping = new TCPPING();
        ping.setInitialHosts(ports.stream().map(port -> new InetSocketAddress(loopback, port)).toList());
        ping.setPortRange(0);
        channel = new JChannel(tcp, ping, new FD_ALL3(), new VERIFY_SUSPECT2(), new NAKACK2().useMcastXmit(false), new UNICAST3(),
                new STABLE(), new GMS(), new UFC(), new MFC(), new FRAG4(), new CENTRAL_LOCK2());
        channel.addAddressGenerator(() -> new UUID(0, id)); // of those that begin together the lowest becomes the coordinator
        if (id > 1) {
            awaitListener(loopback, ports.get(0));
        }
        channel.connect("compared");
        while (channel.getView().size() < ports.size()) {
            Thread.sleep(POLL_MILLIS);
        }
        if (!channel.getView().getCoord().equals(new UUID(0, 1))) {
            throw new IllegalStateException("node 1 has not become the coordinator, but " + channel.getView());
        }
        locks = new LockService(channel);
    }

    /** Again until somebody listens there: who begins before node 1 would become the coordinator. */
    private static void awaitListener(InetAddress address, int port) throws InterruptedException {
        while (true) {
            try {
                new Socket(address, port).close();
                return;
            } catch (IOException nobody) {
                Thread.sleep(POLL_MILLIS);
            }
        }
    }

    @Override
    public void lock(String name) {
        locks.getLock(name).lock();
    }

    @Override
    public void unlock(String name) {
        locks.getLock(name).unlock();
    }

    @Override
    public void close() {
        channel.close();
    }
}
