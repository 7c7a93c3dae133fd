package mutex.net;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;

/** How many calls of a kind may be open at a time, from all connections together. Loop thread only. */
final class Room {

    private final String kind;
    private final int most;
    private int open;

    Room(String kind, int most) {
        this.kind = kind;
        this.most = most;
    }

    /** Refuses the call where there is no room for it. */
    boolean full(StreamObserver<?> responses) {
        if (open >= most) {
            responses.onError(Status.RESOURCE_EXHAUSTED.withDescription(
                    "this peer has " + most + " " + kind + " streams open, and takes no more; close some").asRuntimeException());
        }
        return open >= most;
    }

    /** The call has a place until it ends; one that is broken off is told so first. */
    void enter(ServerCallStreamObserver<?> call, Runnable onCancel) {
        open++;
        call.setOnCancelHandler(() -> {
            open--;
            onCancel.run();
        });
        call.setOnCloseHandler(() -> open--);
    }
}
