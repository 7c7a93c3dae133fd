package mutex.peer;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongFunction;
import mutex.MutexProto.LinkMessage;
import mutex.MutexProto.Report;
import mutex.group.DurableState;
import mutex.group.Group;
import mutex.group.Hello;
import mutex.link.FaultLab;
import mutex.link.Inquiries;
import mutex.link.Links;
import mutex.link.Outbox;
import mutex.log.Journal;
import mutex.log.LogEntry;
import mutex.log.LogFile;
import mutex.node.Effect;
import mutex.node.Event;
import mutex.node.Frame;
import mutex.node.LogEvent;
import mutex.node.Node;
import mutex.status.LockListener;
import mutex.status.Snapshot;
import mutex.status.StoppingText;
import mutex.text.LeaseText;
import mutex.transport.EventLoop;
import mutex.transport.FailureText;
import mutex.transport.OncePerMinute;
import mutex.transport.SuspendAwareClock;
import mutex.wire.NodeStart;
import mutex.wire.StepRecorder;
import mutex.wire.WireFrame;
import mutex.wire.WireStatus;

/**
 * Runs a node: the only caller of the core, on the one loop thread. Methods may be called from any
 * thread and return at once; what they start is told through callbacks on the loop.
 */
public final class PeerLoop implements Links.LinksOwner {

    private static final long LINK_TICK = 100_000_000L;
    private static final long SAY_PAIR_AFTER = 1_000_000_000L; // a group that grows is one for a moment
    private static final String LEAVING = "this peer is leaving";
    private static final long SAY_STOPPING_AFTER = 300_000_000L; // most end as soon as they are told

    /** An event in line, and how many events its sender had logged. */
    private record TimedEvent(Event event, long known) {}

    private final EventLoop loop;
    private final PeerSettings settings;
    private final StateFile state;
    private final Node node;
    private final Journal journal;
    private final Links links;
    private final Outbox outbox;
    private final Consumer<String> voice;
    private final OncePerMinute repeats = new OncePerMinute();
    private final NodeStart beginning;
    private StepRecorder recorder; // null: what is fed to the node is not written down
    private final Deque<TimedEvent> events = new ArrayDeque<>(); // that came up while stepping
    private boolean stepping;
    private final SuspendAwareClock clock;
    private final PendingRequests askers = new PendingRequests(this::failed);
    private final Inquiries inquiries;
    private final FaultLab lab;
    private ScheduledFuture<?> wake;
    private long wakeAt = Long.MAX_VALUE;
    private long suspended; // how much the clock had skipped when that was last looked at
    private boolean pair; // in a group of two, with a lease
    private boolean begun; // until then what happens waits in line
    private boolean leaving; // the group: nobody asks any more
    private final List<Runnable> onceIdle = new ArrayList<>(); // for when nothing is wanted or held here any more
    private boolean closed;
    private boolean broken; // a rule of the core: it is not called again
    private Consumer<Boolean> whenServing = now -> { };
    private boolean serving; // as of the last step

    /**
     * @param voice takes the lines for a person; called on the loop thread
     * @throws IllegalArgumentException when the state file cannot be used
     */
    PeerLoop(EventLoop loop, PeerSettings settings, StateFile state, Consumer<String> voice, SuspendAwareClock clock) {
        this.loop = loop;
        this.clock = clock;
        this.settings = settings;
        this.state = state;
        this.voice = voice;
        journal = new Journal(settings.id(), this::failed);
        beginning = NodeStart.now(settings.hello(), state.read(), clock.now());
        node = beginning.node(settings.algorithms());
        lab = new FaultLab(loop, settings.id(), this::woken, this::faultsChanged);
        links = new Links(loop, this, this::hello, lab);
        outbox = new Outbox(task -> loop.later(() -> lab.pause().after(() -> orDie(task))), this::send);
        loop.whenFailed(this::failed);
        inquiries = new Inquiries(loop, links);
    }

    /** What the state file said when this peer was made; null when there was none. */
    DurableState remembered() {
        return beginning.saved();
    }

    /** The listener is told whether this peer may use locks, whenever that changes; loop thread. */
    void whenServing(Consumer<Boolean> listener) {
        whenServing = listener;
    }

    /** Writes events and what is fed to the node into the log; to be called before {@link #start}. */
    void record(LogFile log) {
        log.begin(beginning.json());
        recorder = new StepRecorder(log, settings.id());
        journal.listen(log);
    }

    /** Begins: from now on the peer dials, greets and answers. */
    public void start() {
        loop.run(() -> {
            if (closed) {
                return;
            }
            begun = true;
            step(new Event.Tick());
            links.keep(node.addresses());
            linkTick();
        });
    }

    /** Time has gone by: that comes before all that waits. */
    private void woken() {
        say("the pause is over");
        step(new Event.Tick());
    }

