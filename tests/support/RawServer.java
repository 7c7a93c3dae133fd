package tests.support;

import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import mutex.MutexGrpc;
import mutex.MutexProto.LinkMessage;
import mutex.peer.Server;
import mutex.transport.EventLoop;

/** The called side of links in the test's own hand: answers each message as the test says, and pings. */
public final class RawServer extends MutexGrpc.MutexImplBase implements AutoCloseable {

    public final AtomicInteger calls = new AtomicInteger();
    private final EventLoop events = new EventLoop();
    private final Server server;
    private final BiConsumer<LinkMessage, StreamObserver<LinkMessage>> answer;

    public RawServer(BiConsumer<LinkMessage, StreamObserver<LinkMessage>> answer) {
        this.answer = answer;
        try {
            server = new Server(events, InetAddress.getLoopbackAddress(), 0, this);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String endpoint() {
        return "localhost:" + server.port();
    }

    @Override
    public StreamObserver<LinkMessage> link(StreamObserver<LinkMessage> responses) {
        calls.incrementAndGet();
        return new StreamObserver<>() {
            @Override
            public void onNext(LinkMessage message) {
                if (message.hasPing()) {
                    pong(message.getPing(), responses);
                }
                answer.accept(message, responses);
            }

            @Override
            public void onError(Throwable error) {}

            @Override
            public void onCompleted() {
                responses.onCompleted();
            }
        };
    }

    private static void pong(long ping, StreamObserver<LinkMessage> responses) {
        try {
            responses.onNext(LinkMessage.newBuilder().setPong(ping).build());
        } catch (IllegalStateException | StatusRuntimeException over) {
            // the link has ended meanwhile
        }
    }

    @Override
    public void close() {
        server.close();
        events.close();
    }
}
