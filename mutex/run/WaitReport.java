package mutex.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import mutex.algorithm.Algorithm.State;
import mutex.node.NodeView;
import mutex.remote.StatusClient;
import mutex.status.Snapshot;
import mutex.transport.Tls;

/** Whom somebody waits for at a terminal, as the peers that answer say. */
final class WaitReport {

    private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");

    private static final long TELL_AFTER = 1_000; // milliseconds

    private WaitReport() {}

    /** Whether a person reads what is written to standard error. */
    static boolean isRead() {
        try {
            return Files.isSymbolicLink(STANDARD_ERROR) ? Files.readSymbolicLink(STANDARD_ERROR).toString().matches("/dev/(pts/|tty).*")
                    : System.console() != null;
        } catch (IOException | RuntimeException e) {
            return false;
        }
    }

    /**
     * Finds out after a second, in the background, whom the lock is waited for; silent when that cannot be said, as the
     * wait itself then tells what is wrong.
     *
     * @param waits whether anybody still does
     * @param peer the one that is asked by then
     * @param teller takes one line
     */
    static void later(BooleanSupplier waits, Supplier<String> peer, LockOptions options, Consumer<String> teller) {
        CompletableFuture.delayedExecutor(TELL_AFTER, TimeUnit.MILLISECONDS).execute(() -> {
            if (waits.getAsBoolean()) {
                try {
                    teller.accept(holds(peer.get(), options.tls, options.name));
                } catch (IOException | RuntimeException e) {
                    // see above
                }
            }
        });
    }

    /** Asks the peer; blocks for some seconds at most. In one line. */
    private static String holds(String peer, Tls tls, String lock) throws IOException {
        try (StatusClient client = new StatusClient(peer, tls)) {
            StatusClient.Survey survey = client.inquire();
            List<String> reasons = new ArrayList<>();
            for (Snapshot snapshot : survey.byId().values()) {
                snapshot.node().locks().stream().filter(there -> there.name().equals(lock) && there.state() == State.HELD)
                        .forEach(there -> reasons.add("peer " + snapshot.node().id() + " holds it"));
            }
            NodeView asked = survey.byId().get(survey.self()).node();
            if (reasons.isEmpty()) {
                asked.locks().stream().filter(there -> there.name().equals(lock) && !there.missing().isEmpty())
                        .forEach(there -> reasons.add("no answer yet from " + there.missing()));
            }
            return "waiting for [" + lock + "]" + (reasons.isEmpty() ? " at peer " + survey.self() : ": " + String.join(", ", reasons));
        }
    }
}
