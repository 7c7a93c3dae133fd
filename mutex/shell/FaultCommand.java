package mutex.shell;

import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import mutex.link.FaultLab;
import mutex.status.Removal;
import mutex.status.Snapshot;
import mutex.text.Durations;
import mutex.text.Printable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.TypeConversionException;

@Command(name = "fault", description = "Put a fault between this peer and others, to see what happens; without arguments, list the faults. "
                + "\"all\" stands for every peer.",
        customSynopsis = {"fault", "       fault delay TIME to ID...   messages to it take this much longer",
            "       fault drop ID... [SHARE%%]   messages both ways, or a share, are lost",
            "       fault cut ID...             the link is cut and stays cut",
            "       fault pause TIME            this peer stops, as if suspended",
            "       heal                        end all faults"})
final class FaultCommand implements Callable<Integer> {

    static final List<String> KINDS = List.of("delay", "drop", "cut", "pause");

    private static final long LONGEST_DELAY = 60_000_000_000L;
    private static final long LONGEST_PAUSE = 600_000_000_000L;
    private static final long SILENT_AFTER = 2_500_000_000L; // a link is given up then
    private static final long QUIET_FOR = 1_100_000_000L; // a link may be anyway

    @ParentCommand
    private ShellCommands shell;

    @Parameters(arity = "0..*", paramLabel = "WORD", hidden = true)
    private List<String> words = List.of();

    @Override
    public Integer call() {
        Session session = shell.session;
        FaultLab lab = session.peer.lab();
        if (!lab.isOpen()) {
            session.screen.problem("fault: the fault lab is off; start this peer with --lab");
            return 1;
        }
        Snapshot now = session.peer.snapshot().join();
        if (words.isEmpty()) {
            list(now).forEach(session.screen::line);
            return 0;
        }
        try {
            session.screen.line("fault: " + put(words.get(0), words.subList(1, words.size()), lab, now));
            return 0;
        } catch (IllegalArgumentException | TypeConversionException wrong) {
            session.screen.problem("fault: " + wrong.getMessage());
            return 1;
        }
    }

    private static List<String> list(Snapshot now) {
        return now.faults().isEmpty() ? List.of("no faults; to make one, write fault delay 2s to 3, fault drop 3, fault cut 3 or fault pause 10s")
                : now.faults().stream().map(fault -> "fault: " + fault).toList();
    }

    /** What it does now, in one line. */
    private static String put(String kind, List<String> words, FaultLab lab, Snapshot now) {
        switch (kind) {
            case "delay" -> {
                String example = "fault delay 2s to 3";
                long nanos = time(words, LONGEST_DELAY, example);
                boolean to = words.size() > 1 && words.get(1).equals("to");
                PeersArgument peers = new PeersArgument(words.subList(to ? 2 : 1, words.size()), now, example);
                done(lab.delay(peers.ids, nanos));
                return "messages to " + peers.name() + " take " + Durations.say(nanos) + " longer" + (nanos < SILENT_AFTER - QUIET_FOR ? ""
                        : nanos < SILENT_AFTER ? "; a link may first be dropped as silent, and then made again"
                        : "; links are dropped after 2.5 s of silence, so none lasts");
            }
            case "drop" -> {
                String example = "fault drop 3 or fault drop 3 30%";
                boolean some = !words.isEmpty() && words.get(words.size() - 1).endsWith("%");
                int percent = some ? percent(words.get(words.size() - 1)) : 100;
                PeersArgument peers = new PeersArgument(words.subList(0, words.size() - (some ? 1 : 0)), now, example);
                done(lab.drop(peers.ids, percent));
                return percent < 100 ? percent + "% of the messages to and from " + peers.name() + " are lost and sent again, later each time"
                        : "no messages to or from " + peers.name() + " arrive; the links are dropped after 2.5 s of silence; " + peers.then(now);
            }
            case "cut" -> {
                PeersArgument peers = new PeersArgument(words, now, "fault cut 3");
                done(lab.cut(peers.ids));
                return "the link to " + peers.name() + " is cut and stays cut; " + peers.then(now);
            }
            case "pause" -> {
                long nanos = time(words, LONGEST_PAUSE, "fault pause 10s");
                require(words.size() == 1, "unexpected argument " + Printable.quoted(words.get(words.size() - 1)) + "; write fault pause 10s");
                done(lab.pause(nanos));
                return "this peer stops for " + Durations.say(nanos) + (now.leaseMillis() == 0 ? "; without a lease the others wait for it"
                        : nanos / 1_000_000 < now.leaseMillis() ? "; that is less than the lease of " + Durations.say(now.leaseMillis() * 1_000_000)
                        : "; that is more than the lease: the others go on, and what is held here will be LOST");
            }
            default -> throw new IllegalArgumentException(Printable.quoted(kind)
                    + " is not a kind of fault; write delay 2s to 3, drop 3, cut 3 or pause 10s, or \"heal\", which ends all");
        }
    }

