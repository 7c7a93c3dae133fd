package mutex.wire;

import mutex.MutexProto;
import mutex.log.VectorClock;

/**
 * The vector of a peer as its frames carry it, made once for all of them until it changes: a heartbeat of 64 members goes to 63,
 * and the vector is most of each frame. ({@link FrameWriter} keeps one of its own.) A reading is never changed, so that the same one has the same fields, which frames share. One thread only.
 */
public final class VectorPrototype {

    private VectorClock.Reading last = VectorClock.Reading.ZERO;
    private MutexProto.Frame fields = MutexProto.Frame.getDefaultInstance();

    /** A frame with that vector and nothing else; to be built upon, never changed. */
    MutexProto.Frame of(VectorClock.Reading vector) {
        if (vector != last) {
            MutexProto.Frame.Builder out = MutexProto.Frame.newBuilder();
            int[] peers = vector.peers();
            long[] counts = vector.counts();
            for (int i = 0; i < peers.length; i++) {
                out.addVectorPeers(peers[i]).addVectorCounts(counts[i]);
            }
            fields = out.build();
            last = vector;
        }
        return fields;
    }
}
