///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//SOURCES ../../Peer.java

import java.time.Duration;
import mutex.client.Held;
import mutex.client.Mutex;
import mutex.client.NotAcquired;

/** Does something while it holds a lock of a running peer: jbang Backup.java [host:port] */
class Backup {

    public static void main(String[] args) throws InterruptedException {
        String peer = args.length > 0 ? args[0] : "localhost:5001";
        try (Mutex mutex = Mutex.connect(peer); Held held = mutex.acquire("backup", Duration.ofSeconds(10))) {
            Thread worker = Thread.currentThread();
            held.onLost(reason -> {
                System.err.println("backup: LOST: " + reason);
                worker.interrupt(); // another may be inside now
            });
            System.out.println("backup: inside, fence " + held.fence());
            // Here it works, and gives the fence to whatever it writes to.
        } catch (NotAcquired e) {
            System.err.println("backup: " + e.getMessage());
            System.exit(e.kind() == NotAcquired.Cause.UNREACHABLE ? 75 : 1);
        }
        System.out.println("backup: given back");
    }
}
