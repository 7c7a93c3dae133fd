package mutex.transport;

import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ServerCredentials;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelFactory;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.IoEventLoop;
import io.grpc.netty.shaded.io.netty.channel.IoHandlerFactory;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.ServerChannel;
import io.grpc.netty.shaded.io.netty.channel.SingleThreadIoEventLoop;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import io.grpc.netty.shaded.io.netty.util.ResourceLeakDetector;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import io.grpc.netty.shaded.io.netty.util.concurrent.RejectedExecutionHandlers;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import mutex.discover.Lookups;
import mutex.discover.NameLookups;

/**
 * The one thread of a process: it runs the server, every channel and the core. Nothing on it may block. While it waits for
 * the network, another thread may do what takes microseconds in its place ({@link #runHere}); one does so at a time.
 */
public final class EventLoop implements AutoCloseable {

    /** Flow-control window, bytes. */
    public static final int WINDOW = 1 << 20;
    /** The largest message taken, bytes. */
    public static final int MOST_MESSAGE = 16 << 10;
    /** So long tasks run, however many wait, before connections are read again: a program may ask for 100,000 locks at once. */
    private static final long TASKS_MILLIS = 5;
    private static final int TAKEN_AT_ONCE = 64; // of those from other threads
    private static final int MOST_TASKS = Integer.MAX_VALUE;
    private static final int CONNECT_MILLIS = 1_000;
    /** After so long without a byte from the other side it is asked for one; the least that gRPC allows. */
    private static final int KEEP_ALIVE_SECONDS = 10;
    /** What the library would print with stack traces is told in lines; its warnings, every port scan for one, are no news. */
    private static final Logger LIBRARY = Logger.getLogger("io.grpc");
    /** Lies below the other, but what Netty warns of is no port scan: a task that threw, a socket that cannot be accepted. */
    private static final Logger NETTY = Logger.getLogger("io.grpc.netty.shaded.io.netty");

    private static final Logger CALLS = Logger.getLogger("io.grpc.internal.SerializeReentrantCallsDirectExecutor");

    static {
        Lookups.keepShort();
        LIBRARY.setLevel(Level.SEVERE);
        LIBRARY.setUseParentHandlers(false);
        LIBRARY.addHandler(new LibraryLog());
        NETTY.setLevel(Level.WARNING); // its parent's handler prints that, too
        CALLS.setFilter(entry -> !(entry.getThrown() instanceof StatusRuntimeException)); // bytes that are no message
        // It takes a stack trace for one buffer in 128, which costs as much as sending ten.
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
    }

    public final EventLoopGroup group;
    public final Class<? extends ServerChannel> serverChannel;
    private final ChannelFactory<? extends Channel> connections;
    private final io.grpc.netty.shaded.io.netty.channel.EventLoop loop;
    private final Baton baton = new Baton(); // the loop has it unless it waits for the network
    private final Queue<Runnable> inbox = new ConcurrentLinkedQueue<>(); // of tasks from other threads
    private final AtomicBoolean takingIn = new AtomicBoolean(); // or about to
    private final Tls tls; // null: nothing is encrypted
    private final NameLookups lookups = new NameLookups(task -> after(TimeUnit.SECONDS.toNanos(1), task));
    private volatile Consumer<Throwable> failed = error -> System.err.println("a task failed: " + FailureText.inOneLine(error));

    /** Its connections are not encrypted. */
    public EventLoop() {
        this(null);
    }

    /** Its servers and channels use TLS; null: they do not. */
    public EventLoop(Tls tls) {
        this(tls, "loop");
    }

