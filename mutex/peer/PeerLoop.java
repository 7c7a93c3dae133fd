package mutex.peer;

import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import mutex.event.Event;
import mutex.event.NodeView;
import mutex.group.DurableState;
import mutex.link.FaultLab;
import mutex.link.Links;
import mutex.log.Journal;
import mutex.log.LogEntry;
import mutex.log.LogFile;
import mutex.node.Node;
import mutex.state.StateFile;
import mutex.status.Snapshot;
import mutex.status.StoppingText;
import mutex.transport.EventLoop;
import mutex.transport.FailureText;
import mutex.wire.NodeStart;
import mutex.wire.StepRecorder;

/**
 * A running peer as people and programs meet it. Public methods may be called from any thread and return at once: they
 * queue a task for the loop thread, and what they start is told through callbacks there; but see {@link PeerRequests#askHere}.
 */
public final class PeerLoop {

    /** More locks than a person reads: whoever looks often is shown no more, so that it costs the same however many are held. */
    static final int SHOWN = 1_500;

    private final EventLoop loop;
    private final PeerSettings settings;
    private final Failures failures;
    private final Journal journal;
    private final NodeStart nodeStart;
    private final FaultLab lab;
    private final NodeRunner runner;
    private final PeerLinks links;
    private final PendingRequests pending;
    private final Departure departure;
    private final EffectRunner effects;
    private final PeerRequests requests;

    /**
     * @param voice takes the lines for a person; called on the loop thread
     * @throws IllegalArgumentException when the state file cannot be used
     */
    PeerLoop(EventLoop loop, PeerSettings settings, StateFile state, Consumer<String> voice, SuspendAwareClock clock) {
        this.loop = loop;
        this.settings = settings;
        failures = new Failures(voice, settings.dying(), this::lastEvents);
        loop.whenFailed(failures::failed);
        state.whenFailed(this::endIfFatal);
        journal = new Journal(settings.id(), failures::failed);
        nodeStart = NodeStart.now(settings.hello(), state.read(), settings.mostLocks(), clock.now());
        Node node = nodeStart.node(settings.algorithms());
        lab = new FaultLab(loop, settings.id(), this::woken, this::faultsChanged);
        runner = new NodeRunner(node, loop, clock, lab.pause(), failures);
        failures.whenBroken(runner::halt);
        links = new PeerLinks(loop, node, settings, journal, lab, runner, failures, this::look);
        pending = new PendingRequests(failures::failed);
        departure = new Departure(loop, lab.pause(), node, runner, pending, failures);
        PairNotice pairs = new PairNotice(loop, node, settings.leaseMillis() > 0, pending::refusing, failures);
        effects = new EffectRunner(loop, runner, journal, links, pending, state, departure, pairs, failures);
        requests = new PeerRequests(loop, runner, pending, settings.algorithms());
    }

    private List<LogEntry> lastEvents() {
        return journal.last(20);
    }

    /** Time has gone by: that comes before all that waits. */
    private void woken() {
        failures.say("the pause is over");
        runner.step(new Event.Tick());
    }

    private void faultsChanged() {
        links.faultsChanged();
    }

    /** What the state file said when this peer was made; null when there was none. */
    DurableState remembered() {
        return nodeStart.saved();
    }

    /** The listener is told whether this peer may use locks, whenever that changes; loop thread. */
    void whenServing(Consumer<Boolean> listener) {
        runner.whenServing(listener);
    }

    /** Writes events and what is fed to the node into the log; to be called before {@link #start}. */
    void record(LogFile log) {
        log.begin(nodeStart.json());
        log.whenFailed(this::endIfFatal);
        runner.record(new StepRecorder(log, settings.id()));
        journal.listen(log);
    }

    /** Begins: from now on the peer dials, greets and answers. */
    void start() {
        loop.run(() -> {
            if (!runner.ended()) {
                runner.begin(effects, links);
                links.start();
            }
        });
    }

