package mutex.transport;

import io.grpc.Context;
import java.util.Map;
import java.util.Set;

/** How many calls of a kind may be open at a time, from all connections together. Loop thread only. */
public final class CallLimit {

    private static final Map<String, Integer> MOST = Map.of("Link", 512, "Hold", 20_000, "Holds", 4_000, "Watch", 200, "Inquire", 100, "Status", 1_000);
    private static final Set<String> STREAMS = Set.of("Link", "Hold", "Holds", "Watch");
    /** Of each other service: health, reflection, channelz. */
    private static final int MOST_OF_OTHERS = 200;

    private final String kind;
    private final int most;
    private int open;

    /**
     * @param kind a method of ours, or another service
     * @param mostLocks that a peer holds at once; each may have a stream of its own
     */
    CallLimit(String kind, int mostLocks) {
        this.kind = kind;
        int usual = MOST.getOrDefault(kind, MOST_OF_OTHERS);
        this.most = isOf("Hold") ? Math.max(usual, mostLocks) : usual;
    }

    /** Why there is no room for another; null where there is. */
    String full() {
        return open < most ? null : "this peer has " + most + " " + kind + (STREAMS.contains(kind) ? " streams" : " calls") + " open, and takes no more; close some";
    }

    boolean isOf(String kind) {
        return this.kind.equals(kind);
    }

    /** Whether it is of calls that hold locks. */
    boolean isOfHolds() {
        return isOf("Hold") || isOf("Holds");
    }

    void enter() {
        open++;
    }

    void leave() {
        open--;
    }

    /** Gives the holds of one call of Holds their places: each counts, and is charged, like a call of Hold. Loop thread only. */
    public static final class HoldPlaces {

        private static final Context.Key<HoldPlaces> PLACES = Context.key("places");

        private final CallLimit room;
        private final ConnectionLimit.Connection from; // null when it is closed
        private final ConnectionLimit connections;
        private final CallThrottle throttle;

        HoldPlaces(CallLimit room, ConnectionLimit.Connection from, ConnectionLimit connections, CallThrottle throttle) {
            this.room = room;
            this.from = from;
            this.connections = connections;
            this.throttle = throttle;
        }

        /** Those of the call of Holds that is being taken. */
        public static HoldPlaces now() {
            return PLACES.get();
        }

        Context with(Context context) {
            return context.withValue(PLACES, this);
        }

        /** Takes a place; null, or one line why there is none. */
        public String enter() {
            String full = room.full();
            if (full == null) {
                room.enter();
                count(1);
            } else if (from != null) {
                throttle.called(from);
            }
            return full;
        }

        /**
         * Gives a place back.
         *
         * @param inOrder the client has closed the hold; otherwise it was broken off or refused
         * @param nanos what it asked for has taken
         */
        public void leave(boolean inOrder, long nanos) {
            room.leave();
            count(-1);
            if (from != null && from.calls == 0) {
                connections.idle(from);
            }
            if (from != null && !inOrder) {
                throttle.brokenOff(from, nanos);
            }
        }

        private void count(int more) {
            if (from != null) {
                from.calls += more;
                from.holds += more;
            }
        }
    }
}
