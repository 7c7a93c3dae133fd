package mutex.peer;

import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import mutex.event.Effect;
import mutex.event.Event;
import mutex.event.LogEvent;
import mutex.group.DurableState;
import mutex.log.Journal;
import mutex.state.StateFile;
import mutex.transport.EventLoop;

/** Carries out what a step of the node asks for: answers, the state file, the log. Loop thread only. */
final class EffectRunner {

    private final EventLoop loop;
    private final NodeRunner runner;
    private final Journal journal;
    private final PeerLinks links;
    private final PendingRequests pending;
    private final StateFile state;
    private final Departure departure;
    private final PairNotice pairs;
    private final Failures failures;

    EffectRunner(EventLoop loop, NodeRunner runner, Journal journal, PeerLinks links, PendingRequests pending, StateFile state,
            Departure departure, PairNotice pairs, Failures failures) {
        this.loop = loop;
        this.runner = runner;
        this.journal = journal;
        this.links = links;
        this.pending = pending;
        this.state = state;
        this.departure = departure;
        this.pairs = pairs;
        this.failures = failures;
    }

    /** Those of one step, which has one time in the log: microseconds since 1970. */
    void carryOut(List<Effect> effects, long micros) {
        for (Effect effect : effects) {
            carryOut(effect, micros);
        }
    }

    private void carryOut(Effect effect, long micros) {
        if (effect instanceof LogEvent happening) {
            journal.record(happening, micros);
            if (happening.kind() == LogEvent.EventKind.GROUP) {
                links.regrouped();
                pairs.regrouped();
            }
        } else if (effect instanceof Effect.Entered entered) {
            if (!pending.entered(entered)) {
                loop.later(() -> runner.step(new Event.Withdraw(entered.asker()))); // nobody would give it back
            }
        } else if (effect instanceof Effect.Ended ended) {
            pending.ended(ended);
            departure.askerEnded();
        } else if (effect instanceof Effect.HasRun ran) {
            pending.hasRun(ran);
            departure.askerEnded();
        } else if (effect instanceof Effect.Answered answered) {
            pending.answered(answered);
            redial(); // without the address of a newcomer that did not answer
        } else if (effect instanceof Effect.Save save) {
            save(save.saved());
        } else if (effect instanceof Effect.Redial) {
            redial();
        } else if (effect instanceof Effect.Say say) {
            failures.sayOncePerMinute(say.line());
        }
    }

    /** Who has left needs the others until they know that, but no new links. */
    private void redial() {
        if (!departure.isOut()) {
            links.keep();
        }
    }

    private void save(DurableState saved) {
        state.write(saved, problem -> {
            try {
                loop.run(() -> runner.step(new Event.Written(problem)));
            } catch (RejectedExecutionException closed) {
                // nobody waits for it any more
            }
        });
    }
}
