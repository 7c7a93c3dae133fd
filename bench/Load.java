package bench;

import java.util.SplittableRandom;
import mutex.algorithm.AlgorithmKind;

/** One load on a group in virtual time: what an entry costs in messages, and how long one waits for it in message delays. */
final class Load {

    enum LoadKind {
        ONE_AT_A_TIME("one at a time, any peer", "delays from request to entry"),
        SAME_AGAIN("one peer, again and again", "delays from request to entry"),
        ALL_ALWAYS("all want it always", "delays from exit to next entry");

        final String words;
        final String wait;

        LoadKind(String words, String wait) {
            this.words = words;
            this.wait = wait;
        }
    }

    private static final int ENTRIES = 600;
    private static final int WARM_UP = 200; // entries that do not count
    private static final long INSIDE = VirtualGroup.DELAY; // nanoseconds

    private final SplittableRandom random = new SplittableRandom(1);
    private final VirtualGroup group;
    private final LoadKind kind;
    private int entries;
    private long since; // of the request, or the exit
    private long waited; // nanoseconds, of all entries that count
    private long before; // messages until counting began
    private boolean inside;

    Load(LoadKind kind, int size, AlgorithmKind algorithms) {
        this.kind = kind;
        group = new VirtualGroup(size, algorithms, this::entered);
        if (kind == LoadKind.ALL_ALWAYS) {
            for (int peer = 1; peer <= size; peer++) {
                group.ask(peer);
            }
        }
        while (entries < WARM_UP + ENTRIES) {
            if (kind != LoadKind.ALL_ALWAYS && !inside) {
                group.run(random.nextInt(5_000, 10_000)); // until all is quiet, and the token anywhere
                since = group.now();
                inside = true;
                group.ask(kind == LoadKind.SAME_AGAIN ? 2 : 1 + random.nextInt(size));
            }
            group.next();
        }
    }

    private void entered(int peer, long asker) {
        entries++;
        if (entries == WARM_UP) {
            before = group.messages();
        } else if (entries > WARM_UP) {
            waited += group.now() - since;
        }
        group.after(INSIDE, () -> {
            since = group.now();
            inside = false;
            group.giveBack(peer, asker);
            if (kind == LoadKind.ALL_ALWAYS) {
                group.ask(peer);
            }
        });
    }

    double messages() {
        return (group.messages() - before) / (double) ENTRIES;
    }

    double delays() {
        return waited / (double) VirtualGroup.DELAY / ENTRIES;
    }
}