    /** @param name of the thread */
    public EventLoop(Tls tls, String name) {
        this.tls = tls;
        boolean epoll = Epoll.isAvailable();
        IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        group = new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory(name, true), thread -> baton.keptBy(io.newHandler(thread))) {
            @Override
            protected IoEventLoop newChild(Executor thread, IoHandlerFactory handlers, Object... none) {
                return new SingleThreadIoEventLoop(this, thread, handlers, MOST_TASKS, RejectedExecutionHandlers.reject(), TASKS_MILLIS);
            }
        };
        serverChannel = epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
        connections = epoll ? EpollSocketChannel::new : NioSocketChannel::new;
        loop = group.next();
    }

    /** A connection to the peer at {@code host:port}, made at the first call. */
    public ManagedChannel channelTo(String address) {
        return channelTo(address, () -> { });
    }

    /** The same; on the loop is told when the other side has accepted a connection, whatever it does with that. */
    public ManagedChannel channelTo(String address, Runnable accepted) {
        // Brackets, as of IPv6 addresses, are not allowed in the path of a URI.
        String target = "dns:///" + address.replace("[", "%5B").replace("]", "%5D");
        String host = address.substring(0, Math.max(0, address.lastIndexOf(':')));
        AtomicReference<ManagedChannel> made = new AtomicReference<>();
        made.set(NettyChannelBuilder.forTarget(target, tls == null ? InsecureChannelCredentials.create() : tls.client())
                .eventLoopGroup(group)
                .channelFactory(() -> reporting(accepted))
                .directExecutor()
                .offloadExecutor(task -> lookups.lookUp(host, made.get(), made.get()::isShutdown, task))
                .proxyDetector(web -> null) // peers dial each other themselves, whatever proxy the machine has for the web
                .flowControlWindow(WINDOW)
                .maxInboundMessageSize(MOST_MESSAGE)
                .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
                .keepAliveTimeout(3, TimeUnit.SECONDS)
                .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
                .build());
        return made.get();
    }

    private Channel reporting(Runnable accepted) {
        Channel connection = connections.newChannel();
        connection.pipeline().addFirst(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelActive(ChannelHandlerContext context) {
                guard(accepted);
                context.pipeline().remove(this);
                context.fireChannelActive();
            }
        });
        return connection;
    }

    /** Whether the name that the channel connects to is being looked up: until then nothing can be said of the peer. */
    public boolean looksUp(ManagedChannel channel) {
        return lookups.concern(channel);
    }

    /** Whether both sides of a connection show a certificate. */
    public boolean encrypts() {
        return tls != null;
    }

    public ServerCredentials serverCredentials() {
        return tls == null ? InsecureServerCredentials.create() : tls.server();
    }

    /** From now on it is told what tasks threw, and on the loop; nothing that a task throws ends the loop or another task. */
    public void whenFailed(Consumer<Throwable> listener) {
        failed = listener;
    }

    /** Runs the task now, and tells what it threw. */
    public void guard(Runnable task) {
        try {
            task.run();
        } catch (Throwable error) {
            failed.accept(error);
        }
    }

    /**
     * Runs the task on the loop: at once when called there, or by what {@link #runHere} runs, else soon.
     *
     * @throws StackOverflowError where there is no room for that on the stack; nothing has happened
     */
    public void run(Runnable task) {
        if (baton.isMine()) {
            guard(task);
            return;
        }
        if (!Baton.hasRoomToAsk()) { // Netty waits without end for a task that was to be put into its queue, and was not
            throw new StackOverflowError("no room on this thread's stack to ask the loop");
        }
        inbox.add(task);
        if (takingIn.compareAndSet(false, true) || loop.isShuttingDown()) {
            try {
                loop.execute(this::takeIn);
            } catch (RejectedExecutionException | Error closed) { // or there is no room on the stack
                takingIn.set(false);
                throw closed;
            }
        }
    }

    /** Asks on the loop. The answer comes after all that the question does: whoever waits for it may rely on that at once. */
    public <T> CompletableFuture<T> ask(Supplier<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        run(() -> answer.complete(question.get()));
        return answer;
    }

    /** Whether the loop, whenever it waits for the network from now on, lets others do something in its place: see {@link #runHere}. */
    public void lend(boolean yes) {
        baton.lend(yes);
    }

    /**
     * Runs the task now, in this thread, if that is not the loop's, the loop lets it ({@link #lend}) as it waits for the network, and no task
     * waits for it: none is overtaken. The task has all to itself what is the loop's, must be done within microseconds, and says
     * whether it has done anything; what it throws is told as on the loop, and it has.
     *
     * @return false: nothing has happened, and {@link #run} is the way
     */
    public boolean runHere(BooleanSupplier task) {
        if (!baton.tryTake()) {
            return false;
        }
        try {
            return inbox.isEmpty() && task.getAsBoolean();
        } catch (Throwable error) {
            failed.accept(error);
            return true;
        } finally {
            baton.give();
        }
    }

    /** Some at a time, with a turn for the loop's own tasks between: what was written to a connection leaves it as one of those. */
    private void takeIn() {
        for (int taken = 0; taken < TAKEN_AT_ONCE; taken++) {
            Runnable task = inbox.poll();
            if (task != null) {
                guard(task);
                continue;
            }
            takingIn.set(false);
            if (inbox.isEmpty() || !takingIn.compareAndSet(false, true)) {
                return;
            }
        }
        loop.execute(this::takeIn);
    }

    /** Runs the task on the loop, after what it is doing now. */
    public void later(Runnable task) {
        loop.execute(() -> guard(task));
    }

    public ScheduledFuture<?> after(long nanos, Runnable task) {
        return loop.schedule(() -> guard(task), nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        lookups.close();
    }
}
