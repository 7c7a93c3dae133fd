package mutex.link;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.function.UnaryOperator;
import mutex.MutexGrpc;
import mutex.wire.Packet;

/** The method Link of the service, with packets in place of generated messages: the same on the wire. */
public final class LinkMethod {

    private static final PacketMarshaller PACKETS = new PacketMarshaller();
    private static final MethodDescriptor<Packet, Packet> METHOD = MutexGrpc.getLinkMethod().toBuilder(PACKETS, PACKETS).build();

    private LinkMethod() {}

    /** Opens a call; gives what is to be told what to send. */
    static StreamObserver<Packet> call(Channel channel, StreamObserver<Packet> responses) {
        return ClientCalls.asyncBidiStreamingCall(channel.newCall(METHOD, CallOptions.DEFAULT), responses);
    }

    /** The service with this method in place of its own; accept is given the responses to each caller, and returns the observer of what that caller sends. */
    public static ServerServiceDefinition replacedIn(MutexGrpc.AsyncService service, UnaryOperator<StreamObserver<Packet>> accept) {
        ServerServiceDefinition generated = MutexGrpc.bindService(service);
        List<ServerMethodDefinition<?, ?>> others = generated.getMethods().stream()
                .filter(method -> !method.getMethodDescriptor().getFullMethodName().equals(METHOD.getFullMethodName())).toList();
        ServiceDescriptor.Builder methods = ServiceDescriptor.newBuilder(MutexGrpc.SERVICE_NAME)
                .setSchemaDescriptor(generated.getServiceDescriptor().getSchemaDescriptor()).addMethod(METHOD);
        others.forEach(other -> methods.addMethod(other.getMethodDescriptor()));
        ServerServiceDefinition.Builder all = ServerServiceDefinition.builder(methods.build())
                .addMethod(METHOD, ServerCalls.asyncBidiStreamingCall(accept::apply));
        others.forEach(all::addMethod);
        return all.build();
    }
}
