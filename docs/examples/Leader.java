///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//RUNTIME_OPTIONS --enable-native-access=ALL-UNNAMED
//SOURCES ../../Peer.java

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import mutex.client.Held;
import mutex.client.Mutex;
import mutex.client.NotAcquired;

/**
 * A peer inside a program: whoever holds the lock leads, and when that one is gone another takes over. Start three:
 * jbang Leader.java 1 5001 localhost:5002 localhost:5003
 * jbang Leader.java 2 5002 localhost:5001 localhost:5003
 * jbang Leader.java 3 5003 localhost:5001 localhost:5002
 */
class Leader {

    public static void main(String[] args) throws Exception {
        if (args.length < 4) { // of two, the one that is left could not tell a dead leader from a cut network
            System.err.println("Leader: start three or more, each with its ID PORT and the HOST:PORT of the others");
            System.exit(64);
        }
        String me = "peer " + args[0];
        String[] others = Arrays.copyOfRange(args, 2, args.length);
        String home = System.getenv("XDG_STATE_HOME"); // what the group agreed on has to outlive a reboot, and is this user's own
        Path state = Files.createDirectories((home == null || home.isEmpty() ? Path.of(System.getProperty("user.home"), ".local", "state") : Path.of(home))
                .resolve("afteryou-leader"));
        // With a lease, a majority goes on without a peer that was killed or cut off: five seconds later.
        try (Mutex mutex = Mutex.peer(Integer.parseInt(args[0])).at("localhost", Integer.parseInt(args[1])).others(others)
                .lease(Duration.ofSeconds(5)).state(state).start()) {
            Runtime.getRuntime().addShutdownHook(new Thread(mutex::close)); // Ctrl-C: the next one leads at once
            while (true) {
                System.out.println(me + " follows");
                try (Held held = mutex.acquire("leader")) {
                    CompletableFuture<String> over = new CompletableFuture<>();
                    held.onLost(over::complete);
                    System.out.println(me + " leads, fence " + held.fence());
                    System.out.println(me + " leads no more: " + over.get()); // here it leads, until it has LOST that
                }
            }
        } catch (NotAcquired | IllegalStateException closed) {
            System.out.println(me + " ends: " + closed.getMessage());
        }
    }
}
