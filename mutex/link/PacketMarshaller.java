package mutex.link;

import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import mutex.MutexGrpc;
import mutex.MutexProto.LinkMessage;
import mutex.wire.FrameReader;
import mutex.wire.Packet;

/** Between a packet and its bytes: what is not read or written field by field is left to generated code. */
final class PacketMarshaller implements MethodDescriptor.Marshaller<Packet> {

    private static final MethodDescriptor.Marshaller<LinkMessage> GENERATED = MutexGrpc.getLinkMethod().getRequestMarshaller();

    @Override
    public InputStream stream(Packet packet) {
        return packet instanceof Packet.WrittenFrame frame ? new WholeBytes(frame.bytes()) : GENERATED.stream(((Packet.Generated) packet).message());
    }

    @Override
    public Packet parse(InputStream message) {
        try {
            byte[] bytes = readAll(message);
            Packet frame = FrameReader.read(bytes);
            return frame != null ? frame : new Packet.Generated(GENERATED.parse(new WholeBytes(bytes)));
        } catch (IOException broken) { // as of bytes that are compressed, and are not
            throw Status.INTERNAL.withDescription("no message can be read").withCause(broken).asRuntimeException();
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

    /** All of them can be had at once. */
    private static final class WholeBytes extends ByteArrayInputStream implements KnownLength, Drainable {

        WholeBytes(byte[] bytes) {
            super(bytes);
        }

        @Override
        public int drainTo(OutputStream target) throws IOException {
            int drained = count - pos;
            target.write(buf, pos, drained);
            pos = count;
            return drained;
        }
    }
}
