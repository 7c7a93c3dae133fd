package mutex.peer;

import java.util.function.BooleanSupplier;
import mutex.node.Node;
import mutex.text.LeaseText;
import mutex.transport.EventLoop;

/** Says to a person what a lease means in a group of two: nobody enters when either is gone. Loop thread only. */
final class PairNotice {

    private static final long SAY_AFTER = 1_000_000_000L; // a group that grows is one for a moment

    private final EventLoop loop;
    private final Node node;
    private final boolean lease;
    private final BooleanSupplier leaving;
    private final Failures failures;
    private boolean pair; // in a group of two, with a lease

    PairNotice(EventLoop loop, Node node, boolean lease, BooleanSupplier leaving, Failures failures) {
        this.loop = loop;
        this.node = node;
        this.lease = lease;
        this.leaving = leaving;
        this.failures = failures;
    }

    /** The group may have other members now. */
    void regrouped() {
        boolean before = pair;
        pair = isPair();
        if (pair && !before) {
            loop.after(SAY_AFTER, () -> {
                if (isPair() && !leaving.getAsBoolean()) {
                    failures.say(LeaseText.OF_TWO);
                }
            });
        }
    }

    private boolean isPair() {
        return lease && node.group() != null && node.group().members().size() == 2;
    }
}
