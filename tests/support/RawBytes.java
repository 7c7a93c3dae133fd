package tests.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** TCP beneath gRPC. */
public final class RawBytes {

    private static final int DEADLINE_MILLIS = 12_000;

    private RawBytes() {}

    /** Writes the bytes to the port and waits until the other side closes the connection. */
    public static void sendAndAwaitClose(int port, byte[] bytes) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(DEADLINE_MILLIS);
            try {
                socket.getOutputStream().write(bytes);
                while (socket.getInputStream().read() >= 0) {
                    // what it says before it closes
                }
            } catch (SocketTimeoutException open) {
                throw new AssertionError("the connection is still open after " + DEADLINE_MILLIS + " ms");
            } catch (IOException reset) {
                // closed, too
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How many connections the ports have accepted that are open; the system counts. */
    public static long acceptedBy(int... ports) {
        return Stream.of("/proc/net/tcp", "/proc/net/tcp6").map(Path::of).filter(Files::exists)
                .flatMap(table -> lines(table).stream().skip(1))
                .map(line -> line.strip().split("\\s+"))
                .filter(words -> words[3].equals("01")) // established
                .map(words -> Integer.parseInt(words[1].substring(words[1].lastIndexOf(':') + 1), 16))
                .filter(local -> java.util.Arrays.stream(ports).anyMatch(port -> port == local))
                .count();
    }

    private static List<String> lines(Path table) {
        try {
            return Files.readAllLines(table);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
