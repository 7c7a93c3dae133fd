package mutex.run;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import mutex.algorithm.LockMode;
import mutex.algorithm.Mode;
import mutex.discover.LateNotice;
import mutex.event.NodeView;
import mutex.remote.StatusClient;
import mutex.status.LockClient;
import mutex.status.Snapshot;
import mutex.status.StandingText;
import mutex.text.Count;
import mutex.transport.Tls;

/** What somebody waits for who asked for a lock, as the peers that answer say. */
final class WaitReport {

    private static final long TELL_EVERY = 10_000; // milliseconds

    private WaitReport() {}

    /**
     * Finds out after a second, in the background, what the lock is waited for; silent when that cannot be said, as the
     * wait itself then tells what is wrong.
     *
     * @param waits whether anybody still does
     * @param peer the one that is asked by then
     * @param again whether to say it again from time to time
     * @param teller takes one line
     */
    static void later(BooleanSupplier waits, Supplier<String> peer, LockOptions options, boolean again, Consumer<String> teller) {
        report(LateNotice.AFTER, waits, peer, options, again, teller);
    }

    private static void report(long millis, BooleanSupplier waits, Supplier<String> peer, LockOptions options, boolean again, Consumer<String> teller) {
        CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS).execute(() -> {
            if (!waits.getAsBoolean()) {
                return;
            }
            try {
                teller.accept("waiting for [" + options.name + "]" + reason(peer.get(), options.tls, options.locks));
            } catch (IOException | RuntimeException e) {
                // see above
            }
            if (again) {
                report(TELL_EVERY, waits, peer, options, true, teller);
            }
        });
    }

    /** Asks the peer; blocks for some seconds at most. */
    private static String reason(String peer, Tls tls, List<LockMode> locks) throws IOException {
        try (StatusClient client = new StatusClient(peer, tls)) {
            StatusClient.Survey survey = client.inquire(LockMode.set(locks));
            int self = survey.self();
            NodeView asked = survey.byId().get(self).node();
            if (asked.group() == null) {
                return ": the group of peer " + self + " has not begun: " + asked.waitingFor();
            }
            Optional<String> noMajority = StandingText.noMajority(asked);
            if (noMajority.isPresent()) {
                return ": " + noMajority.get();
            }
            return reason(self, survey.byId().values(), asked, locks);
        }
    }

    private static String reason(int self, Collection<Snapshot> peers, NodeView asked, List<LockMode> locks) {
        List<String> reasons = new ArrayList<>();
        for (LockMode wanted : locks) {
            String it = locks.size() == 1 ? "it" : "[" + wanted.lock() + "]";
            for (Snapshot peer : peers) {
                LockClient holder = peer.clients().get(wanted.lock());
                peer.node().locks().stream().filter(there -> there.name().equals(wanted.lock()) && inTheWay(there, wanted.mode()))
                        .forEach(there -> reasons.add(isAncestor(holder) ? "it waits for itself, as process " + holder.pid() + ", under which it runs, holds " + it
                                : "peer " + peer.node().id() + " holds " + it + (holder == null ? "" : " (" + holder.who(peer.node().id()) + ")")));
            }
        }
        if (reasons.isEmpty()) {
            SortedSet<Integer> missing = new TreeSet<>();
            asked.locks().stream().filter(there -> locks.stream().anyMatch(wanted -> wanted.lock().equals(there.name()))).forEach(there -> missing.addAll(there.missing()));
            if (!missing.isEmpty()) {
                reasons.add("no answer yet from " + Count.peers(missing));
            }
        }
        if (locks.stream().anyMatch(wanted -> namedOutside(wanted.lock())) && reasons.stream().noneMatch(reason -> reason.startsWith("it waits"))) {
            reasons.add("MUTEX_NAME says that this command runs under the same lock");
        }
        return reasons.isEmpty() ? " at peer " + self : ": " + String.join(", ", reasons);
    }

    /** Whether somebody who is inside there uses anything of what is wanted. */
    private static boolean inTheWay(NodeView.LockView there, Mode wanted) {
        return there.holds().stream().anyMatch(hold -> hold.mode().use(wanted) > 0);
    }

    /** Whether MUTEX_NAME has that lock, so that another {@code lock} has run this one. */
    private static boolean namedOutside(String lock) {
        String outside = System.getenv("MUTEX_NAME");
        try {
            return outside != null && LockMode.parse(outside).stream().anyMatch(held -> held.lock().equals(lock));
        } catch (IllegalArgumentException notOurs) {
            return false;
        }
    }

    /** Whether that process started us, or one that did. */
    private static boolean isAncestor(LockClient holder) {
        if (holder == null || holder.pid() == 0 || !holder.host().equals(LockClient.thisHost())) {
            return false;
        }
        Optional<ProcessHandle> above = ProcessHandle.current().parent();
        while (above.isPresent() && above.get().pid() != holder.pid()) {
            above = above.get().parent();
        }
        return above.isPresent();
    }
}
