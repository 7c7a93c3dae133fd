package mutex.transport;

import io.grpc.ServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.shaded.io.grpc.netty.InternalNettyServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.InternalProtocolNegotiator;
import io.grpc.netty.shaded.io.grpc.netty.InternalProtocolNegotiators;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandler;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.util.AsciiString;
import java.util.function.Consumer;

/**
 * TLS of a server as gRPC has it, which also tells why a caller got no connection. gRPC keeps that to itself,
 * so this uses three of its classes that are public, but called internal: to be looked at when its version changes.
 */
final class TlsFailureReporter implements InternalProtocolNegotiator.ProtocolNegotiator {

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
}
