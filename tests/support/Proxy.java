package tests.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Carries the bytes of connections to a port, until the test stalls or cuts them. */
public final class Proxy implements AutoCloseable {

    private final ServerSocket server;
    private final int target;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private boolean stalled; // guarded by this, as all below
    private boolean held; // something came while stalled

    public Proxy(int target) {
        this.target = target;
        try {
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        thread(this::accept);
    }

    public String endpoint() {
        return "localhost:" + server.getLocalPort();
    }

    private static void thread(Runnable task) {
        Thread thread = new Thread(task, "proxy");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket near = server.accept();
                sockets.add(near);
                Socket far = new Socket(InetAddress.getLoopbackAddress(), target);
                sockets.add(far);
                thread(() -> carry(near, far));
                thread(() -> carry(far, near));
            } catch (IOException closed) {
                cut();
            }
        }
    }

    private void carry(Socket from, Socket to) {
        byte[] some = new byte[4096];
        try (from; to) {
            for (int n; (n = from.getInputStream().read(some)) > 0;) {
                awaitFlow();
                to.getOutputStream().write(some, 0, n); // to nobody, after a cut
            }
        } catch (IOException cut) {
            // as the test wants it
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            sockets.remove(from);
            sockets.remove(to);
        }
    }

    private synchronized void awaitFlow() throws InterruptedException {
        while (stalled) {
            held = true;
            notifyAll();
            wait();
        }
    }

    private synchronized boolean held() {
        return held;
    }

    /** Waits until something has come since the stall. */
    public void awaitHeld() {
        Eventually.holds(this::held, () -> "nothing came through the proxy");
    }

    /** What comes from now on waits in the proxy. */
    public synchronized void stall() {
        stalled = true;
        held = false;
    }

    public synchronized void flow() {
        stalled = false;
        notifyAll();
    }

    /** Breaks all connections with a reset; bytes under way are lost. */
    public void cut() {
        for (Socket socket : sockets) {
            try {
                socket.setSoLinger(true, 0);
                socket.close();
            } catch (IOException gone) {
                // even better
            }
            sockets.remove(socket);
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        cut();
        flow();
    }
}
