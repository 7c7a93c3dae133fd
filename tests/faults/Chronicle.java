package tests.faults;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.function.IntPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads the history of entries under faults and judges it. Times are those of the peers' own clock,
 * which is the same in all processes of a machine: nanoseconds since it was started.
 *
 * <p>A line is an event, a peer, a fence and a time: {@code enter 2 17 1000}. After {@code enter} come
 * {@code write}, by which the holder begins to leave, and {@code exit} or {@code lost}, with the time at
 * which its peer gave the lock up. {@code pause 2 1000 1500} says from when to when the process was not
 * run, {@code stall 2 1000 1500} the same of its loop, whatever the reason, {@code kill 2 1000 1005} that it died between the two;
 * {@code stop} and {@code cont} what was done to it; {@code cut} and {@code heal} of peer 0 are the network's. Safe for many threads.
 */
public final class Chronicle {

    private static final Pattern LINE =
            Pattern.compile("(enter|write|exit|lost|pause|stall|kill|stop|cont|cut|heal) (\\d+) (\\d+) (\\d+)( \\w+)?");
    /** How soon after a pause a holder has to be told of its loss. */
    private static final long AT_ONCE = 100_000_000;
    private static final long CALM = 2_000_000_000;
    private static final long NEVER = Long.MAX_VALUE;

    private enum Ending { NONE, EXIT, LOST }

    /** One entry, from the peer's own words. */
    private static final class ChronicleEntry {
        final int peer;
        final long fence;
        final long at;
        long wroteAt = NEVER;
        long endAt = NEVER;
        Ending ending = Ending.NONE;

        ChronicleEntry(int peer, long fence, long at) {
            this.peer = peer;
            this.fence = fence;
            this.at = at;
        }
    }

    /** When a process, or with peer 0 the network, did not work. */
    private record HeldSpan(int peer, long from, long to) {}

    private final long lease; // nanoseconds, as all times here
    private final List<ChronicleEntry> entries = new ArrayList<>(); // guarded by this, as all below
    private final List<HeldSpan> pauses = new ArrayList<>();
    private final List<HeldSpan> stalls = new ArrayList<>(); // excuse whoever learns of its loss after them, but no waiting
    private final List<HeldSpan> stops = new ArrayList<>();
    private final List<HeldSpan> cuts = new ArrayList<>();
    private final List<HeldSpan> kills = new ArrayList<>();
    private long entered;
    private long lost;

    public Chronicle(long lease) {
        this.lease = lease;
    }

    /** Takes in a line; whether it is one. */
    public synchronized boolean add(String text) {
        Matcher line = LINE.matcher(text);
        if (!line.matches()) {
            return false;
        }
        int peer = Integer.parseInt(line.group(2));
        long fence = Long.parseLong(line.group(3));
        long at = Long.parseLong(line.group(4));
        switch (line.group(1)) {
            case "enter" -> {
                entries.add(new ChronicleEntry(peer, fence, at));
                entered++;
            }
            case "write" -> of(peer, fence).ifPresent(entry -> entry.wroteAt = at);
            case "exit" -> end(peer, fence, at, Ending.EXIT);
            case "lost" -> end(peer, fence, at, Ending.LOST);
            case "pause" -> pauses.add(new HeldSpan(peer, fence, at));
            case "stall" -> stalls.add(new HeldSpan(peer, fence, at));
            case "kill" -> kills.add(new HeldSpan(peer, fence, at));
            case "stop" -> stops.add(new HeldSpan(peer, at, NEVER));
            case "cont" -> close(stops, peer, at);
            case "cut" -> cuts.add(new HeldSpan(0, at, NEVER));
            default -> close(cuts, 0, at);
        }
        notifyAll();
        return true;
    }

    private Optional<ChronicleEntry> of(int peer, long fence) {
        return entries.stream().filter(entry -> entry.peer == peer && entry.fence == fence).findFirst();
    }

    private void end(int peer, long fence, long at, Ending ending) {
        of(peer, fence).ifPresent(entry -> {
            entry.endAt = at;
            entry.ending = ending;
        });
        lost += ending == Ending.LOST ? 1 : 0;
    }

    private static void close(List<HeldSpan> spans, int peer, long at) {
        spans.replaceAll(span -> span.peer == peer && span.to == NEVER ? new HeldSpan(peer, span.from, at) : span);
    }

    /** Waits until it holds, at most to the deadline; asked again after each line. */
    public synchronized boolean await(BooleanSupplier holds, long deadline) {
        while (!holds.getAsBoolean()) {
            long millis = (deadline - System.nanoTime()) / 1_000_000;
            if (millis <= 0) {
                return false;
            }
            try {
                wait(millis);
            } catch (InterruptedException e) {
                throw new AssertionError("interrupted while waiting for an entry");
            }
        }
        return true;
    }

    /** How many entries there were, ever. */
    public synchronized long entered() {
        return entered;
    }

    /** How many of them were lost. */
    public synchronized long lost() {
        return lost;
    }

    /** The first thing that is wrong since the last {@link #forget}, in one line. */
    public synchronized Optional<String> violation() {
        List<ChronicleEntry> order = inOrder();
        ChronicleEntry highest = null;
        for (ChronicleEntry entry : order) {
            if (highest != null && entry.fence <= highest.fence) {
                return Optional.of("fence went back: " + say(entry) + " after " + say(highest));
            }
            highest = entry;
        }
        for (int i = 0; i < order.size(); i++) {
            ChronicleEntry first = order.get(i);
            long until = stoodUntil(first);
            if (i + 1 < order.size() && order.get(i + 1).at < until) {
                ChronicleEntry second = order.get(i + 1);
                return Optional.of(String.format(Locale.ROOT, "overlap: %s %.1f ms after %s, which %s", say(second), (second.at - first.at) / 1e6,
                        say(first), first.endAt == NEVER ? "is still inside" : String.format(Locale.ROOT, "was in standing %s %.1f ms longer",
                                until < first.endAt ? "at least" : "and left", (until - second.at) / 1e6)));
            }
        }
        return Optional.empty();
    }

