package bench;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import mutex.MutexProto.LinkMessage;

/** The other end of a raw stream: answers every message at once. */
public record Echo(ServerCallStreamObserver<LinkMessage> stream, Payload payload) implements StreamObserver<LinkMessage> {

    public Echo {
        stream.disableAutoRequest();
        stream.request(1);
    }

    @Override
    public void onNext(LinkMessage message) {
        stream.onNext(payload.reply(message));
        stream.request(1);
    }

    @Override
    public void onError(Throwable error) {}

    @Override
    public void onCompleted() {
        stream.onCompleted();
    }
}
