package tests.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports that are free, below those that the system gives to whoever connects somewhere: of these one could be taken again before a peer listens
 * there. Another program may still be quicker: whoever starts peers there tries again.
 */
public final class FreePorts {

    private static final Path GIVEN = Path.of("/proc/sys/net/ipv4/ip_local_port_range");
    private static final int FIRST = 10_240;
    private static final int TRIES = 100;

    private FreePorts() {}

    /** So many different ports of the loopback address that are free now. */
    public static List<Integer> take(int count) {
        List<ServerSocket> bound = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                bound.add(bind());
            }
            return bound.stream().map(ServerSocket::getLocalPort).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            bound.forEach(FreePorts::close);
        }
    }

    private static ServerSocket bind() throws IOException {
        int end = firstGiven();
        for (int i = 0; i < TRIES && end > 2 * FIRST; i++) {
            try {
                return new ServerSocket(ThreadLocalRandom.current().nextInt(FIRST, end), 1, InetAddress.getLoopbackAddress());
            } catch (BindException taken) {
                // another one
            }
        }
        return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }

    /** The first of those; 0 where that is not known. */
    private static int firstGiven() {
        try {
            return Integer.parseInt(Files.readString(GIVEN).strip().split("\\s+")[0]);
        } catch (IOException | NumberFormatException notLinux) {
            return 0;
        }
    }

    public static int one() {
        return take(1).get(0);
    }

    private static void close(ServerSocket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