    private List<ChronicleEntry> inOrder() {
        return entries.stream().sorted(Comparator.comparingLong(entry -> entry.at)).toList();
    }

    /**
     * For how long, at least, the holder believed to be the only one with good reason. Whoever gave the lock
     * back believed so until then; if its process was stopped while it did, until it was. Who lost it in a pause of its process had no standing at some time in
     * it; in a stop, not before most of a lease was over, if the network worked.
     */
    private long stoodUntil(ChronicleEntry entry) {
        long end = entry.endAt;
        Optional<HeldSpan> kill = kills.stream().filter(span -> span.peer == entry.peer && span.to >= entry.at).findFirst();
        if (entry.ending == Ending.NONE && kill.isPresent()) {
            end = Math.min(entry.wroteAt, Math.max(entry.at, kill.get().from));
        } else if (entry.ending == Ending.EXIT) {
            return Stream.concat(notRun(), stops.stream())
                    .filter(span -> span.peer == entry.peer && span.from >= entry.wroteAt && span.from < entry.endAt)
                    .mapToLong(HeldSpan::from).min().orElse(end);
        }
        long until = end;
        for (HeldSpan pause : notRun().toList()) {
            if (pause.peer == entry.peer && pause.to > entry.at && pause.from < end && end <= pause.to + AT_ONCE) {
                until = Math.min(until, Math.max(entry.at, pause.from));
            }
        }
        for (HeldSpan stop : stops) {
            if (stop.peer == entry.peer && stop.to > entry.at && stop.from <= end && (stop.to == NEVER || end <= stop.to + AT_ONCE)) {
                until = calm(stop.from) ? Math.min(end, stop.from + lease * 3 / 4) : Math.min(until, Math.max(entry.at, stop.from));
            }
        }
        return until;
    }

    private Stream<HeldSpan> notRun() {
        return Stream.concat(pauses.stream(), stalls.stream());
    }

    private boolean calm(long at) {
        return cuts.stream().noneMatch(cut -> cut.from <= at && cut.to >= at - lease - CALM);
    }

    private static String say(ChronicleEntry entry) {
        return "peer " + entry.peer + " entered with fence " + entry.fence;
    }

    /** The longest time between the two in which none of the peers entered. */
    public synchronized long longestGap(long from, long to, IntPredicate peers) {
        long gap = 0;
        long last = from;
        for (ChronicleEntry entry : inOrder()) {
            if (peers.test(entry.peer) && entry.at > from && entry.at < to) {
                gap = Math.max(gap, entry.at - last);
                last = entry.at;
            }
        }
        return Math.max(gap, to - last);
    }

    /**
     * How long the peer waited since that time for an entry, without the holds ahead of it: another peer goes
     * first once because it asked first, and may overtake it once. 0 when it was inside itself, empty when it
     * still waits.
     */
    public synchronized OptionalLong waited(int peer, long since) {
        boolean inside = newest(since).filter(entry -> entry.peer == peer && entry.endAt >= since).isPresent();
        OptionalLong next = entries.stream().filter(entry -> entry.at >= since && entry.peer == peer).mapToLong(entry -> entry.at).min();
        if (inside || next.isEmpty()) {
            return inside ? OptionalLong.of(0) : next;
        }
        long entered = next.getAsLong();
        Map<Integer, Integer> ahead = new HashMap<>();
        long holds = 0;
        for (ChronicleEntry entry : inOrder()) {
            if (entry.peer != peer && entry.endAt > since && entry.at < entered && ahead.merge(entry.peer, 1, Integer::sum) <= 2) {
                holds += Math.max(0, Math.min(stoodUntil(entry), entered) - Math.max(since, entry.at));
            }
        }
        return OptionalLong.of(entered - since - holds);
    }

    private Optional<ChronicleEntry> newest(long before) {
        return entries.stream().filter(entry -> entry.at < before).max(Comparator.comparingLong(entry -> entry.fence));
    }

    /** Whether all have told how their entries ended, but for whoever is inside now. */
    public synchronized boolean settled() {
        return entries.stream().noneMatch(entry -> stoodUntil(entry) == NEVER && entry != newest(NEVER).orElseThrow());
    }

    /** For how long between the two times these peers were not run, in all: each may have waited for the other. */
    public synchronized long late(long from, long to, IntPredicate peers) {
        return pauses.stream().filter(pause -> peers.test(pause.peer))
                .mapToLong(pause -> Math.max(0, Math.min(to, pause.to) - Math.max(from, pause.from))).sum();
    }

    /** Forgets what was over by then, but for the last entry: later ones are compared with it. */
    public synchronized void forget(long before) {
        long last = entries.stream().mapToLong(entry -> entry.fence).max().orElse(0);
        entries.removeIf(entry -> entry.fence < last && stoodUntil(entry) < before);
        List.of(pauses, stalls, kills).forEach(spans -> spans.removeIf(span -> span.to < before - lease - CALM));
        List.of(stops, cuts).forEach(spans -> spans.removeIf(span -> span.to < before - lease - CALM));
    }
}
