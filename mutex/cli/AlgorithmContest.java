package mutex.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import mutex.algorithm.AlgorithmKind.EntryRule;
import mutex.algorithm.Stamp;
import mutex.event.Effect.Outcome;
import mutex.log.LogEntry;
import mutex.peer.LocalPeer;
import mutex.shell.Screen;
import mutex.status.LockListener;
import mutex.text.LockName;
import mutex.trace.Check;
import mutex.trace.Timeline;

/** All peers want the lock at once, again and again; then the log is read. */
final class AlgorithmContest {

    private final List<LocalPeer> peers;
    private final EntryRule rule; // what it takes to enter
    private final int most; // messages per entry, when everybody is asked and answers
    private final AtomicInteger left;
    private final CountDownLatch running;

    private AlgorithmContest(List<LocalPeer> peers, EntryRule rule, int entries) {
        this.peers = peers;
        this.rule = rule;
        most = 2 * (peers.size() - 1);
        left = new AtomicInteger(entries);
        running = new CountDownLatch(entries);
    }

    /** Runs it and prints one entry and the check; whether every rule held. */
    static boolean run(List<LocalPeer> peers, EntryRule rule, int entries, Screen screen) throws InterruptedException {
        AlgorithmContest contest = new AlgorithmContest(peers, rule, entries);
        for (LocalPeer peer : peers) {
            contest.meet(peer);
        }
        for (LocalPeer peer : peers) {
            peer.loop().settled().join();
        }
        screen.line("demo: " + peers.size() + " peers want the lock at once, " + entries + " entries ...");
        peers.forEach(contest::ask);
        contest.running.await();
        List<LogEntry> events = new ArrayList<>();
        for (LocalPeer peer : peers) {
            events.addAll(peer.loop().log(Integer.MAX_VALUE).join());
        }
        screen.line("one entry that had to wait, in causal order, with milliseconds since its request:");
        Timeline.of(events, LockName.DEFAULT, 2).forEach(screen::line);
        Check check = Check.of(LockName.DEFAULT, events);
        String order = rule == EntryRule.PERMISSIONS ? ", in the order of stamps" : "";
        screen.line(String.format(Locale.ROOT, "check: %d entries, %s, %.2f messages per entry (%s)", check.entries(),
                check.violation().orElse("never two at once" + order), check.messages() / (double) check.entries(), contest.theory()));
        return check.violation().isEmpty() && check.entries() == entries && contest.fits(check);
    }

    /** After one entry a peer knows that all others are at the same version of the group. */
    private void meet(LocalPeer peer) {
        CompletableFuture<Void> entered = new CompletableFuture<>();
        peer.loop().requests().ask("meeting", false, Long.MAX_VALUE, new LockListener() {
            @Override
            public void entered(Stamp stamp, long fence) {
                entered.complete(null);
            }

            @Override
            public void ended(Outcome outcome, String reason) {}
        }).thenAcceptBoth(entered, (number, done) -> peer.loop().requests().withdraw(number)).join();
    }

    private void ask(LocalPeer peer) {
        if (left.getAndDecrement() <= 0) {
            return;
        }
        CompletableFuture<Long> number = new CompletableFuture<>();
        peer.loop().requests().ask(LockName.DEFAULT, false, Long.MAX_VALUE, new LockListener() {
            @Override
            public void entered(Stamp stamp, long fence) {
                number.thenAccept(peer.loop().requests()::withdraw); // the entry may be faster than the number
            }

            @Override
            public void ended(Outcome outcome, String reason) {
                running.countDown();
                ask(peer);
            }
        }).thenAccept(number::complete);
    }

    /** How many messages an entry takes where all want it: what the papers say. */
    private String theory() {
        return switch (rule) {
            case PERMISSIONS -> "2(N-1) = " + most;
            case KEPT_PERMISSIONS -> "up to 2(N-1) = " + most;
            case TOKEN -> "1 where all want it";
            case OTHER -> "N = " + peers.size();
        };
    }

    private boolean fits(Check check) {
        int inAll = most * check.entries();
        return rule == EntryRule.PERMISSIONS ? check.messages() == inAll
                : check.messages() > 0 && (check.messages() <= inAll || rule == EntryRule.OTHER);
    }
}
