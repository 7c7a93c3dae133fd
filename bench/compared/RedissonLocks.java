package bench.compared;

import org.redisson.Redisson;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;

/** Redisson's lock at one Redis server. */
final class RedissonLocks implements ComparedLocks {

    private final RedissonClient client;

    RedissonLocks(int port) {
        Config config = new Config();
        config.useSingleServer().setAddress("redis://127.0.0.1:" + port);
        client = Redisson.create(config);
    }

    @Override
    public void lock(String name) {
        client.getLock(name).lock();
    }

    @Override
    public void unlock(String name) {
        client.getLock(name).unlock();
    }

    @Override
    public void close() {
        client.shutdown();
    }
}
