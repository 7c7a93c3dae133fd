package mutex.peer;

import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import mutex.MutexProto.StatusReply;
import mutex.wire.WireStatus;

/** Answers Status: at once, or, where many ask, all who have asked by then with one look at the peer. Loop thread only. */
final class StatusCalls {

    private static final long APART = TimeUnit.MILLISECONDS.toNanos(10);

    private final PeerLoop peer;
    private final List<StreamObserver<StatusReply>> waiting = new ArrayList<>();
    private long lookedAt = System.nanoTime() - APART;
    private boolean planned;

    StatusCalls(PeerLoop peer) {
        this.peer = peer;
    }

    void ask(StreamObserver<StatusReply> asker) {
        waiting.add(asker);
        long wait = lookedAt + APART - System.nanoTime();
        if (wait <= 0) {
            answer();
        } else if (!planned) {
            planned = true;
            peer.after(wait, () -> {
                planned = false;
                answer();
            });
        }
    }

    private void answer() {
        if (waiting.isEmpty()) {
            return;
        }
        lookedAt = System.nanoTime();
        List<StreamObserver<StatusReply>> all = List.copyOf(waiting);
        waiting.clear();
        StatusReply now = WireStatus.out(peer.look(Set.of()));
        all.forEach(asker -> {
            asker.onNext(now);
            asker.onCompleted();
        });
    }
}