    /** It is in force when this returns; the loop never stands still. */
    private static void done(CompletableFuture<Void> change) {
        change.join();
    }

    private static long time(List<String> words, long longest, String example) {
        require(!words.isEmpty(), "how long? write " + example);
        try {
            long nanos = new DurationConverter().convert(words.get(0)).toNanos();
            require(nanos > 0 && nanos <= longest, Printable.quoted(words.get(0)) + " is out of range; write a time up to " + Durations.say(longest));
            return nanos;
        } catch (TypeConversionException wrong) {
            throw new IllegalArgumentException(Printable.quoted(words.get(0)) + " is not a duration; write " + example);
        }
    }

    private static int percent(String word) {
        require(word.matches("[0-9]{1,3}%") && word.compareTo("0%") != 0, Printable.quoted(word) + " is not a share; write 1% to 100%");
        int percent = Integer.parseInt(word.substring(0, word.length() - 1));
        require(percent >= 1 && percent <= 100, Printable.quoted(word) + " is not a share; write 1% to 100%");
        return percent;
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    /** Those that a fault is about, as they were typed. */
    private static final class PeersArgument {
        final SortedSet<Integer> ids = new TreeSet<>();

        PeersArgument(List<String> words, Snapshot now, String example) {
            require(!words.isEmpty(), "which peer? write " + example + "; \"all\" stands for every peer");
            SortedSet<Integer> known = known(now);
            for (String word : words) {
                require(word.equals("all") || word.matches("[0-9]{1,5}"), Printable.quoted(word) + " is not the id of a peer; write " + example);
                int id = word.equals("all") ? FaultLab.ALL : Integer.parseInt(word);
                require(word.equals("all") || id != now.node().id(), id + " is this peer; name another, or write fault pause 10s");
                require(word.equals("all") || known.contains(id), "peer " + id + " is not known here; "
                        + (known.isEmpty() ? "no other peer is" : "the others are " + Removal.join(known, ", ")));
                ids.add(id);
            }
        }

        String name() {
            return ids.contains(FaultLab.ALL) ? "all others" : (ids.size() == 1 ? "peer " : "peers ") + Removal.join(ids, ", ");
        }

        /** What a lost link means. */
        String then(Snapshot now) {
            return now.leaseMillis() == 0 ? "without a lease each side waits for the other's permission"
                    : ids.contains(FaultLab.ALL) ? "with the lease this peer has no majority, and loses what it holds"
                    : "with the lease another peer relays, or a peer that nobody hears becomes absent (suspected)";
        }
    }

    /** What may stand after those words. */
    static Stream<String> words(List<String> before, Snapshot now) {
        String kind = before.isEmpty() ? "" : before.get(0);
        return before.isEmpty() ? KINDS.stream()
                : kind.equals("pause") ? before.size() == 1 ? Stream.of("2s", "10s") : Stream.of()
                : kind.equals("delay") && before.size() == 1 ? Stream.of("2s", "10s")
                : kind.equals("delay") && before.size() == 2 ? Stream.of("to")
                : Stream.concat(known(now).stream().map(String::valueOf), Stream.of("all"));
    }

    static SortedSet<Integer> known(Snapshot now) {
        SortedSet<Integer> known = new TreeSet<>();
        now.peers().stream().map(Snapshot.Other::id).filter(id -> id > 0).forEach(known::add);
        return known;
    }
}
