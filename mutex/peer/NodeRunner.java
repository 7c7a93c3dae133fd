package mutex.peer;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.function.Consumer;
import mutex.algorithm.LockMode;
import mutex.event.Event;
import mutex.event.NodeView;
import mutex.link.Pause;
import mutex.node.Node;
import mutex.transport.EventLoop;
import mutex.wire.StepRecorder;

/**
 * The only caller of the core: feeds it one event after another with the time, and has the effects of each carried
 * out before the next. Between steps it keeps a timer for when the node wants to be woken. Loop thread only.
 */
final class NodeRunner {

    /** An event in the queue, and how many events its sender had logged. */
    private record TimedEvent(Event event, long known) {}

    private final Node node;
    private final EventLoop loop;
    private final SuspendAwareClock clock;
    private final Pause pause;
    private final Failures failures;
    private final Deque<TimedEvent> events = new ArrayDeque<>(); // that came up while stepping, or before the beginning
    private EffectRunner effects; // null before the beginning, as the next
    private PeerLinks links;
    private StepRecorder recorder; // null: what is fed to the node is not written down
    private boolean stepping;
    private boolean stepped; // since the last rest
    private boolean ended;
    private boolean halted;
    private ScheduledFuture<?> wake;
    private long wakeAt = Long.MAX_VALUE;
    private long lastStep; // when it was made
    private long suspended; // how much the clock had skipped when that was last looked at
    private Consumer<Boolean> whenServing = now -> { };
    private boolean serving; // as of the last rest

    NodeRunner(Node node, EventLoop loop, SuspendAwareClock clock, Pause pause, Failures failures) {
        this.node = node;
        this.loop = loop;
        this.clock = clock;
        this.pause = pause;
        this.failures = failures;
    }

    /** What is fed to the node from now on is written down. */
    void record(StepRecorder recorder) {
        this.recorder = recorder;
    }

    /** The listener is told whether this peer may use locks, whenever that changes. */
    void whenServing(Consumer<Boolean> listener) {
        whenServing = listener;
    }

    /** Makes the first step; what came before is fed after it. */
    void begin(EffectRunner effects, PeerLinks links) {
        this.effects = effects;
        this.links = links;
        step(new Event.Tick());
    }

    /** Makes no more steps. */
    void end() {
        ended = true;
        if (wake != null) {
            wake.cancel(false);
        }
    }

    /** The core has broken a rule, and is not called again. */
    void halt() {
        halted = true;
    }

    boolean ended() {
        return ended;
    }

    /** Whether it has begun, and the core has kept its rules so far. */
    boolean steps() {
        return effects != null && !halted;
    }

    void step(Event event) {
        step(event, 0);
    }

    /**
     * Feeds the event now, or after the step under way, or when this peer is paused no more.
     *
     * @param known how many events the sender of the received frame had logged when it sent it; 0 where none was received
     */
    void step(Event event, long known) {
        if (ended || halted) {
            return;
        }
        events.add(new TimedEvent(event, known));
        if (stepping || effects == null || pause.isOn()) {
            return;
        }
        stepping = true;
        try {
            feedAll();
            stepped = true;
            if (!links.sendSoon()) {
                rest();
            }
        } catch (RuntimeException | Error rule) {
            failures.die(rule);
            throw rule;
        }
        stepping = false;
    }

    private void feedAll() {
        while (!events.isEmpty()) {
            long now = clock.now();
            if (clock.skipped() != suspended) {
                long more = clock.skipped() - suspended;
                suspended = clock.skipped();
                feed(new TimedEvent(new Event.Skipped(more), 0), now);
            }
            feed(events.poll(), now);
        }
    }

    private void feed(TimedEvent due, long now) {
        if (recorder != null) {
            recorder.fed(due.event, due.known, now);
        }
        lastStep = now;
        effects.carryOut(node.feed(due.event, now), clock.micros());
    }

    /** Whether the locks would be entered here in one step, which sends nothing and does nothing that was due. */
    boolean entersAlone(List<LockMode> locks) {
        return node.entersAlone(locks) && rests();
    }

    /** The same of giving back. */
    boolean leavesAlone(long asker) {
        return node.leavesAlone(asker) && rests();
    }

    /** Whether nothing is under way, waits or is due. */
    private boolean rests() {
        boolean idle = steps() && !ended && !stepping && !stepped && events.isEmpty() && !pause.isOn();
        return idle && clock.now() < wakeAt && clock.skipped() == suspended;
    }

    /** After steps, and after the first frame that they send: sets the timer, and tells whether locks can be entered now. */
    void rest() {
        if (stepped && !ended) {
            stepped = false;
            setTimer(node.wakeAt());
            tellServing();
        }
    }

    /**
     * For when the node next wants to be woken. A timer that comes before that stays, and looks again then: each request
     * has a time to be looked at, and nearly all are over before it.
     */
    private void setTimer(long next) {
        if (wake != null && wakeAt <= next) {
            return;
        }
        if (wake != null) {
            wake.cancel(false);
            wake = null;
        }
        wakeAt = next;
        if (next != Long.MAX_VALUE) {
            long now = clock.now();
            wake = loop.after(next <= now ? 0 : next - now, this::wake);
        }
    }

    private void wake() {
        wake = null;
        step(new Event.Tick());
    }

    private void tellServing() {
        boolean now = able(lastStep);
        if (now != serving) {
            serving = now;
            try {
                whenServing.accept(now);
            } catch (Throwable error) {
                failures.failed(error);
            }
        }
    }

    /** Steps if the machine was suspended, which no timer notices. */
    void tickIfSuspended() {
        clock.now();
        if (clock.skipped() != suspended) {
            step(new Event.Tick());
        }
    }

    /** Whether locks can be entered here: there is a group and, with a lease, a majority. */
    boolean able() {
        return able(clock.now());
    }

    private boolean able(long now) {
        return node.group() != null && node.standing(now);
    }

    /** How much longer what is held here stays so if this peer fell silent now, in nanoseconds; Long.MAX_VALUE for ever. */
    long sure() {
        long until = node.sureUntil();
        return until == Long.MAX_VALUE ? until : until - clock.now();
    }

    /** By the node's clock, so many nanoseconds from now; Long.MAX_VALUE where that does not fit, for never. */
    long deadline(long waitNanos) {
        if (waitNanos == Long.MAX_VALUE) {
            return waitNanos;
        }
        long now = clock.now();
        return now + waitNanos < now ? Long.MAX_VALUE : now + waitNanos;
    }

    NodeView.LockTotals totals() {
        return node.totals();
    }

    /** See {@link Node#view(long, Set, int)}. */
    NodeView view(Set<String> about, int most) {
        return node.view(clock.now(), about, most);
    }
}
