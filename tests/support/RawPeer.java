package tests.support;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import mutex.MutexGrpc;
import mutex.MutexProto;
import mutex.MutexProto.LinkMessage;
import mutex.transport.EventLoop;
import mutex.transport.Tls;
import mutex.wire.WireFields;

/** The calling side of a link in the test's own hand: it says what it is told to, and keeps no rule by itself, but that it answers pings. */
public final class RawPeer implements ClientResponseObserver<LinkMessage, LinkMessage>, AutoCloseable {

    public final BlockingQueue<LinkMessage> received = new LinkedBlockingQueue<>();
    public final CompletableFuture<String> ended = new CompletableFuture<>(); // how the stream ended
    private final boolean reads;
    private final EventLoop events;
    private final ManagedChannel channel;
    private ClientCallStreamObserver<LinkMessage> stream;

    /** Calls the peer; one that does not read takes only the first message. */
    public RawPeer(String address, boolean reads) {
        this(null, address, reads);
    }

    /** The same with this certificate; null: without TLS. */
    public RawPeer(Tls tls, String address, boolean reads) {
        this.reads = reads;
        events = new EventLoop(tls);
        channel = events.channelTo(address);
        MutexGrpc.newStub(channel).link(this);
    }

    /** A hello that any peer without a group takes. */
    public static MutexProto.Hello.Builder hello(int id) {
        return MutexProto.Hello.newBuilder().setProtocol(WireFields.PROTOCOL).setId(id).setEndpoint("localhost:" + (1_000 + id))
                .setEpoch(System.currentTimeMillis()).setProcess(id).setAlgorithm("ricart-agrawala")
                .addAllList(List.of(MutexProto.Listed.newBuilder().setEndpoint("localhost:" + (1_000 + id)).setId(id).build()));
    }

    public RawPeer greet(MutexProto.Hello.Builder hello) {
        return say(LinkMessage.newBuilder().setHello(hello));
    }

    public synchronized RawPeer say(LinkMessage.Builder message) {
        stream.onNext(message.build());
        return this;
    }

    /** Waits for a message of the kind; others before it are passed over. */
    public LinkMessage await(LinkMessage.WhatCase kind) {
        try {
            while (true) {
                LinkMessage next = received.poll(10, TimeUnit.SECONDS);
                if (next == null) {
                    throw new AssertionError("no " + kind + " within 10 s; ended: " + ended.getNow("not"));
                }
                if (next.getWhatCase() == kind) {
                    return next;
                }
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    public String awaitEnd() {
        return Eventually.get(ended, "the link is closed");
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<LinkMessage> requests) {
        stream = requests;
        if (!reads) {
            requests.disableAutoRequestWithInitial(1);
        }
    }

    @Override
    public void onNext(LinkMessage message) {
        received.add(message);
        if (message.hasPing()) {
            say(LinkMessage.newBuilder().setPong(message.getPing()));
        }
    }

    @Override
    public void onError(Throwable error) {
        ended.complete(String.valueOf(Status.fromThrowable(error)));
    }

    @Override
    public void onCompleted() {
        ended.complete("in order");
    }

    @Override
    public void close() {
        channel.shutdownNow();
        events.close();
    }
}
