package mutex.transport;

import io.grpc.netty.shaded.io.netty.buffer.ByteBuf;
import io.grpc.netty.shaded.io.netty.channel.ChannelDuplexHandler;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.util.ReferenceCountUtil;

/**
 * Takes in what a connection sends when it is its turn, a piece at a time, and measures how long that takes, with all that is
 * done at once with what was read or at its end. No more is read while something waits. Loop thread only.
 */
final class ConnectionReads extends ChannelDuplexHandler {

    /** Bytes that are taken in at a time of a client that had to wait. */
    private static final int PIECE = 1 << 10;

    private final ConnectionLimit.Connection connection;
    private final ReadTurns turns;
    private final CallThrottle throttle;
    private ByteBuf waiting; // was read, and is to be taken in; null: nothing

    ConnectionReads(ConnectionLimit.Connection connection, ReadTurns turns, CallThrottle throttle) {
        this.connection = connection;
        this.turns = turns;
        this.throttle = throttle;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object bytes) {
        if (!context.channel().config().isAutoRead()) { // only when the other side has ended it: what it had sent has no reader any more
            ReferenceCountUtil.release(bytes);
            context.close();
        } else if (turns.now(connection)) {
            measure(() -> context.fireChannelRead(bytes));
        } else {
            waiting = (ByteBuf) bytes;
            context.channel().config().setAutoRead(false);
            turns.later(connection, () -> onTurn(context));
        }
    }

    private void onTurn(ChannelHandlerContext context) {
        if (waiting == null) {
            return; // the connection has ended
        }
        ByteBuf piece = waiting;
        if (waiting.readableBytes() > PIECE && !connection.isLink()) {
            piece = waiting.readRetainedSlice(PIECE);
            turns.later(connection, () -> onTurn(context));
        } else {
            waiting = null;
            context.channel().config().setAutoRead(true); // before: a throttle may stop it again
        }
        ByteBuf next = piece;
        measure(() -> context.fireChannelRead(next));
        context.fireChannelReadComplete();
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
        drop();
        measure(context::fireChannelInactive);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        drop();
    }

    private void drop() {
        if (waiting != null) {
            waiting.release();
            waiting = null;
        }
    }

    private void measure(Runnable reading) {
        long begun = System.nanoTime();
        reading.run();
        long took = System.nanoTime() - begun;
        turns.took(connection, took);
        if (connection.called) {
            throttle.read(connection, took);
        }
    }
}
