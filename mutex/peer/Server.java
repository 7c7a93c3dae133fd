package mutex.peer;

import io.grpc.BindableService;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.RecvByteBufAllocator;
import io.grpc.netty.shaded.io.netty.channel.ReflectiveChannelFactory;
import io.grpc.netty.shaded.io.netty.channel.ServerChannel;
import io.grpc.protobuf.services.ChannelzService;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import mutex.MutexGrpc;
import mutex.node.Node;
import mutex.transport.CallAdmission;
import mutex.transport.CallThrottle;
import mutex.transport.CallerAddress;
import mutex.transport.CallerCertificate;
import mutex.transport.ConnectionLimit;
import mutex.transport.EventLoop;

/** The gRPC server of a peer: the service, reflection, health and, on loopback, channelz. */
public final class Server implements AutoCloseable {

    /** Bytes read from a connection before others have their turn. */
    private static final int READ_AT_ONCE = 4 << 10;
    /** Of one connection; each Hold is a call for as long as it lasts, and programs of this machine may have many. */
    private static final int MOST_CALLS_LOCAL = 20_000;
    private static final int MOST_CALLS = 1_000;
    /** Within so many seconds as many calls of a connection may be broken off as it may have; every cancelled wait is one. */
    private static final int RESETS_WITHIN = 10;

    private final io.grpc.Server server;
    private final HealthStatusManager health = new HealthStatusManager();

    /** For as many locks as usual. */
    public Server(EventLoop loop, InetAddress address, int port, BindableService service) throws IOException {
        this(loop, address, port, service, Node.MOST_LOCKS);
    }

    /**
     * Binds the port; calls are answered once the service has its peer.
     *
     * @param mostLocks held or wanted at once; each may have a call of its own
     * @throws IOException in one line when the address cannot be bound
     */
    public Server(EventLoop loop, InetAddress address, int port, BindableService service, int mostLocks) throws IOException {
        CallThrottle throttle = new CallThrottle(loop);
        ConnectionLimit connections = new ConnectionLimit(loop, throttle);
        boolean local = address.isLoopbackAddress();
        int calls = local ? Math.max(MOST_CALLS_LOCAL, mostLocks) : MOST_CALLS;
        NettyServerBuilder builder = NettyServerBuilder.forAddress(new InetSocketAddress(address, port), loop.serverCredentials())
                .bossEventLoopGroup(loop.group)
                .workerEventLoopGroup(loop.group)
                .channelFactory(() -> accepting(loop, connections))
                .withChildOption(ChannelOption.RECVBUF_ALLOCATOR, readingLittle())
                .directExecutor()
                .flowControlWindow(EventLoop.WINDOW)
                .maxInboundMessageSize(EventLoop.MOST_MESSAGE)
                .maxInboundMetadataSize(4 << 10)
                .maxConcurrentCallsPerConnection(calls)
                .maxRstFramesPerWindow(calls, RESETS_WITHIN)
                .handshakeTimeout(5, TimeUnit.SECONDS)
                .maxConnectionIdle(5, TimeUnit.MINUTES)
                .keepAliveTime(5, TimeUnit.SECONDS)
                .keepAliveTimeout(3, TimeUnit.SECONDS)
                .permitKeepAliveTime(2, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .intercept(new CallAdmission(loop, connections, throttle, mostLocks))
                .intercept(new CallerCertificate())
                .intercept(new CallerAddress())
                .addService(service)
                .addService(ProtoReflectionServiceV1.newInstance())
                .addService(olderReflection())
                .addService(health.getHealthService());
        if (local) {
            builder.addService(ChannelzService.newInstance(100));
        }
        serving(false);
        try {
            server = builder.build().start();
        } catch (IOException e) {
            Throwable root = e;
            while (root.getCause() != null) {
                root = root.getCause();
            }
            String why = String.valueOf(root.getMessage()).replaceFirst(".*: ", ""); // without Netty's own words
            String named = address.toString().replaceFirst("^(.+)/.*|/", "$1"); // without a look-up
            throw new IOException(named + ":" + port + (why.contains("in use")
                    ? " is in use: another program listens there; choose another --port"
                    : " cannot be listened on (" + why + "); write an address of this machine after --listen, or another --port"));
        }
    }

    /** One piece, and then it is another connection's turn: the loop has links to serve. */
    private static RecvByteBufAllocator readingLittle() {
        return new AdaptiveRecvByteBufAllocator(64, 2_048, READ_AT_ONCE).maxMessagesPerRead(1);
    }

    private static ServerChannel accepting(EventLoop loop, ConnectionLimit connections) {
        ServerChannel channel = new ReflectiveChannelFactory<ServerChannel>(loop.serverChannel).newChannel();
        channel.pipeline().addLast(connections);
        return channel;
    }

    /** Beside v1: Postman, grpcui and Python's client ask for v1alpha alone. */
    @SuppressWarnings("deprecation") // the one class that offers it
    private static BindableService olderReflection() {
        return io.grpc.protobuf.services.ProtoReflectionService.newInstance();
    }

    /** The port, also when the system chose it. */
    public int port() {
        return server.getPort();
    }

    /** Whether the health service says SERVING: the peer may use locks. */
    public void serving(boolean yes) {
        ServingStatus status = yes ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
        health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, status);
        health.setStatus(MutexGrpc.SERVICE_NAME, status);
    }

    /** Ends the calls that are open and frees the port; waits two seconds at most. */
    @Override
    public void close() {
        health.enterTerminalState();
        server.shutdown();
        try {
            if (!server.awaitTermination(1, TimeUnit.SECONDS)) {
                server.shutdownNow().awaitTermination(1, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
