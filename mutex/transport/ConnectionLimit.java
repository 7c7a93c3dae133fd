package mutex.transport;

import com.sun.management.UnixOperatingSystemMXBean;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelDuplexHandler;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandler;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import io.grpc.netty.shaded.io.netty.util.ReferenceCountUtil;
import java.lang.management.ManagementFactory;
import java.net.SocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The connections that a server has accepted: so many and no more. Where they are too many, the one goes that has been
 * without a call for longest; a few places are for other peers alone. Loop thread only.
 */
@ChannelHandler.Sharable
public final class ConnectionLimit extends ChannelInboundHandlerAdapter {

    /** Half of the files that this process may have open, where that is less. */
    static final int MOST = (int) Math.min(2_000, filesAllowed() / 2);
    /** Beyond those, for the links of other peers. */
    private static final int FOR_LINKS = 128;

    /** One of them. */
    static final class Connection {
        final Channel channel;
        final boolean forLinks; // there were too many already when it came
        int calls; // that are open
        int holds; // of those
        int links; // of those
        final SocketAddress address; // the other side's
        boolean called; // by a call of a kind that costs the caller nothing, in what is being read
        long owed; // nanoseconds that Holds took which were broken off since
        int recent; // such calls in this second
        long second = System.nanoTime(); // when that began

        private Connection(Channel channel, SocketAddress address, boolean forLinks) {
            this.channel = channel;
            this.address = address;
            this.forLinks = forLinks;
        }

        /** Without a word: HTTP/2 would first wait for open calls to end. */
        void closeNow() {
            channel.pipeline().firstContext().close();
        }
    }

    /** Measures what reading from a connection takes, with all that is done at once with what was read or at its end. */
    private static final class Meter extends ChannelDuplexHandler {
        private final Connection connection;
        private final CallThrottle throttle;

        Meter(Connection connection, CallThrottle throttle) {
            this.connection = connection;
            this.throttle = throttle;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object bytes) {
            if (!context.channel().config().isAutoRead()) { // only when the other side has ended it: what it had sent has no reader any more
                ReferenceCountUtil.release(bytes);
                context.close();
                return;
            }
            measure(() -> context.fireChannelRead(bytes));
        }

        /** Decoders ask for more whether it is wanted or not. */
        @Override
        public void read(ChannelHandlerContext context) {
            if (context.channel().config().isAutoRead()) {
                context.read();
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            measure(context::fireChannelInactive);
        }

        private void measure(Runnable reading) {
            long begun = System.nanoTime();
            reading.run();
            if (connection.called) {
                throttle.read(connection, System.nanoTime() - begun);
            }
        }
    }

    private final CallThrottle throttle;
    private final Map<SocketAddress, Connection> open = new LinkedHashMap<>(); // oldest first

    public ConnectionLimit(CallThrottle throttle) {
        this.throttle = throttle;
    }

    private static long filesAllowed() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getMaxFileDescriptorCount() : Long.MAX_VALUE;
    }

    /** The one from the address; null when it is closed. */
    Connection from(SocketAddress address) {
        return open.get(address);
    }

    /** A connection was accepted. */
    @Override
    public void channelRead(ChannelHandlerContext context, Object accepted) {
        Channel channel = (Channel) accepted;
        if (open.size() >= MOST) {
            open.values().stream().filter(one -> one.calls == 0).findFirst().ifPresent(Connection::closeNow);
        }
        SocketAddress from = channel.remoteAddress();
        if (from == null || open.size() >= MOST + FOR_LINKS) {
            channel.unsafe().closeForcibly();
            return;
        }
        Connection connection = new Connection(channel, from, open.size() >= MOST);
        open.put(from, connection);
        channel.pipeline().addFirst(new Meter(connection, throttle));
        channel.closeFuture().addListener(closed -> open.remove(from));
        context.fireChannelRead(accepted);
    }
}
