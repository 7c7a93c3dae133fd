package mutex.remote;

import io.grpc.netty.shaded.io.netty.buffer.Unpooled;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Exception;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/**
 * The headers of a {@link PlainGrpcCall}. What it sends is written out in full, so that it takes no table; what it
 * receives, gRPC's library reads, which is needed only when a call fails.
 *
 * <p>Source: RFC 7541, section 6 and appendix A
 */
final class PlainGrpcHeaders {

    /** How a call ended: gRPC's code, and what the other side says. */
    record GrpcStatus(int code, String message) {}

    private static final int UNKNOWN = 2;

    private PlainGrpcHeaders() {}

    static byte[] request(String authority, String path) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.write(0x80 | 3); // :method POST
        block.write(0x80 | 6); // :scheme http
        block.write(4); // :path
        text(block, path);
        block.write(1); // :authority
        text(block, authority);
        block.write(0);
        text(block, "content-type");
        text(block, "application/grpc");
        block.write(0);
        text(block, "te");
        text(block, "trailers");
        return block.toByteArray();
    }

    private static void text(ByteArrayOutputStream block, String text) {
        block.write(text.length()); // in seven bits: an address has 100 characters at most
        block.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }

    static GrpcStatus status(byte[] trailers) throws IOException {
        try {
            Http2Headers headers = new DefaultHttp2HeadersDecoder(false).decodeHeaders(1, Unpooled.wrappedBuffer(trailers));
            CharSequence code = headers.get("grpc-status");
            CharSequence message = headers.get("grpc-message");
            return new GrpcStatus(code == null ? UNKNOWN : Integer.parseInt(code.toString()), message == null ? "it gives no reason"
                    : URLDecoder.decode(message.toString().replace("+", "%2B"), StandardCharsets.UTF_8));
        } catch (Http2Exception | IllegalArgumentException e) {
            throw new IOException("it is not a peer");
        }
    }
}
