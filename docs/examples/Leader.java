///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//RUNTIME_OPTIONS --enable-native-access=ALL-UNNAMED
//SOURCES ../../Peer.java

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import mutex.client.Held;
import mutex.client.Mutex;

/**
 * A peer inside a program: whoever holds the lock leads, the next one takes over. Start some of them:
 * jbang Leader.java 1 5001 localhost:5002
 * jbang Leader.java 2 5002 localhost:5001
 */
class Leader {

    public static void main(String[] args) throws Exception {
        int id = Integer.parseInt(args[0]);
        String[] others = java.util.Arrays.copyOfRange(args, 2, args.length);
        Path state = Files.createDirectories(Path.of(System.getProperty("java.io.tmpdir"), "leader-" + args[1]));
        try (Mutex mutex = Mutex.peer(id).at("localhost", Integer.parseInt(args[1])).others(others).state(state).start()) {
            System.out.println("peer " + id + " follows");
            while (true) {
                try (Held held = mutex.acquire("leader")) {
                    CountDownLatch over = new CountDownLatch(1);
                    held.onLost(reason -> over.countDown());
                    System.out.println("peer " + id + " leads, fence " + held.fence());
                    over.await(); // here it leads, until it has LOST that
                }
                System.out.println("peer " + id + " follows again");
            }
        }
    }
}
