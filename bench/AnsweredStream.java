package bench;

import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import mutex.MutexProto.LinkMessage;

/** Raw stream to a peer that answers every message in turn; read one by one, as the lock reads its links. */
public abstract class AnsweredStream implements ClientResponseObserver<LinkMessage, LinkMessage> {

    protected ClientCallStreamObserver<LinkMessage> requests;

    /** The answer to the oldest message that has none yet. */
    protected abstract void answered();

    @Override
    public final void beforeStart(ClientCallStreamObserver<LinkMessage> stream) {
        requests = stream;
        stream.disableAutoRequestWithInitial(1);
    }

    @Override
    public final void onNext(LinkMessage message) {
        requests.request(1);
        answered();
    }

    @Override
    public void onError(Throwable error) {}

    @Override
    public void onCompleted() {}
}
