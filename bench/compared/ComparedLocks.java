package bench.compared;

import java.util.List;

/** A lock service as a program meets it, of one node: any thread may lock, and the same thread unlocks. */
interface ComparedLocks extends AutoCloseable {

    /** Waits until this thread has the lock. */
    void lock(String name) throws Exception;

    /** Gives back what this thread has. */
    void unlock(String name) throws Exception;

    @Override
    void close();

    /** The first of these locks that no shortcut makes cheap at this node, where there is one. */
    default String unfavoured(List<String> names) {
        return names.get(0);
    }

    /**
     * The services that are compared, each as its users meet it first.
     *
     * @param id of this node, from 1
     * @param ports one for each node; Redis has the last one
     * @param folder for files of this node
     */
    static ComparedLocks of(String service, int id, List<Integer> ports, String folder) throws Exception {
        return switch (service) {
            case "raw" -> new RawLocks(id, ports);
            case "embedded" -> AfterYouLocks.embedded(id, ports, folder);
            case "client" -> AfterYouLocks.client(ports.get(id - 1));
            case "jgroups" -> new JGroupsLocks(id, ports);
            case "hazelcast" -> new HazelcastLocks(id, ports);
            case "redisson" -> new RedissonLocks(ports.get(ports.size() - 1));
            default -> throw new IllegalArgumentException("service \"" + service + "\" is none of the compared");
        };
    }
}
