package bench.compared;

import com.hazelcast.config.Config;
import com.hazelcast.config.NetworkConfig;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import java.util.List;
import java.util.Map;

/** Hazelcast's lock of a map's key: the member that owns the key keeps it, one backup beside. */
final class HazelcastLocks implements ComparedLocks {

    private static final long POLL_MILLIS = 50;

    private final HazelcastInstance member;
    private final IMap<String, String> map;

    HazelcastLocks(int id, List<Integer> ports) throws Exception {
        Config config = new Config("compared");
        Map.of("hazelcast.logging.type", "none", "hazelcast.phone.home.enabled", "false", "hazelcast.socket.bind.any", "false").forEach(config::setProperty);
        NetworkConfig network = config.getNetworkConfig().setPort(ports.get(id - 1)).setPortAutoIncrement(false);
        network.getInterfaces().setEnabled(true).addInterface("127.0.0.1");
        network.getJoin().getAutoDetectionConfig().setEnabled(false);
        network.getJoin().getTcpIpConfig().setEnabled(true).setMembers(ports.stream().map(port -> "127.0.0.1:" + port).toList());
        member = Hazelcast.newHazelcastInstance(config);
        while (member.getCluster().getMembers().size() < ports.size() || !member.getPartitionService().isClusterSafe()) {
            Thread.sleep(POLL_MILLIS);
        }
        map = member.getMap("locks");
    }

    @Override
    public void lock(String name) {
        map.lock(name);
    }

    @Override
    public void unlock(String name) {
        map.unlock(name);
    }

    @Override
    public String unfavoured(List<String> names) {
        return names.stream().filter(name -> !member.getCluster().getLocalMember()
                .equals(member.getPartitionService().getPartition(name).getOwner())).findFirst().orElseThrow();
    }

    @Override
    public void close() {
        member.shutdown();
    }
}
