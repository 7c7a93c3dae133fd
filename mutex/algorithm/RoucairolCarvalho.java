package mutex.algorithm;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import mutex.algorithm.Message.Permission;

/**
 * Kept permissions (P1): as Ricart-Agrawala, but a permission lasts until it is asked back. Of two peers at most
 * one has the other's permission, so who enters again while nobody else asks sends nothing at all.
 * 0 to 2(N-1) messages an entry; entries need not come in the order of stamps.
 *
 * <p>Source: Carvalho and Roucairol, "On mutual exclusion in computer networks", CACM 26(2), 1983,
 * https://doi.org/10.1145/358024.358057
 */
public final class RoucairolCarvalho extends RicartAgrawala {

    public static final String NAME = "roucairol-carvalho";
    public static final AlgorithmKind KIND = AlgorithmKind.of(NAME, AlgorithmKind.EntryRule.KEPT_PERMISSIONS, RoucairolCarvalho::new);

    public RoucairolCarvalho(int self, Set<Integer> others) {
        super(self, others);
    }

    @Override
    public List<Outgoing> receive(int from, Message message) {
        return givingUp(super.receive(from, message));
    }

    /** P1: they last. */
    @Override
    void spendPermissions() {}

    @Override
    public List<Outgoing> exit(Stamp stamp) {
        return givingUp(super.exit(stamp));
    }

    /** P2: whoever gets our permission takes back its own, if we had it; while we want the lock, we ask for it again. */
    private List<Outgoing> givingUp(List<Outgoing> messages) {
        List<Outgoing> all = new ArrayList<>(messages);
        for (Outgoing out : messages) {
            if (out.message() instanceof Permission && granted.remove(out.to()) != null) {
                all.addAll(repeatTo(out.to()));
            }
        }
        return all;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean idle() {
        return super.idle() && granted.isEmpty();
    }

    @Override
    public String describe() {
        return state() == State.WANTED || granted.isEmpty() ? "" : "permission kept of " + granted.keySet();
    }
}