    /** Withdraws everything, tells the others so and closes the links; programs that asked for notice get it. */
    public CompletableFuture<Void> close() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        loop.run(() -> departure.close(() -> {
            links.close();
            done.complete(null);
        }));
        return done;
    }

    // What people and programs ask for.

    /** Locks, and changes of the group. */
    public PeerRequests requests() {
        return requests;
    }

    /** Peers may be at these addresses, which are all that discovery finds now; see {@link Event.Discovered}. */
    public void discovered(Set<String> addresses) {
        loop.run(() -> runner.step(new Event.Discovered(addresses)));
    }

    /**
     * Withdraws everything, then leaves the group.
     *
     * @param asked is run when programs under a lock have stopped, and the others are asked to go on without this peer
     * @param done gets null when they do, or one line why not
     */
    public void leave(Runnable asked, Consumer<String> done) {
        loop.run(() -> departure.leave(asked, done));
    }

    // What they want to know.

    /** Says which programs have to stop before this peer ends or leaves; null when there are none. */
    public CompletableFuture<String> stopping() {
        return loop.ask(() -> StoppingText.of(pending.stopping()));
    }

    /** This peer with its first {@link #SHOWN} locks. */
    public CompletableFuture<Snapshot> snapshot() {
        return snapshot(Set.of());
    }

    /** The same; those locks are among them in any case. */
    public CompletableFuture<Snapshot> snapshot(Set<String> about) {
        return loop.ask(() -> look(about));
    }

    /** This peer without its locks, and how many there are; of one instant. */
    public <T> CompletableFuture<T> counted(BiFunction<Snapshot, NodeView.LockTotals, T> taker) {
        return loop.ask(() -> taker.apply(look(Set.of(), 0), runner.totals()));
    }

    /**
     * How the linked peers stand, and this one; those that do not answer within a second are left out.
     *
     * @param about locks that each tells of in any case; of others as far as there is room
     */
    public CompletableFuture<SortedMap<Integer, Snapshot>> inquire(Set<String> about) {
        return links.inquire(about);
    }

    /** Done when no link is being made; see {@link Links#settled()}. */
    public CompletableFuture<Void> settled() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        loop.run(() -> links.links().settled().thenAccept(done::complete));
        return done;
    }

    /** The last events, oldest first, at most so many. */
    public CompletableFuture<List<LogEntry>> log(int count) {
        return loop.ask(() -> journal.last(count));
    }

    /** Hands on the last events, at most so many, and then each as it comes: on the loop thread, so it must not block. */
    public void follow(int last, Consumer<LogEntry> listener) {
        loop.run(() -> {
            journal.last(last).forEach(listener);
            journal.listen(listener);
        });
    }

    /** No more of that. */
    public void unfollow(Consumer<LogEntry> listener) {
        loop.run(() -> journal.unlisten(listener));
    }

    /** Loop thread only, but for listening. */
    public Journal journal() {
        return journal;
    }

    /** The faults between this peer and others, for those who learn. */
    public FaultLab lab() {
        return lab;
    }

    public PeerSettings settings() {
        return settings;
    }

    /** A page of this peer, say, threw: the peer says so, and goes on. */
    public void mishap(Throwable error) {
        try {
            loop.run(() -> failures.failed(error));
        } catch (RejectedExecutionException closed) {
            // this peer has ended
        } catch (Error full) { // no memory for a task
            settings.dying().accept(full, Failures.UNKNOWN);
        }
    }

    /** A thread of this peer met it, has said so, and goes on, unless it is fatal: then the process ends. */
    public void endIfFatal(Throwable error) {
        if (FailureText.isFatal(error)) {
            mishap(error);
        }
    }

    // For the server of this peer, on the loop thread.

    Links links() {
        return links.links();
    }

    /** This peer as it is, with those locks and others, {@link #SHOWN} at most. */
    Snapshot look(Set<String> about) {
        return look(about, SHOWN);
    }

    private Snapshot look(Set<String> about, int most) {
        return Snapshots.at(runner.view(about, most), settings, links.links(), journal.tallies(), lab.lines(), pending::client);
    }

    /** Runs the task now, or when this peer is paused no more. */
    void awake(Runnable task) {
        lab.pause().after(task);
    }

    void after(long nanos, Runnable task) {
        loop.after(nanos, task);
    }

    /** See {@link NodeRunner#sure}. */
    long sure() {
        return runner.sure();
    }

    /** See {@link NodeRunner#able}. */
    boolean able() {
        return runner.able();
    }
}