    private void faultsChanged() {
        if (begun && !closed && !lab.pause().isOn()) {
            links.tick();
        }
    }

    private void linkTick() {
        if (closed) {
            return;
        }
        loop.after(LINK_TICK, this::linkTick); // first: whatever fails below, there is a next time
        if (!lab.pause().isOn()) {
            links.tick();
            clock.now();
            if (clock.skipped() != suspended) {
                step(new Event.Tick()); // no timer noticed
            }
        }
    }

    private Hello hello() {
        return node.hello(settings.process(), settings.algorithms().name(), settings.leaseMillis());
    }

    // For people and programs at this peer.

    /** Peers may be at these addresses, which are all that discovery finds now; see {@link Event.Discovered}. */
    public void discovered(Set<String> addresses) {
        loop.run(() -> step(new Event.Discovered(addresses)));
    }

    /** Asks for a lock; gives the number to {@link #withdraw} it by. The wait is in nanoseconds. */
    public CompletableFuture<Long> ask(String lock, boolean attempt, long waitNanos, LockListener asking) {
        return numbered(() -> asking.ended(Effect.Outcome.CANCELLED, LEAVING), asker -> {
            askers.add(asker, asking);
            long now = clock.now();
            long deadline = now + waitNanos;
            boolean forEver = waitNanos == Long.MAX_VALUE || deadline < now; // it does not fit
            step(new Event.Ask(asker, lock, attempt, forEver ? Long.MAX_VALUE : deadline));
        });
    }

    private CompletableFuture<Long> numbered(Runnable refused, LongConsumer asked) {
        CompletableFuture<Long> number = new CompletableFuture<>();
        loop.run(() -> {
            long asker = askers.number();
            number.complete(asker);
            if (closed || leaving) {
                refused.run();
            } else {
                asked.accept(asker);
            }
        });
        return number;
    }

    /** Gives the lock back, or withdraws the request; a change of the group that is proposed already goes on. */
    public void withdraw(long asker) {
        loop.run(() -> step(new Event.Withdraw(asker)));
    }

    /** Passes the token of the lock on to the next peer; gives null, or one line why not. */
    public CompletableFuture<String> pass(String lock) {
        CompletableFuture<String> done = new CompletableFuture<>();
        change(done::complete, asker -> new Event.PassToken(asker, lock));
        return done;
    }

    /** Adds the peer at the address to the group; done gets null, or one line why not. */
    public CompletableFuture<Long> add(String endpoint, Consumer<String> done) {
        return change(done, asker -> new Event.Add(asker, endpoint));
    }

    /** Removes the members from the group; done gets null, or one line why not. See {@link Event.Remove}. */
    public CompletableFuture<Long> remove(SortedSet<Integer> ids, boolean force, Consumer<String> done) {
        return change(done, asker -> new Event.Remove(asker, ids, force));
    }

    private CompletableFuture<Long> change(Consumer<String> done, LongFunction<Event> wish) {
        return numbered(() -> done.accept(LEAVING), asker -> change(asker, done, wish.apply(asker)));
    }

    private void change(long asker, Consumer<String> done, Event wish) {
        askers.add(asker, done);
        step(wish);
    }

    /**
     * Withdraws everything, then leaves the group.
     *
     * @param asked is run when programs under a lock have stopped, and the others are asked to go on without this peer
     * @param done gets null when they do, or one line why not
     */
    public void leave(Runnable asked, Consumer<String> done) {
        loop.run(() -> {
            lab.pause().end();
            Group group = node.group();
            if (closed || group == null || group.members().size() == 1) {
                done.accept(null);
                return;
            }
            leaving = true;
            withdrawAll(() -> {
                asked.run();
                long asker = askers.number();
                change(asker, problem -> {
                    leaving = problem == null;
                    done.accept(problem);
                }, new Event.Leave(asker));
            });
        });
    }

    /** Then comes what follows: at once, unless a program needs notice to stop what it does under a lock. */
    private void withdrawAll(Runnable then) {
        if (!begun || broken) {
            then.run();
            return;
        }
        askers.ofLocks().stream().filter(asker -> !askers.warned(asker)).forEach(asker -> step(new Event.Withdraw(asker)));
        onceIdle.add(then);
        idle();
    }

    /** Says which programs have to stop before this peer ends or leaves; null when there are none. */
    public CompletableFuture<String> stopping() {
        CompletableFuture<String> line = new CompletableFuture<>();
        loop.run(() -> line.complete(StoppingText.of(askers.stopping())));
        return line;
    }

    private void idle() {
        if (askers.ofLocks().isEmpty()) {
            List<Runnable> all = List.copyOf(onceIdle);
            onceIdle.clear();
            all.forEach(loop::guard);
        }
    }

