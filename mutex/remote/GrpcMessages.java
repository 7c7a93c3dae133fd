package mutex.remote;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import mutex.transport.EventLoop;
import mutex.transport.NetworkErrorText;

/**
 * The messages in a stream of bytes, as gRPC has them: each behind its length, and one byte that is 0 where nothing is
 * compressed. Keeps what has come of a message whose rest is still missing.
 *
 * <p>Source: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
 */
final class GrpcMessages {

    private static final int PREFIX = 5; // bytes

    private final ByteArrayOutputStream received = new ByteArrayOutputStream();

    static byte[] prefixed(byte[] message) {
        return ByteBuffer.allocate(PREFIX + message.length).put((byte) 0).putInt(message.length).put(message).array();
    }

    /**
     * Takes in what comes next, and hands on each message that ends in it.
     *
     * @throws IOException in one line when it is none, or too long
     */
    void take(byte[] more, ByteCall.ByteListener listener) throws IOException {
        received.writeBytes(more);
        ByteBuffer all = ByteBuffer.wrap(received.toByteArray());
        while (all.remaining() >= PREFIX) {
            int length = all.getInt(all.position() + 1);
            if (all.get(all.position()) != 0 || length < 0 || length > EventLoop.MOST_MESSAGE) {
                throw new IOException(NetworkErrorText.NO_PEER);
            }
            if (all.remaining() - PREFIX < length) {
                break;
            }
            byte[] message = new byte[length];
            all.position(all.position() + PREFIX).get(message);
            listener.message(message);
        }
        received.reset();
        received.write(all.array(), all.position(), all.remaining());
    }
}
