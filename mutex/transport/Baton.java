package mutex.transport;

import io.grpc.netty.shaded.io.netty.channel.IoEvent;
import io.grpc.netty.shaded.io.netty.channel.IoHandle;
import io.grpc.netty.shaded.io.netty.channel.IoHandler;
import io.grpc.netty.shaded.io.netty.channel.IoHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.IoRegistration;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandle;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandle;
import io.grpc.netty.shaded.io.netty.channel.unix.FileDescriptor;
import java.nio.channels.SelectableChannel;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * Who has it may touch what is the loop's. The loop has it whenever it does not wait for the network; meanwhile another
 * thread may take it, if it is free at once, and has to give it back within microseconds. The loop goes first.
 */
final class Baton {

    private static final int SPINS = 100; // some microseconds, as long as it is had; after that whoever has it has lost its core
    // Of 50 bytes and more, where both compilers have been at it and half of them are inlined; of 360 in the interpreter.
    private static final int STEP = 100; // frames: more than a step takes
    private static final int QUEUE = 40; // the same for a task that is put into a queue, of 1.9 KB in the interpreter

    private final AtomicReference<Thread> holder = new AtomicReference<>(); // null: it is free
    private volatile boolean lent; // whether the loop gives it away at all
    private volatile Thread waiting; // the loop's, for it to be given back; null: it does not

    /** Whether the loop gives it away while it waits for the network: that costs a little at each message. */
    void lend(boolean yes) {
        lent = yes;
    }

    boolean isMine() {
        return holder.get() == Thread.currentThread();
    }

    /** For other threads than the loop's: takes it if it is free, and the loop does not want it; never waits. */
    boolean tryTake() {
        return waiting == null && holder.get() == null && hasRoom(STEP) && holder.compareAndSet(null, Thread.currentThread());
    }

    /** Whether a task can be put into a queue: see {@link #hasRoom(int)}. */
    static boolean hasRoomToAsk() {
        return hasRoom(QUEUE);
    }

    /**
     * Whether this thread's stack has room: a program may be deep in a recursion, and a core that ends in the middle of a
     * step is broken, as is a queue in which a task is half put. No more than is needed, as that much of the stack is touched.
     */
    private static boolean hasRoom(int frames) {
        try {
            return dive(frames, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) != 0;
        } catch (StackOverflowError full) {
            return false;
        }
    }

    /** The numbers are there to be on the stack, and are of use, or the compiler would leave them out. */
    private static long dive(int left, long a, long b, long c, long d, long e, long f, long g, long h, long i, long j, long k,
            long l, long m, long n, long o) {
        return left == 0 ? a : 1 + dive(left - 1, b, c, d, e, f, g, h, i, j, k, l, m, n, o, a);
    }

    /** For the loop: waits until it has it; nothing happens if it has it already. */
    private void take() {
        Thread loop = Thread.currentThread();
        if (holder.get() != loop && !holder.compareAndSet(null, loop)) {
            await(loop);
        }
    }

    private void await(Thread loop) {
        waiting = loop; // first: from now on nobody takes it, and who gives it back wakes us
        for (int tries = 0; !holder.compareAndSet(null, loop); tries++) {
            if (tries < SPINS) {
                Thread.onSpinWait();
            } else {
                LockSupport.park(this);
            }
        }
        waiting = null;
    }

    void give() {
        holder.set(null);
        Thread loop = waiting;
        if (loop != null) {
            LockSupport.unpark(loop);
        }
    }

    /** The same for the network, but whatever the loop's thread runs because of it has the baton. */
    IoHandler keptBy(IoHandler handler) {
        return new LoopHandler(handler);
    }

    /** Gives the baton back while the loop waits for the network; when the loop ends, it is kept for good. */
    private final class LoopHandler implements IoHandler {

        private final IoHandler handler;

        LoopHandler(IoHandler handler) {
            this.handler = handler;
        }

        @Override
        public void initialize() {
            take();
            handler.initialize();
        }

        @Override
        public int run(IoHandlerContext context) {
            if (!lent || !context.canBlock()) {
                return handler.run(context);
            }
            give();
            try {
                return handler.run(context);
            } finally {
                take();
            }
        }

        @Override
        public IoRegistration register(IoHandle handle) throws Exception {
            return handler.register(new ConnectionHandle(handle));
        }

        @Override
        public void prepareToDestroy() {
            handler.prepareToDestroy();
        }

        @Override
        public void destroy() {
            handler.destroy();
        }

        @Override
        public void wakeup() {
            handler.wakeup();
        }

        @Override
        public boolean isCompatible(Class<? extends IoHandle> handleType) {
            return handler.isCompatible(handleType);
        }
    }

    /** Takes the baton before anything is done about what has come over a connection; of Epoll's kind or Java's, as that is. */
    @SuppressWarnings("try") // close may throw anything, says Netty
    private final class ConnectionHandle implements EpollIoHandle, NioIoHandle {

        private final IoHandle handle;

        ConnectionHandle(IoHandle handle) {
            this.handle = handle;
        }

        @Override
        public void handle(IoRegistration registration, IoEvent event) {
            take();
            handle.handle(registration, event);
        }

        @Override
        public void registered() {
            handle.registered();
        }

        @Override
        public void unregistered() {
            take();
            handle.unregistered();
        }

        @Override
        public void close() throws Exception {
            take();
            handle.close();
        }

        @Override
        public FileDescriptor fd() {
            return ((EpollIoHandle) handle).fd();
        }

        @Override
        public SelectableChannel selectableChannel() {
            return ((NioIoHandle) handle).selectableChannel();
        }
    }
}
