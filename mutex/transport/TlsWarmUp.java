package mutex.transport;

import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/**
 * A handshake of this process with itself, in memory, before there is anybody else: the first one costs Java some
 * hundred milliseconds, which the loop must not spend, and it finds out whether the certificate is any good.
 */
final class TlsWarmUp {

    private static final int MOST_STEPS = 100;
    private static final int ROOM = 1 << 16; // bytes, for each direction
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final ByteBuffer plain = ByteBuffer.allocate(ROOM);

    private TlsWarmUp() {}

    /**
     * Runs it on this thread.
     *
     * @throws SSLException when one side does not accept the other
     */
    static void run(SSLEngine caller, SSLEngine called) throws SSLException {
        TlsWarmUp rehearsal = new TlsWarmUp();
        ByteBuffer there = ByteBuffer.allocate(ROOM);
        ByteBuffer back = ByteBuffer.allocate(ROOM);
        caller.beginHandshake();
        called.beginHandshake();
        for (int i = 0; i < MOST_STEPS && (shaking(caller) || shaking(called)); i++) {
            rehearsal.step(caller, back, there);
            rehearsal.step(called, there, back);
        }
    }

    private static boolean shaking(SSLEngine engine) {
        return engine.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING;
    }

    private void step(SSLEngine engine, ByteBuffer in, ByteBuffer out) throws SSLException {
        for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            task.run();
        }
        if (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
            engine.wrap(NOTHING, out);
        } else if (engine.getHandshakeStatus() == HandshakeStatus.NEED_UNWRAP) {
            in.flip();
            engine.unwrap(in, plain);
            in.compact();
        }
    }
}
