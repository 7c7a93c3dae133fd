package mutex.metrics;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Unit;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import mutex.event.LogEvent;
import mutex.log.LogEntry;
import mutex.text.LockName;

/**
 * Counts what the journal tells. Names of locks are no labels: there is no end to them. The lock of the
 * group itself is left out. Called on the loop thread only; what it counts can be read by any.
 */
final class EventCounters implements Consumer<LogEntry> {

    private static final double[] SECONDS = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3_600};

    private final LongSupplier clock; // monotonic, nanoseconds
    private final Map<String, Long> asked = new HashMap<>(); // when, by lock
    private final Map<String, Long> entered = new HashMap<>();
    private final Counter entries;
    private final Counter cancelled;
    private final Counter lost;
    private final Counter messages;
    private final Histogram acquire;
    private final Histogram hold;

    EventCounters(PrometheusRegistry registry, LongSupplier clock) {
        this.clock = clock;
        entries = Counter.builder().name("afteryou_entries_total").help("Times that this peer entered a lock").register(registry);
        cancelled = Counter.builder().name("afteryou_cancelled_total")
                .help("Requests of this peer that were withdrawn, refused or timed out").register(registry);
        lost = Counter.builder().name("afteryou_lost_total").help("Locks that were LOST while this peer held them").register(registry);
        messages = Counter.builder().name("afteryou_messages_total")
                .help("Messages about locks exchanged with other peers, by direction (sent, received) and kind").labelNames("direction", "kind")
                .register(registry);
        acquire = times("afteryou_acquire", "Time from a request of this peer to its entry, without the local queue before it").register(registry);
        hold = times("afteryou_hold", "Time for which this peer held a lock, from entry to exit or loss").register(registry);
    }

    private static Histogram.Builder times(String name, String help) {
        return Histogram.builder().name(name).unit(Unit.SECONDS).help(help).classicOnly().classicUpperBounds(SECONDS);
    }

    @Override
    public void accept(LogEntry entry) {
        LogEvent what = entry.what();
        if (what.lock() == null || what.lock().equals(LockName.GROUP)) {
            return;
        }
        switch (what.kind()) {
            case SEND -> messages.labelValues("sent", kind(entry)).inc();
            case RECEIVE -> messages.labelValues("received", kind(entry)).inc();
            case REQUEST -> asked.put(what.lock(), clock.getAsLong());
            case ENTRY -> {
                entries.inc();
                since(asked, what.lock(), acquire);
                entered.put(what.lock(), clock.getAsLong());
            }
            case EXIT -> since(entered, what.lock(), hold);
            case LOST -> {
                lost.inc();
                since(entered, what.lock(), hold);
            }
            case CANCEL -> {
                cancelled.inc();
                asked.remove(what.lock());
            }
            default -> { }
        }
    }

    private static String kind(LogEntry entry) {
        return entry.message().toLowerCase(Locale.ROOT);
    }

    private void since(Map<String, Long> times, String lock, Histogram histogram) {
        Long then = times.remove(lock);
        if (then != null) {
            histogram.observe((clock.getAsLong() - then) / 1e9);
        }
    }
}
