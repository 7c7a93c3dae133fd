package mutex.transport;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.net.InetSocketAddress;

/** Finds out where the connection of a call comes from. */
public final class CallerAddress implements ServerInterceptor {

    private static final Context.Key<String> ADDRESS = Context.keyWithDefault("caller", "");

    /** Address of the caller, host:port, while its call is being taken; empty where there is none. */
    public static String now() {
        return ADDRESS.get();
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        return call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR) instanceof InetSocketAddress from
                ? Contexts.interceptCall(Context.current().withValue(ADDRESS, text(from)), call, headers, next) : next.startCall(call, headers);
    }

    private static String text(InetSocketAddress from) {
        String host = from.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + from.getPort();
    }
}
