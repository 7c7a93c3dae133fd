package mutex.transport;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.function.IntConsumer;

/** Finds out whose certificate is at the other end of a call. */
public final class CallerCertificate implements ServerInterceptor {

    private static final Context.Key<Integer> PEER = Context.keyWithDefault("certified", PeerCertificate.NONE);

    /** Whose certificate the caller has shown, while its call is being taken; see {@link PeerCertificate}. */
    public static int certified() {
        return PEER.get();
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        Context context = Context.current().withValue(PEER, PeerCertificate.idOf(call.getAttributes()));
        return Contexts.interceptCall(context, call, headers, next);
    }

    /** Tells whose certificate the called side has shown, before its first message arrives. */
    public static ClientInterceptor calling(IntConsumer certified) {
        return new ClientInterceptor() {
            @Override
            public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
                return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
                    @Override
                    public void start(Listener<A> listener, Metadata headers) {
                        super.start(new SimpleForwardingClientCallListener<>(listener) {
                            @Override
                            public void onHeaders(Metadata headers) {
                                certified.accept(PeerCertificate.idOf(getAttributes()));
                                super.onHeaders(headers);
                            }
                        }, headers);
                    }
                };
            }
        };
    }
}