    /** How much longer what is held here stays so if this peer fell silent now, in nanoseconds; Long.MAX_VALUE for ever. */
    long sure() {
        long until = node.sureUntil();
        return until == Long.MAX_VALUE ? until : until - clock.now();
    }

    /** Whether locks can be entered here: there is a group and, with a lease, a majority. */
    boolean able() {
        return node.group() != null && node.standing(clock.now());
    }

    void after(long nanos, Runnable task) {
        loop.after(nanos, task);
    }

    public CompletableFuture<Snapshot> snapshot() {
        CompletableFuture<Snapshot> answer = new CompletableFuture<>();
        loop.run(() -> answer.complete(look()));
        return answer;
    }

    /** How the linked peers stand, and this one; those that do not answer within a second are left out. */
    public CompletableFuture<SortedMap<Integer, Snapshot>> inquire() {
        CompletableFuture<SortedMap<Integer, Snapshot>> answer = new CompletableFuture<>();
        loop.run(() -> {
            if (lab.pause().isOn()) {
                answer.complete(new TreeMap<>(Map.of(settings.id(), look())));
            } else {
                inquiries.ask(settings.id(), this::look, answer);
            }
        });
        return answer;
    }

    /** Done when no link is being made; see {@link Links#settled()}. */
    public CompletableFuture<Void> settled() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        loop.run(() -> links.settled().thenAccept(done::complete));
        return done;
    }

    /** The last events, oldest first, at most so many. */
    public CompletableFuture<List<LogEntry>> log(int count) {
        CompletableFuture<List<LogEntry>> answer = new CompletableFuture<>();
        loop.run(() -> answer.complete(journal.last(count)));
        return answer;
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

    Links links() {
        return links;
    }

    /** The faults between this peer and others, for those who learn. */
    public FaultLab lab() {
        return lab;
    }

    /** Runs the task on the loop: now, or when this peer is paused no more. */
    void awake(Runnable task) {
        lab.pause().after(task);
    }

    /** Loop thread only, but for listening. */
    public Journal journal() {
        return journal;
    }

    public PeerSettings settings() {
        return settings;
    }

    /** Withdraws everything, tells the others so and closes the links; programs that asked for notice get it. */
    public CompletableFuture<Void> close() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        loop.run(() -> {
            leaving = true;
            lab.pause().end();
            withdrawAll(() -> {
                closed = true;
                askers.refuseChanges(LEAVING);
                outbox.flush();
                links.close();
                if (wake != null) {
                    wake.cancel(false);
                }
                done.complete(null);
            });
            loop.after(SAY_STOPPING_AFTER, () -> {
                String line = closed ? null : StoppingText.of(askers.stopping());
                if (line != null) {
                    say(line + "; INT or TERM once more (Ctrl-C) ends at once");
                }
            });
        });
        return done;
    }

    /** This peer as it is; loop thread only. */
    Snapshot look() {
        return Snapshots.at(node.view(clock.now()), settings, links, journal.tallies(), lab.lines(), askers::client);
    }

    // The loop.

    void step(Event event) {
        step(event, 0);
    }

    /**
     * @param known how many events the sender of the received frame had logged when it sent it; 0 where none was received
     */
    private void step(Event event, long known) {
        if (closed || broken) {
            return;
        }
        events.add(new TimedEvent(event, known));
        if (stepping || !begun || lab.pause().isOn()) {
            return;
        }
        stepping = true;
        orDie(() -> {
            while (!events.isEmpty()) {
                long now = clock.now();
                if (clock.skipped() != suspended) {
                    long more = clock.skipped() - suspended;
                    suspended = clock.skipped();
                    feed(new TimedEvent(new Event.Skipped(more), 0), now);
                }
                feed(events.poll(), now);
            }
            rest();
            tellServing();
        });
        stepping = false;
    }

    private void feed(TimedEvent due, long now) {
        if (recorder != null) {
            recorder.fed(due.event, due.known, now);
        }
        node.step(due.event, now).forEach(this::apply);
    }

    private void tellServing() {
        boolean now = able();
        if (now != serving) {
            serving = now;
            try {
                whenServing.accept(now);
            } catch (Throwable error) {
                failed(error);
            }
        }
    }

    /** A peer that fails in the middle of a step must not go on. */
    private void orDie(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error rule) {
            die(rule);
            throw rule;
        }
    }

    private void die(Throwable error) {
        if (!broken) {
            broken = true;
            settings.dying().accept(error, String.valueOf(journal.last(20)));
        }
    }

    /** Something at the edge threw: a listener, a page, a link. Not the core, so this peer goes on, and says what it was. */
    @Override
    public void failed(Throwable error) {
        if (broken) {
            return; // it is that which is on its way out
        }
        if (FailureText.isFatal(error)) {
            die(error);
            return;
        }
        String line = "failed here, and goes on: " + FailureText.inOneLine(error);
        if (repeats.first(line, System.nanoTime())) {
            say(line);
        }
    }

    /** The same from any thread, as that of a page. */
    public void mishap(Throwable error) {
        try {
            loop.run(() -> failed(error));
        } catch (RejectedExecutionException closed) {
            // this peer has ended
        }
    }

    private void apply(Effect effect) {
        if (effect instanceof Effect.Note note) {
            journal.record(note.happening());
            if (note.happening().kind() == LogEvent.EventKind.GROUP) {
                regrouped();
            }
        } else if (effect instanceof Effect.Send send) {
            outbox.add(send.to(), send.frame());
        } else if (effect instanceof Effect.Entered entered) {
            if (!askers.entered(entered)) {
                loop.later(() -> step(new Event.Withdraw(entered.asker()))); // nobody would give it back
            }
        } else if (effect instanceof Effect.Ended ended) {
            askers.ended(ended);
            if (!onceIdle.isEmpty()) {
                loop.later(this::idle);
            }
        } else if (effect instanceof Effect.Answered answered) {
            askers.answered(answered);
            redial(); // without the address of a newcomer that did not answer
        } else if (effect instanceof Effect.Save save) {
            state.write(save.saved(), this::written);
        } else if (effect instanceof Effect.Redial) {
            redial();
        } else if (effect instanceof Effect.Say say && repeats.first(say.line(), System.nanoTime())) {
            say(say.line());
        }
    }

    /** On the writer's thread. */
    private void written(String problem) {
        try {
            loop.run(() -> step(new Event.Written(problem)));
        } catch (RejectedExecutionException closed) {
            // nobody waits for it any more
        }
    }

    /** Whether this peer is in a group, and that one is not in it; before there is a group nobody is. */
    @Override
    public boolean isStranger(int peer) {
        Group group = node.group();
        return group != null && !group.members().containsKey(peer);
    }

    private void regrouped() {
        links.regrouped();
        boolean before = pair;
        pair = isPair();
        if (pair && !before) {
            loop.after(SAY_PAIR_AFTER, () -> {
                if (isPair() && !leaving) {
                    say(LeaseText.OF_TWO);
                }
            });
        }
    }

    private boolean isPair() {
        return settings.leaseMillis() > 0 && node.group() != null && node.group().members().size() == 2;
    }

    /** Who has left needs the others until they know that, but no new links. */
    private void redial() {
        if (!leaving || node.group() != null) {
            links.keep(node.addresses());
        }
    }

    private void send(int to, Frame frame) {
        WireFrame.out(frame, journal.reading()).forEach(part -> links.send(to, LinkMessage.newBuilder().setFrame(part).build()));
    }

    /** Sets the timer for when the node next wants to be woken. */
    private void rest() {
        long next = node.wakeAt();
        if (next == wakeAt && wake != null && !wake.isDone()) {
            return;
        }
        if (wake != null) {
            wake.cancel(false);
            wake = null;
        }
        wakeAt = next;
        if (next != Long.MAX_VALUE) {
            long now = clock.now();
            wake = loop.after(next <= now ? 0 : next - now, () -> step(new Event.Tick()));
        }
    }

    // From the links.

    @Override
    public void linked(Hello peer, String dialed) {
        step(new Event.Linked(peer, dialed));
    }

    @Override
    public void unlinked(int peer) {
        step(new Event.Unlinked(peer));
    }

    @Override
    public void ownAddress(String dialed) {
        say(dialed + " is this peer itself; it is left out of the list");
        step(new Event.OwnAddress(dialed));
    }

    @Override
    public void received(int peer, boolean stranger, LinkMessage message) {
        switch (message.getWhatCase()) {
            case FRAME -> {
                if (message.getFrame().getFrom() != peer) {
                    throw new IllegalArgumentException("sender " + message.getFrame().getFrom() + " on the link of peer " + peer);
                }
                var frame = WireFrame.in(message.getFrame());
                var vector = WireFrame.vector(message.getFrame());
                if (!stranger) {
                    journal.merge(vector);
                }
                step(new Event.Received(frame), vector.of(peer));
            }
            case INQUIRY -> links.send(peer, LinkMessage.newBuilder().setReport(
                    Report.newBuilder().setInquiry(message.getInquiry()).setStatus(WireStatus.out(look()))).build());
            case REPORT -> inquiries.report(peer, message.getReport().getInquiry(),
                    WireStatus.in(message.getReport().getStatus()));
            default -> throw new IllegalArgumentException("a message not known here");
        }
    }

    @Override
    public void say(String line) {
        try {
            voice.accept(line);
        } catch (RuntimeException | Error mute) {
            System.err.println(line + " (" + FailureText.inOneLine(mute) + ")");
        }
    }
}
