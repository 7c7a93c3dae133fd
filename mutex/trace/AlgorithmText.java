package mutex.trace;

import java.util.Optional;
import mutex.algorithm.AlgorithmKind.EntryRule;
import mutex.text.LockName;

/** What is said of the algorithm that a run shows, and which rules it keeps besides one holder and rising fences. */
enum AlgorithmText {

    STAMPS("by the algorithm of Ricart and Agrawala: who wants a lock asks every other peer, and enters when all have given permission; "
            + "a peer that is inside, or asked earlier, answers later",
            "At each entry the permission of every other member was logged before.",
            "fences and permissions are right, and so are order and number of messages where nothing failed"),
    KEPT("by the algorithm of Carvalho and Roucairol: who wants a lock needs the permission of every other peer, and keeps each until "
            + "it is asked back; a peer that is inside, or asked earlier, answers later",
            "At each entry the permission of every other member was logged before, and had not been given back since.",
            "fences and permissions are right"),
    RING("by a token that goes round: who has it may enter, and passes it on to the next; a lost one is replaced when all have vowed to "
            + "discard it",
            "", "fences are right"),
    OTHER("by the algorithm %s, of which this version knows no more than its name", "", "fences are right");

    private final String how;
    final String permitted; // what was checked of that; empty: nobody is asked
    final String right;

    AlgorithmText(String how, String permitted, String right) {
        this.how = how;
        this.permitted = permitted;
        this.right = right;
    }

    /** Of the locks that people use: the group's own run Ricart-Agrawala in any case. */
    static AlgorithmText of(Trace trace) {
        return switch (first(trace).map(span -> span.rule).orElse(EntryRule.PERMISSIONS)) {
            case PERMISSIONS -> STAMPS;
            case KEPT_PERMISSIONS -> KEPT;
            case TOKEN -> RING;
            case OTHER -> OTHER;
        };
    }

    /** How the peers shared locks. */
    static String how(Trace trace) {
        return of(trace).how.replace("%s", first(trace).map(span -> span.algorithm).orElse(""));
    }

    private static Optional<RequestSpan> first(Trace trace) {
        return trace.spans().stream().filter(span -> !LockName.reserved(span.lock)).findFirst();
    }
}
