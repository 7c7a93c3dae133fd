package mutex.net;

import io.grpc.ServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.shaded.io.grpc.netty.InternalNettyServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.InternalProtocolNegotiator.ProtocolNegotiator;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandler;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import io.grpc.netty.shaded.io.netty.util.AsciiString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * How many connections a server takes, from the first byte on: gRPC itself bounds the calls of one, but not the number
 * of them. Its classes that are called internal are those of {@link WatchedTls}. Loop thread only.
 */
final class Connections implements ProtocolNegotiator {

    /** At once; fewer where the system allows a process fewer open files. */
    static final int MOST = 4_000;
    /** Files that are left for links, logs and the state. */
    private static final int SPARE_FILES = 400;
    private static final int LEAST = 64;
    private static final Path LIMITS = Path.of("/proc/self/limits");

    private final ProtocolNegotiator negotiator;
    private final int most;
    private int open;

    private Connections(ProtocolNegotiator negotiator, int most) {
        this.negotiator = negotiator;
        this.most = most;
    }

    /** Takes at most so many; one more is closed at once. */
    static ServerCredentials bounded(ProtocolNegotiator negotiator, int most) {
        return InternalNettyServerCredentials.create(new Connections(negotiator, most));
    }

    /** What this process can afford. */
    static int most() {
        try (Stream<String> limits = Files.lines(LIMITS)) {
            return limits.filter(line -> line.startsWith("Max open files")).map(line -> line.split("\\s{2,}")[1])
                    .filter(files -> files.matches("\\d{1,9}")).findFirst()
                    .map(files -> Math.max(LEAST, Math.min(MOST, Integer.parseInt(files) - SPARE_FILES))).orElse(MOST);
        } catch (IOException | RuntimeException noLinux) {
            return MOST;
        }
    }

    @Override
    public AsciiString scheme() {
        return negotiator.scheme();
    }

    @Override
    public ChannelHandler newHandler(GrpcHttp2ConnectionHandler connection) {
        ChannelHandler negotiation = negotiator.newHandler(connection);
        return new ChannelInboundHandlerAdapter() {
            @Override
            public void handlerAdded(ChannelHandlerContext place) {
                if (open >= most) {
                    place.close();
                    return;
                }
                open++;
                place.channel().closeFuture().addListener(closed -> open--);
                place.pipeline().addBefore(place.name(), null, negotiation);
            }
        };
    }

    @Override
    public void close() {
        negotiator.close();
    }
}
