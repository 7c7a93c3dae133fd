package mutex.remote;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.RejectedExecutionException;
import mutex.transport.EventLoop;
import mutex.transport.NetworkErrorText;
import mutex.transport.Tls;

/** A call by gRPC's own client, for connections with TLS, on a loop of its own. Its fields belong to that loop. */
final class TlsGrpcCall extends ClientCall.Listener<byte[]> implements ByteCall {

    private static final Marshaller<byte[]> BYTES = new Marshaller<>() {
        @Override
        public InputStream stream(byte[] message) {
            return new ByteArrayInputStream(message);
        }

        @Override
        public byte[] parse(InputStream message) {
            try {
                return message.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    };

    private final EventLoop loop;
    private final ManagedChannel channel;
    private final byte[] request;
    private final ByteListener listener;
    private final ClientCall<byte[], byte[]> call;
    private boolean finished; // by us
    private boolean answered;
    private volatile boolean over;

    /** @param method with its slashes: {@code mutex.v1.Mutex/Hold} */
    TlsGrpcCall(Tls tls, String address, String method, byte[] request, ByteListener listener) {
        this.request = request;
        this.listener = listener;
        loop = new EventLoop(tls);
        channel = loop.channelTo(address);
        call = channel.newCall(MethodDescriptor.newBuilder(BYTES, BYTES).setType(MethodType.BIDI_STREAMING)
                .setFullMethodName(method).build(), CallOptions.DEFAULT);
    }

    @Override
    public void start() {
        loop.run(() -> {
            call.start(this, new Metadata());
            call.request(1);
            call.sendMessage(request);
        });
    }

    @Override
    public boolean looksUp() {
        return loop.looksUp(channel);
    }

    @Override
    public void send(byte[] message) {
        onLoop(() -> {
            if (!finished && !over) {
                call.sendMessage(message);
            }
        });
    }

    /** Unless it has ended with the call. */
    private void onLoop(Runnable task) {
        if (!over) {
            try {
                loop.run(task);
            } catch (RejectedExecutionException ended) {
                // just now
            }
        }
    }

    @Override
    public void finish() {
        onLoop(() -> {
            if (!finished && !over) {
                finished = true;
                call.halfClose();
            }
        });
    }

    @Override
    public void onMessage(byte[] message) {
        answered = true;
        try {
            listener.message(message);
            call.request(1);
        } catch (IOException | RuntimeException garbled) {
            call.cancel("it is not a peer", garbled);
        }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        over = true;
        channel.shutdownNow();
        loop.close();
        boolean asWanted = finished || status.isOk();
        listener.ended(asWanted ? OK : status.getCode().value(), asWanted ? null
                : answered ? NetworkErrorText.ofOneThatStood(status.asRuntimeException()) : NetworkErrorText.inOneLine(status.asRuntimeException()));
    }
}
