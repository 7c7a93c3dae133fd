package bench.compared;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import mutex.client.Held;
import mutex.client.Mutex;

/** After You: a peer in the program, or a client of the peer on the same machine. */
final class AfterYouLocks implements ComparedLocks {

    private final Mutex mutex;
    private final ThreadLocal<Map<String, Held>> held = ThreadLocal.withInitial(HashMap::new);

    private AfterYouLocks(Mutex mutex) {
        this.mutex = mutex;
    }

    static AfterYouLocks embedded(int id, List<Integer> ports, String folder) throws Exception {
        String[] others = ports.stream().filter(port -> !port.equals(ports.get(id - 1))).map(port -> "localhost:" + port)
                .toArray(String[]::new);
        return new AfterYouLocks(Mutex.peer(id).at("localhost", ports.get(id - 1)).others(others)
                .state(Path.of(folder)).voice(line -> { }).start());
    }

    static AfterYouLocks client(int port) {
        return new AfterYouLocks(Mutex.connect("localhost:" + port));
    }

    @Override
    public void lock(String name) throws Exception {
        held.get().put(name, mutex.acquire(name));
    }

    @Override
    public void unlock(String name) {
        held.get().remove(name).close();
    }

    @Override
    public void close() {
        mutex.close();
    }
}
