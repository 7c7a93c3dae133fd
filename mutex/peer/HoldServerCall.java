package mutex.peer;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import mutex.MutexProto.HoldEvent;
import mutex.MutexProto.HoldRequest;
import mutex.transport.CallLimit;

/**
 * One call of Hold, with its one hold, or of Holds, with as many as have a place. It reads the next message when it has
 * taken in the last, and of Holds only while the client reads what it is told. Loop thread only.
 */
final class HoldServerCall implements StreamObserver<HoldRequest> {

    /** Bytes of events that wait for a client which does not read, with one hold and with many. */
    private static final int MOST_UNREAD = 1 << 10;
    private static final int MOST_UNREAD_OF_MANY = 32 << 10;
    /** Holds that are told to be closed in one event. */
    private static final int MOST_TOLD = 1_000;
    /** What no client waits for is told so much later, of all holds together. */
    private static final long SOON = TimeUnit.MILLISECONDS.toNanos(20);

    private final PeerLoop peer;
    private final ServerCallStreamObserver<HoldEvent> events;
    private final GracePeriods tenants;
    private final String address; // of the client
    private final CallLimit.HoldPlaces places; // of the holds; null: it is a call of Hold, and has a place itself
    private final Set<HoldServerCall> open; // calls of Holds
    private final Map<Long, OpenHold> holds = new LinkedHashMap<>(); // by their numbers; that of Hold has 0
    private long last; // number of a hold
    private final Set<Long> taken = new LinkedHashSet<>(); // holds whose clients have not heard that they wait
    private final List<Long> closed = new ArrayList<>(); // holds whose clients have not heard that they are
    private boolean telling; // soon
    private boolean starved; // reads no more until the client does
    private boolean over;

    /**
     * @param places null for a call of Hold
     * @param open the calls of Holds, from which this one takes itself
     */
    HoldServerCall(PeerLoop peer, ServerCallStreamObserver<HoldEvent> events, GracePeriods tenants, String address, CallLimit.HoldPlaces places, Set<HoldServerCall> open) {
        this.peer = peer;
        this.events = events;
        this.tenants = tenants;
        this.address = address;
        this.places = places;
        this.open = open;
        if (places == null) {
            holds.put(0L, new OpenHold(0));
        } else {
            open.add(this);
        }
        events.setOnCancelHandler(this::broken);
        events.setOnReadyThreshold(places == null ? MOST_UNREAD : MOST_UNREAD_OF_MANY);
        events.setOnReadyHandler(() -> peer.awake(this::read));
        events.disableAutoRequest(); // a paused peer lets no more than one message wait
        events.request(1);
    }

    @Override
    public void onNext(HoldRequest request) {
        peer.awake(() -> {
            if (!over) {
                take(request);
                starved = true;
                more();
            }
        });
    }

    private void more() {
        if (starved && !over && (places == null || events.isReady())) {
            starved = false;
            events.request(1);
        }
    }

    /** The client has read most of what it was told. */
    private void read() {
        List.copyOf(holds.values()).forEach(one -> one.hold.answer());
        more();
    }

    private void take(HoldRequest request) {
        long number = places == null ? 0 : request.getHold();
        OpenHold one = holds.get(number);
        if (places != null && number <= 0) {
            end(Status.INVALID_ARGUMENT, "each message of Holds names its hold by a number above 0");
        } else if (one != null) {
            one.take(request);
        } else if (number > last) {
            last = number;
            begin(number, request);
        }
    }

    private void begin(long number, HoldRequest request) {
        OpenHold one = new OpenHold(number);
        String full = places.enter();
        if (full != null) {
            one.refuse(Status.RESOURCE_EXHAUSTED, full);
            return;
        }
        holds.put(number, one);
        one.take(request);
    }

    /** Says what nobody waits for. */
    private void tell() {
        telling = false;
        if (!over) {
            List.copyOf(taken).forEach(number -> events.onNext(holds.get(number).waiting.setHold(number).build()));
            taken.clear();
            tellClosed();
        }
    }

    private void tellClosed() {
        for (int from = 0; from < closed.size(); from += MOST_TOLD) {
            events.onNext(HoldEvent.newBuilder().setKind(HoldEvent.Kind.ENDED).addAllClosed(closed.subList(from, Math.min(closed.size(), from + MOST_TOLD))).build());
        }
        closed.clear();
    }

    private void soon() {
        if (!telling) {
            telling = true;
            peer.after(SOON, this::tell);
        }
    }

    /** Ends the call, and every hold as if it had broken. */
    void end(Status status, String line) {
        if (!over) {
            broken();
            events.onError(status.withDescription(line).asRuntimeException());
        }
    }

    /** The client has closed its side: it gives everything back. */
    @Override
    public void onCompleted() {
        peer.awake(() -> {
            if (!over) {
                List.copyOf(holds.values()).forEach(one -> one.hold.close());
                if (places != null) {
                    tellClosed();
                    end();
                    events.onCompleted();
                }
            }
        });
    }

    @Override
    public void onError(Throwable error) {
        broken();
    }

    private void broken() {
        if (!over) {
            end();
            List.copyOf(holds.values()).forEach(OpenHold::broken);
        }
    }

    private void end() {
        over = true;
        open.remove(this);
    }

    /** A hold that has not ended. */
    private final class OpenHold implements ServerHold.HoldOutlet {

        private final long number;
        private final ServerHold hold = new ServerHold(peer, this, tenants, address);
        private HoldEvent.Builder waiting; // what is said of that; null until it waits
        private long took; // nanoseconds, to do what it asked for

        OpenHold(long number) {
            this.number = number;
        }

        void take(HoldRequest request) {
            long begun = System.nanoTime();
            if (request.getClose() && places != null) {
                hold.close();
            } else {
                hold.take(request);
            }
            took += System.nanoTime() - begun;
        }

        @Override
        public boolean isReady() {
            return events.isReady();
        }

        @Override
        public void send(HoldEvent.Builder event) {
            if (places == null) {
                events.onNext(event.build());
            } else if (event.getKind() == HoldEvent.Kind.WAITING) {
                waiting = event;
                taken.add(number);
                soon();
            } else {
                taken.remove(number);
                events.onNext(event.setHold(number).build());
            }
        }

        @Override
        public void complete() {
            if (places == null) {
                HoldServerCall.this.end();
                events.onCompleted();
            } else {
                leave(true);
                closed.add(number);
                soon();
            }
        }

        @Override
        public void fail(Status status, String line) {
            if (places == null) {
                HoldServerCall.this.end();
                events.onError(status.withDescription(line).asRuntimeException());
            } else {
                leave(false);
                refuse(status, line);
            }
        }

        private void refuse(Status status, String line) {
            events.onNext(HoldEvent.newBuilder().setKind(HoldEvent.Kind.ENDED).setHold(number).setStatus(status.getCode().value()).setReason(line).build());
        }

        void broken() {
            if (places != null) {
                leave(false);
            }
            hold.broken();
        }

        private void leave(boolean inOrder) {
            holds.remove(number);
            taken.remove(number);
            places.leave(inOrder, took);
        }
    }
}
