package mutex.wire;

import mutex.MutexProto;
import mutex.algorithm.Mode;

/** Between a mode and its message. */
public final class WireMode {

    private WireMode() {}

    public static MutexProto.Mode out(Mode mode) {
        MutexProto.Mode.Builder out = MutexProto.Mode.newBuilder();
        if (mode == Mode.SHARED) {
            out.setShared(MutexProto.Shared.getDefaultInstance());
        } else if (mode instanceof Mode.OfKind of) {
            out.setKind(of.kind());
        } else if (mode instanceof Mode.Units units) {
            out.setUnits(MutexProto.Units.newBuilder().setTake((int) units.take()).setOf((int) units.of()));
        }
        return out.build();
    }

    /** @throws IllegalArgumentException in one line when it is none */
    public static Mode in(MutexProto.Mode mode) {
        return switch (mode.getHowCase()) {
            case SHARED -> Mode.SHARED;
            case KIND -> new Mode.OfKind(mode.getKind());
            case UNITS -> new Mode.Units(Integer.toUnsignedLong(mode.getUnits().getTake()), Integer.toUnsignedLong(mode.getUnits().getOf()));
            case HOW_NOT_SET -> Mode.EXCLUSIVE;
        };
    }
}
