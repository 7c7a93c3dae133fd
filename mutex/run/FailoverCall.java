package mutex.run;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import mutex.remote.AwaitedAnswer;
import mutex.remote.Failover;
import mutex.remote.HoldClientCall.HoldEnd;
import mutex.remote.HoldClientCall;
import mutex.remote.PeerChoice;
import mutex.text.ExitCode;
import mutex.transport.NetworkErrorText;

/**
 * The call of a {@link LockHolder}: at one peer after another, where a peer is gone, or cannot use locks and another can. What
 * a call tells once the next was opened does not count. Called by the holder's thread only, but for {@link #peer}.
 */
final class FailoverCall {

    private final LockHolder holder;
    private final LockOptions options;
    private final Failover failover;
    private HoldClientCall call; // null before the first
    private int calls; // how many there were
    private boolean over = true; // there is none yet, or it has ended
    private volatile String peer; // the one that is asked
    private String gone; // what became of the peer before it; null once that was said
    private boolean waiting; // the request was taken in
    private boolean looking; // for another peer, as this one cannot use locks

    FailoverCall(LockHolder holder, LockOptions options) {
        this.holder = holder;
        this.options = options;
        failover = new Failover(options.peers.size(), options.attempt,
                options.waitMillis == 0 ? Long.MAX_VALUE : TimeUnit.MILLISECONDS.toNanos(options.waitMillis));
    }

    /** The peer that is asked, host:port; null before one is. */
    String peer() {
        return peer;
    }

    boolean isOver() {
        return over;
    }

    void ask(long question) {
        call.ask(question);
    }

    /** What ran is not to count. */
    void fail() {
        call.fail();
    }

    void close() {
        if (call != null) {
            call.close();
        }
    }

    /** Calls a peer: the only one, or one that answers. */
    void open() {
        over = true;
        holder.answerWithin(LockHolder.ANSWER_WITHIN);
        holder.tellOfSilence();
        if (options.peers.size() == 1) {
            openAt(options.peers.get(0));
            return;
        }
        CompletableFuture.runAsync(() -> {
            try {
                String chosen = PeerChoice.of(options.peers, options.tls);
                holder.whileWanted(() -> openAt(chosen));
            } catch (IOException e) {
                holder.whileWanted(() -> holder.end(ExitCode.NOT_NOW, e.getMessage() + "; start one, or name others: --peer host:port,host:port"));
            }
        });
    }

    private void openAt(String chosen) {
        long left = failover.left();
        if (left == 0) {
            holder.end(ExitCode.NOT_NOW, "[" + options.name + "] not acquired in time: "
                    + (gone == null ? "the peer at " + peer + " is gone" : gone));
            return;
        }
        if (gone != null) {
            holder.say(gone + "; goes on with the one at " + chosen);
            gone = null;
        }
        peer = chosen;
        over = false;
        call = HoldClientCall.open(peer, options.tls, holder.client(), options.locks, options.attempt,
                left == Long.MAX_VALUE ? 0 : Math.max(1, TimeUnit.NANOSECONDS.toMillis(left)), holder.notice(), options.onceMillis, new CallListener(++calls));
        holder.answerWithin(LockHolder.ANSWER_WITHIN);
    }

    /** What is waited for, as long as nothing has come. */
    String awaited() {
        return AwaitedAnswer.line(options.peers, over ? null : peer, !over && call.looksUp());
    }

    /** Why nothing has come for so long. */
    String silence() {
        return call != null && call.looksUp() ? noPeer(NetworkErrorText.unanswered(peer)) : "the peer at " + peer + " does not answer";
    }

    private String noPeer(String why) {
        return "no peer at " + peer + " (" + why + "); " + NetworkErrorText.cure(why);
    }

    /** The peer has the request; whether it is to be asked now and then if it can use locks. */
    boolean takenIn() {
        failover.takenIn();
        waiting = true;
        return failover.looksOn();
    }

    /** This peer can use no locks now; if another can, the request goes on there. */
    void lookForAnother() {
        if (looking) {
            return;
        }
        looking = true;
        int number = calls;
        CompletableFuture.supplyAsync(this::readyPeer).whenComplete((ready, failed) -> holder.post(() -> {
            looking = false;
            if (ready != null && !ready.equals(peer) && number == calls && !over && !holder.held && !holder.isGivingBack()) {
                gone = "the peer at " + peer + " cannot use locks now";
                call.close();
                openAt(ready);
            }
        }));
    }

    private String readyPeer() {
        try {
            return PeerChoice.ready(options.peers, options.tls);
        } catch (IOException interrupted) {
            return null;
        }
    }

    /** It ended without an answer to the request: null where another peer is asked now, else a line that says why not. */
    String goOn(String reason) {
        String told = reason == null ? "it ended the call" : reason;
        if (Failover.isSaid(told) && failover.left() == 0) {
            return told; // the peer was there to the end of the wait
        } else if (failover.goesOn(told)) {
            gone = waiting ? "the peer at " + peer + " is gone (" + told + ")" : null;
            waiting = false;
            holder.within(Failover.AGAIN_AFTER_MILLIS, this::open);
            return null;
        }
        return Failover.isSaid(told) ? told
                : waiting ? "[" + options.name + "] not acquired: the peer at " + peer + " is gone (" + told + ")"
                : noPeer(told);
    }

    /** Hears of one call. */
    private final class CallListener implements HoldClientCall.HoldListener {

        private final int number;

        CallListener(int number) {
            this.number = number;
        }

        /** Once the lock is being given back, what comes about it does not count either: least of all a late entry. */
        private void whileWanted(Runnable event) {
            holder.whileWanted(() -> {
                if (number == calls) {
                    event.run();
                }
            });
        }

        @Override
        public void waiting() {
            whileWanted(holder::takenIn);
        }

        @Override
        public void held(long fence) {
            whileWanted(() -> holder.entered(fence));
        }

        @Override
        public void sure(long asked, long millis, long atBestMillis, boolean able) {
            whileWanted(() -> holder.answered(asked, millis, atBestMillis, able));
        }

        @Override
        public void leaving() {
            whileWanted(() -> holder.lose("the peer is leaving"));
        }

        @Override
        public void hasRun(int where, long agoMillis, long againMillis) {
            whileWanted(() -> holder.hasRun(where, agoMillis, againMillis));
        }

        @Override
        public void ended(HoldEnd end, String reason) {
            holder.post(() -> {
                if (number == calls) {
                    over = true;
                    holder.ended(end, reason);
                }
            });
        }
    }
}
