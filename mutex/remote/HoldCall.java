package mutex.remote;

import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import mutex.MutexGrpc;
import mutex.MutexProto.HoldEvent;
import mutex.MutexProto.HoldRequest;
import mutex.transport.EventLoop;
import mutex.transport.NetworkErrorText;

/** A stream of Hold, at a peer whose release does not know Holds. Loop thread only. */
final class HoldCall implements ClientResponseObserver<HoldRequest, HoldEvent> {

    private final RemoteHold hold;
    private ClientCallStreamObserver<HoldRequest> requests;
    private boolean answered;

    private HoldCall(RemoteHold hold) {
        this.hold = hold;
    }

    static void open(MutexGrpc.MutexStub peer, EventLoop loop, HoldRequest.Builder request, RemoteHold hold) {
        HoldCall call = new HoldCall(hold);
        peer.hold(call);
        call.requests.onNext(request.build());
        hold.goesOver(() -> loop.run(call.requests::onCompleted));
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<HoldRequest> requests) {
        this.requests = requests;
    }

    @Override
    public void onNext(HoldEvent event) {
        answered = true;
        hold.told(event);
    }

    @Override
    public void onError(Throwable error) {
        hold.failed(Status.fromThrowable(error).getCode(), answered ? NetworkErrorText.ofOneThatStood(error) : NetworkErrorText.inOneLine(error));
    }

    @Override
    public void onCompleted() {
        hold.completed();
    }
}
