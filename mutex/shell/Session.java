package mutex.shell;

import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import mutex.algorithm.AlgorithmKind;
import mutex.algorithm.LockMode;
import mutex.algorithm.Message;
import mutex.event.LogEvent;
import mutex.event.LogEvent.EventKind;
import mutex.log.LogEntry;
import mutex.log.Repeats;
import mutex.peer.PeerLoop;
import mutex.status.AskedLocks;
import mutex.status.Explanation;
import mutex.status.StandingText;
import mutex.text.Durations;
import mutex.text.LockName;
import mutex.text.Printable;
import mutex.transport.DaemonThreads;

/** What the commands of one shell share: the peer, the screen and the requests made here. */
public final class Session implements Consumer<LogEntry>, AutoCloseable {

    private static final String BELL = "\u0007";
    private static final long EXPLAIN_AFTER_MILLIS = 300; // what is shorter seems instant to a person
    private static final long REMIND_EVERY_MILLIS = 10_000;
    private static final long LOOK_EVERY_MILLIS = 500;

    final PeerLoop peer;
    final Screen screen;
    /** A person types: commands return at once, and what others do is shown. */
    final boolean interactive;
    private final Map<String, ShellRequest> requests = new ConcurrentSkipListMap<>(); // by lock; one for several locks stands at each
    final Set<GroupChange> changes = ConcurrentHashMap.newKeySet(); // asked for here, and not answered yet
    private final ScheduledExecutorService timer = DaemonThreads.timer("shell-timer");
    private volatile Runnable onChange = () -> { };
    private volatile UnaryOperator<String> questions = question -> null;
    private volatile String standing = ""; // as the prompt has it
    private final boolean tokens; // the locks of the group have tokens
    private final Repeats repeats = new Repeats(); // loop thread only
    volatile boolean quitting;

    public Session(PeerLoop peer, Screen screen, boolean interactive) {
        this.peer = peer;
        this.screen = screen;
        this.interactive = interactive;
        tokens = peer.settings().algorithms().entryRule() == AlgorithmKind.EntryRule.TOKEN;
        peer.journal().listen(this);
        if (interactive && (peer.settings().leaseMillis() > 0 || peer.lab().isOpen())) {
            timer.scheduleAtFixedRate(guarded(this::watchStanding), 0, LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /** Keeps the prompt true while nobody types. */
    private void watchStanding() {
        peer.snapshot().thenAccept(now -> {
            String before = standing;
            standing = StandingText.prompt(now) + faults(now.faults().size());
            if (!standing.equals(before)) {
                screen.redraw();
            }
        });
    }

    private static String faults(int count) {
        return count == 0 ? "" : count == 1 ? " (1 fault)" : " (" + count + " faults)";
    }

    /** What the prompt says of the peer's standing and its faults; nothing when all is well. */
    String standing() {
        return standing;
    }

    /** How a question is put to whoever gives the commands. */
    void answerWith(UnaryOperator<String> questions) {
        this.questions = questions;
    }

    /** The answer; null when there is none. */
    String ask(String question) {
        return questions.apply(question);
    }

    void after(long millis, Runnable task) {
        timer.schedule(guarded(task), millis, TimeUnit.MILLISECONDS);
    }

    /** The timer would keep what a task throws to itself, and not run one again that did. */
    private Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException | Error failed) {
                peer.mishap(failed);
            }
        };
    }

    void onChange(Runnable listener) {
        onChange = listener;
    }

    void changed() {
        onChange.run();
    }

    int id() {
        return peer.settings().id();
    }

    /** The request of this shell for the lock; null when there is none. */
    ShellRequest request(String lock) {
        return requests.get(lock);
    }

    /**
     * The request of this shell for these locks, and perhaps more; null when there is none.
     *
     * @throws IllegalArgumentException in one line when there are several
     */
    ShellRequest askedTogether(List<LockMode> locks) {
        Set<ShellRequest> all = new HashSet<>();
        locks.forEach(one -> all.add(requests.get(one.lock())));
        if (all.size() > 1) {
            throw new IllegalArgumentException("[" + LockMode.names(locks) + "] were not asked for together; name those of one request");
        }
        return all.iterator().next();
    }

    Set<ShellRequest> requests() {
        return new LinkedHashSet<>(requests.values());
    }

    /**
     * What this shell holds by its only request, or waits for by the only one; the default lock where there is none.
     *
     * @throws IllegalArgumentException in one line where there are several
     */
    List<LockMode> only(boolean held) {
        List<ShellRequest> all = requests().stream().filter(request -> request.held() == held).toList();
        if (all.size() > 1) {
            throw new IllegalArgumentException("this shell " + (held ? "holds " : "waits for ") + all.stream().map(request -> "[" + request.lock + "]").sorted()
                    .collect(Collectors.joining(", ")) + "; name the one that is meant");
        }
        return all.isEmpty() ? LockMode.exclusive(LockName.DEFAULT) : all.get(0).locks;
    }

