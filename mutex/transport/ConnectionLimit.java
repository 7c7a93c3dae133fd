package mutex.transport;

import com.sun.management.UnixOperatingSystemMXBean;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandler;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
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
        boolean ofClient; // there was a call over it that is no link
        final InetSocketAddress address; // the other side's
        boolean called; // by a call of a kind that costs the caller nothing, in what is being read
        long owed; // nanoseconds that Holds took which were broken off since
        int recent; // such calls in this second
        long second = System.nanoTime(); // when that began

        final ReadTurns.Share share;

        private Connection(Channel channel, InetSocketAddress address, ReadTurns.Share share, boolean forLinks) {
            this.share = share;
            this.channel = channel;
            this.address = address;
            this.forLinks = forLinks;
        }

        boolean isLink() {
            return links > 0 && !ofClient;
        }

        /** Without a word: HTTP/2 would first wait for open calls to end. */
        void closeNow() {
            channel.pipeline().firstContext().close();
        }
    }

    private final CallThrottle throttle;
    private final ReadTurns turns;
    private final Map<SocketAddress, Connection> open = new LinkedHashMap<>(); // in the order in which they came, or had their last call

    public ConnectionLimit(EventLoop loop, CallThrottle throttle) {
        this.throttle = throttle;
        turns = new ReadTurns(loop);
    }

    private static long filesAllowed() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getMaxFileDescriptorCount() : Long.MAX_VALUE;
    }

    /** The one from the address; null when it is closed. */
    Connection from(SocketAddress address) {
        return open.get(address);
    }

    /** It has no call any more. */
    void idle(Connection connection) {
        if (open.remove(connection.address, connection)) {
            open.put(connection.address, connection);
        }
    }

    /** A connection was accepted. */
    @Override
    public void channelRead(ChannelHandlerContext context, Object accepted) {
        Channel channel = (Channel) accepted;
        if (open.size() >= MOST) {
            open.values().stream().filter(one -> one.calls == 0).findFirst().ifPresent(Connection::closeNow);
        }
        InetSocketAddress from = (InetSocketAddress) channel.remoteAddress();
        if (from == null || open.size() >= MOST + FOR_LINKS) {
            channel.unsafe().closeForcibly();
            return;
        }
        Connection connection = new Connection(channel, from, turns.shareOf(from), open.size() >= MOST);
        open.put(from, connection);
        channel.pipeline().addFirst(new ConnectionReads(connection, turns, throttle));
        channel.closeFuture().addListener(closed -> open.remove(from));
        context.fireChannelRead(accepted);
    }
}
