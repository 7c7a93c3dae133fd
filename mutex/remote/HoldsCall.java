package mutex.remote;

import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import mutex.MutexGrpc;
import mutex.MutexProto.HoldEvent;
import mutex.MutexProto.HoldRequest;
import mutex.transport.EventLoop;
import mutex.transport.NetworkErrorText;

/**
 * A stream of Holds to a peer, kept for one request after the other: opening and ending a stream for each takes more time than
 * asking and giving back. A number is given to one hold only, so that nothing said of one is taken for another. Loop thread only.
 */
final class HoldsCall implements ClientResponseObserver<HoldRequest, HoldEvent> {

    /** Asked for, and not over. */
    private record KeptHold(RemoteHold hold, HoldRequest.Builder request) {}

    private final EventLoop loop;
    private final BiConsumer<HoldRequest.Builder, RemoteHold> otherwise;
    private final Map<Long, KeptHold> holds = new LinkedHashMap<>();
    private ClientCallStreamObserver<HoldRequest> requests;
    private long last;
    private boolean answered;
    private boolean over;
    private Status.Code failed = Status.Code.UNAVAILABLE; // once it is over, as the next
    private String said;

    private HoldsCall(EventLoop loop, BiConsumer<HoldRequest.Builder, RemoteHold> otherwise) {
        this.loop = loop;
        this.otherwise = otherwise;
    }

    /** @param otherwise is given what was asked for where the peer does not know Holds */
    static HoldsCall open(MutexGrpc.MutexStub peer, EventLoop loop, BiConsumer<HoldRequest.Builder, RemoteHold> otherwise) {
        HoldsCall call = new HoldsCall(loop, otherwise);
        peer.holds(call);
        return call;
    }

    /** Whether it has ended, and takes no more requests. */
    boolean over() {
        return over;
    }

    void ask(HoldRequest.Builder request, RemoteHold hold) {
        if (over) { // as it began, where the connection is known to have failed
            hold.failed(failed, said);
            return;
        }
        long number = ++last;
        holds.put(number, new KeptHold(hold, request));
        requests.onNext(request.setHold(number).build());
        hold.goesOver(() -> loop.run(() -> requests.onNext(HoldRequest.newBuilder().setHold(number).setClose(true).build())));
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<HoldRequest> requests) {
        this.requests = requests;
    }

    @Override
    public void onNext(HoldEvent event) {
        answered = true;
        for (int i = 0; i < event.getClosedCount(); i++) {
            KeptHold closed = holds.remove(event.getClosed(i));
            if (closed != null) {
                closed.hold.completed();
            }
        }
        KeptHold of = holds.get(event.getHold());
        if (of == null) {
            return; // of one that has ended
        }
        if (event.getKind() != HoldEvent.Kind.ENDED) {
            of.hold.told(event);
            return;
        }
        holds.remove(event.getHold());
        of.hold.ended(event);
    }

    @Override
    public void onError(Throwable error) {
        failed = Status.fromThrowable(error).getCode();
        boolean unknown = failed == Status.Code.UNIMPLEMENTED && !answered;
        said = answered ? NetworkErrorText.ofOneThatStood(error) : NetworkErrorText.inOneLine(error);
        for (KeptHold one : end()) {
            if (unknown && !one.hold.withdrawn()) {
                otherwise.accept(one.request.clearHold(), one.hold);
            } else {
                one.hold.failed(failed, said);
            }
        }
    }

    @Override
    public void onCompleted() {
        end().forEach(one -> one.hold.completed());
    }

    private List<KeptHold> end() {
        over = true;
        List<KeptHold> left = List.copyOf(holds.values());
        holds.clear();
        return left;
    }
}