    /** A command about the lock, as it is typed. */
    static String command(String verb, String lock) {
        return "\"" + verb + (lock.equals(LockName.DEFAULT) ? "" : " " + lock) + "\"";
    }

    /**
     * Asks for the locks; gives them back this long after they were acquired, if keep is not null.
     *
     * @throws IllegalArgumentException in one line when this peer cannot give those
     */
    ShellRequest ask(List<LockMode> locks, boolean attempt, Duration wait, Duration keep) {
        ShellRequest request = new ShellRequest(this, AskedLocks.check(locks, peer.settings().algorithms()));
        locks.forEach(one -> requests.put(one.lock(), request));
        changed();
        peer.requests().ask(locks, attempt, wait == null ? Long.MAX_VALUE : wait.toNanos(), request)
                .thenAccept(request.number::complete);
        after(EXPLAIN_AFTER_MILLIS, () -> explain(request, false));
        if (keep != null) {
            request.entry.thenAccept(entered -> timer.schedule(guarded(request::leave), keep.toNanos(), TimeUnit.NANOSECONDS));
        }
        return request;
    }

    private void explain(ShellRequest request, boolean again) {
        if (request.entry.isDone()) {
            return;
        }
        if (again && interactive) {
            tell(request.lock, "still waiting after " + Durations.say(System.nanoTime() - request.askedAt) + "; " + command("why", request.lock) + " explains, "
                    + command("cancel", request.lock) + " gives up");
        } else {
            // Without a majority there is no need to ask those who do not answer.
            peer.snapshot(LockMode.set(request.locks)).thenCompose(now -> StandingText.noMajority(now.node()).isEmpty() ? peer.inquire(LockMode.set(request.locks))
                    : CompletableFuture.completedFuture(new TreeMap<>(Map.of(id(), now)))).thenAccept(all -> {
                if (!request.entry.isDone()) {
                    request.locks.forEach(one -> Explanation.explain(id(), one.lock(), all).forEach(screen::line));
                }
            });
        }
        after(REMIND_EVERY_MILLIS, () -> explain(request, true));
    }

    /** Gives back or withdraws. */
    void withdraw(ShellRequest request) {
        request.leave();
        await(request.end, null);
    }

    void over(ShellRequest request) {
        request.locks.forEach(one -> requests.remove(one.lock(), request));
        changed();
    }

    /** Waits for the result where commands follow one another; returns the stand-in at once where a person types. */
    <T> T await(CompletableFuture<T> result, T standIn) {
        return interactive ? standIn : result.join();
    }

    /** A line about a lock of this peer. */
    void tell(String lock, String text) {
        String bell = text.startsWith(BELL) ? BELL : "";
        screen.styled(bell + Printable.of("peer " + id() + " [" + lock + "] " + text.substring(bell.length())));
    }

    /** What went wrong with a lock of this peer. */
    void problem(String lock, String text) {
        screen.problem("peer " + id() + " [" + lock + "] " + text);
    }

    /** A text that must not be missed. */
    String alarm(String text) {
        return interactive ? BELL + "*** " + text + " ***" : text;
    }

    /** Shows what happens at the peer; loop thread. */
    @Override
    public void accept(LogEntry entry) {
        LogEvent what = entry.what();
        EventKind kind = what.kind();
        if (!interactive && kind != EventKind.REQUEST && kind != EventKind.PERMISSION && kind != EventKind.DEFER) {
            return; // where nobody watches, only the requests made here are followed
        }
        boolean ours = what.lock() != null && requests.containsKey(what.lock());
        Message message = what.message();
        boolean again = kind != EventKind.REQUEST && repeats.again(what); // that one is no message
        boolean shown = switch (kind) {
            case REQUEST, PERMISSION -> ours;
            case DEFER -> (ours || interactive) && !again; // that the request came again is said
            case SEND -> message instanceof Message.Permission || message instanceof Message.Refusal || message instanceof Message.Request && ours;
            case RECEIVE -> message instanceof Message.Request
                    || message instanceof Message.Permission && ours && again // the first is said when it counts
                    || tokens && message instanceof Message.Token token && (ours || token.quiet() == 1);
            case LOST -> !ours && !what.lock().equals(LockName.GROUP); // a request of this shell says so itself
            case ABSENT, EPOCH, GROUP, LINK -> true;
            default -> false;
        };
        if (shown && !quitting) {
            screen.event(again ? entry + " again" : entry);
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
        peer.journal().unlisten(this);
    }
}
