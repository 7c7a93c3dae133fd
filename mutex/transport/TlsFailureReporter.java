package mutex.transport;

import io.grpc.ServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.shaded.io.grpc.netty.InternalNettyServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.InternalProtocolNegotiator;
import io.grpc.netty.shaded.io.grpc.netty.InternalProtocolNegotiators;
import io.grpc.netty.shaded.io.netty.buffer.ByteBuf;
import io.grpc.netty.shaded.io.netty.buffer.Unpooled;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandler;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.util.AsciiString;
import java.util.function.Consumer;

/**
 * TLS of a server as gRPC has it, which also tells why a caller got no connection, and tells a caller without TLS that this
 * is the reason. gRPC keeps that to itself, so this uses three of its classes that are public, but called internal: to be
 * looked at when its version changes.
 */
final class TlsFailureReporter implements InternalProtocolNegotiator.ProtocolNegotiator {

    private static final int HANDSHAKE = 0x16; // as the first record of a caller with TLS begins

    /** The record of a fatal alert, unexpected_message: by it a caller without TLS knows what it has reached. */
    private static final byte[] ALERT = {0x15, 3, 3, 0, 2, 2, 10};

    private final InternalProtocolNegotiator.ProtocolNegotiator tls;
    private final Consumer<Throwable> refused;

    private TlsFailureReporter(SslContext context, Consumer<Throwable> refused) {
        tls = InternalProtocolNegotiators.serverTls(context);
        this.refused = refused;
    }

    /** Refused is called on the server's loop; must neither block nor throw. */
    static ServerCredentials of(SslContext context, Consumer<Throwable> refused) {
        return InternalNettyServerCredentials.create(new TlsFailureReporter(context, refused));
    }

    @Override
    public AsciiString scheme() {
        return tls.scheme();
    }

    @Override
    public ChannelHandler newHandler(GrpcHttp2ConnectionHandler connection) {
        ChannelHandler negotiation = tls.newHandler(connection);
        return new ChannelInboundHandlerAdapter() {
            @Override
            public void handlerAdded(ChannelHandlerContext place) {
                place.pipeline().addBefore(place.name(), null, new FirstBytes());
                place.pipeline().addBefore(place.name(), null, negotiation);
            }

            @Override
            public void exceptionCaught(ChannelHandlerContext place, Throwable error) {
                refused.accept(error);
                place.fireExceptionCaught(error);
            }
        };
    }

    @Override
    public void close() {
        tls.close();
    }

    /** Netty hangs up on a caller without TLS, and says nothing. */
    private static final class FirstBytes extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext place, Object read) {
            if (read instanceof ByteBuf bytes && bytes.isReadable()) {
                if (bytes.getByte(bytes.readerIndex()) != HANDSHAKE) {
                    place.writeAndFlush(Unpooled.wrappedBuffer(ALERT));
                }
                place.pipeline().remove(this);
            }
            place.fireChannelRead(read);
        }
    }
}
