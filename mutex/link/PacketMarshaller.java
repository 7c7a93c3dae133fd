package mutex.link;

import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import mutex.MutexGrpc;
import mutex.MutexProto.LinkMessage;
import mutex.wire.FrameReader;
import mutex.wire.Packet;

/** Between a packet and its bytes: what is not read or written field by field is left to generated code. */
final class PacketMarshaller implements MethodDescriptor.Marshaller<Packet> {

    private static final MethodDescriptor.Marshaller<LinkMessage> GENERATED = MutexGrpc.getLinkMethod().getRequestMarshaller();

    @Override
    public InputStream stream(Packet packet) {
        return packet instanceof Packet.WrittenFrame frame ? new WrittenBytes(frame.bytes()) : GENERATED.stream(((Packet.Generated) packet).message());
    }

    @Override
    public Packet parse(InputStream message) {
        try {
            byte[] bytes = readAll(message);
            Packet frame = FrameReader.read(bytes);
            return frame != null ? frame : new Packet.Generated(GENERATED.parse(new ByteArrayInputStream(bytes)));
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private static byte[] readAll(InputStream message) throws IOException {
        if (!(message instanceof KnownLength)) {
            return message.readAllBytes();
        }
        byte[] bytes = new byte[message.available()];
        message.readNBytes(bytes, 0, bytes.length);
        return bytes;
    }

    /** Gives gRPC all of them at once. */
    private static final class WrittenBytes extends ByteArrayInputStream implements KnownLength, Drainable {

        WrittenBytes(byte[] bytes) {
            super(bytes);
        }

        @Override
        public int drainTo(OutputStream target) throws IOException {
            return (int) transferTo(target);
        }
    }
}
