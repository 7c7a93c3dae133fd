package mutex.wire;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import mutex.MutexProto;
import mutex.algorithm.LockMode;
import mutex.algorithm.Mode;
import mutex.event.Event;

/**
 * What is fed to a node, in words: how many nanoseconds after the step before, in base 36, and what it was. A frame is
 * in {@link FrameCodec}'s form. What a line means follows from those before it: one of these for one process, from
 * its beginning.
 */
public final class StepCodec {

    private static final int SHORT = 36;

    private final FrameCodec frames = new FrameCodec();
    private long at; // of the step before

    String out(RecordedStep fed) {
        String after = Long.toString(fed.now() - at, SHORT);
        at = fed.now();
        return after + " " + words(fed.event(), fed.known());
    }

    private String words(Event event, long known) {
        if (event instanceof Event.Tick) {
            return "t";
        } else if (event instanceof Event.Received received) {
            return frames.out(received.frame(), known);
        } else if (event instanceof Event.Ask ask) {
            return "ask " + ask.asker() + " " + locks(ask.locks()) + (ask.attempt() ? " try" : "")
                    + (ask.deadline() == Long.MAX_VALUE ? "" : " within " + Long.toString(ask.deadline() - at, SHORT))
                    + (ask.period() == 0 ? "" : " once " + ask.period());
        } else if (event instanceof Event.PassToken pass) {
            return "pass " + pass.asker() + " " + pass.lock();
        } else if (event instanceof Event.Withdraw withdraw) {
            return "withdraw " + withdraw.asker() + (withdraw.failed() ? " failed" : "");
        } else if (event instanceof Event.Linked linked) {
            return "linked " + Base64.getEncoder().withoutPadding().encodeToString(WireFields.out(linked.hello()).toByteArray())
                    + (linked.dialed() == null ? "" : " " + linked.dialed());
        } else if (event instanceof Event.Unlinked unlinked) {
            return "unlinked " + unlinked.peer();
        } else if (event instanceof Event.OwnAddress own) {
            return "own " + own.dialed();
        } else if (event instanceof Event.Written written) {
            return "written" + (written.problem() == null ? "" : " " + written.problem());
        } else if (event instanceof Event.Skipped skipped) {
            return "skipped " + skipped.nanos();
        } else if (event instanceof Event.Add add) {
            return "add " + add.asker() + " " + add.endpoint();
        } else if (event instanceof Event.Remove remove) {
            return "remove " + remove.asker() + " " + remove.ids().stream().map(String::valueOf).collect(Collectors.joining(","))
                    + (remove.force() ? " force" : "");
        } else if (event instanceof Event.Discovered discovered) {
            return "discovered " + String.join(" ", new TreeSet<>(discovered.addresses()));
        } else if (event instanceof Event.Leave leave) {
            return "leave " + leave.asker();
        }
        return event.getClass().getSimpleName(); // which nobody can read back; the replay ends there, and says so
    }

    /** @throws IllegalArgumentException saying what is wrong with it */
    public RecordedStep in(String text) {
        try {
            String[] two = text.split(" ", 2);
            at += Long.parseLong(two[0], SHORT);
            if (Character.isDigit(two[1].charAt(0))) {
                return frames.in(two[1], at);
            }
            return new RecordedStep(event(two[1].split(" ")), 0, at);
        } catch (IndexOutOfBoundsException | NumberFormatException | InvalidProtocolBufferException wrong) {
            throw new IllegalArgumentException("the step \"" + text + "\" is not as --log writes it");
        }
    }

    private Event event(String[] words) throws InvalidProtocolBufferException {
        String rest = String.join(" ", Arrays.asList(words).subList(1, words.length));
        return switch (words[0]) {
            case "t" -> new Event.Tick();
            case "ask" -> ask(words);
            case "pass" -> new Event.PassToken(Long.parseLong(words[1]), words[2]);
            case "withdraw" -> new Event.Withdraw(Long.parseLong(words[1]), words.length > 2);
            case "linked" -> new Event.Linked(WireFields.in(MutexProto.Hello.parseFrom(Base64.getDecoder().decode(words[1]))),
                    words.length > 2 ? words[2] : null);
            case "unlinked" -> new Event.Unlinked(Integer.parseInt(words[1]));
            case "own" -> new Event.OwnAddress(rest);
            case "written" -> new Event.Written(rest.isEmpty() ? null : rest);
            case "skipped" -> new Event.Skipped(Long.parseLong(words[1]));
            case "add" -> new Event.Add(Long.parseLong(words[1]), words[2]);
            case "remove" -> new Event.Remove(Long.parseLong(words[1]), ids(words[2]), words.length > 3);
            case "discovered" -> new Event.Discovered(new TreeSet<>(Arrays.asList(words).subList(1, words.length)));
            case "leave" -> new Event.Leave(Long.parseLong(words[1]));
            default -> throw new IllegalArgumentException("the step \"" + words[0] + "\" is not known to this version");
        };
    }

    private Event ask(String[] words) {
        boolean attempt = words.length > 3 && words[3].equals("try");
        int next = attempt ? 4 : 3;
        boolean within = words.length > next && words[next].equals("within");
        long deadline = within ? at + Long.parseLong(words[next + 1], SHORT) : Long.MAX_VALUE;
        next += within ? 2 : 0;
        long period = words.length > next && words[next].equals("once") ? Long.parseLong(words[next + 1]) : 0;
        return new Event.Ask(Long.parseLong(words[1]), locks(words[2]), attempt, deadline, period);
    }

    /** Such as {@code a,b=shared,gpu=2/8}: "=" is in no name. */
    private static String locks(List<LockMode> locks) {
        return locks.stream().map(one -> one.mode().equals(Mode.EXCLUSIVE) ? one.lock() : one.lock() + "=" + one.mode()).collect(Collectors.joining(","));
    }

    private static List<LockMode> locks(String text) {
        return Arrays.stream(text.split(",")).map(one -> one.split("=", 2))
                .map(one -> new LockMode(one[0], one.length == 1 ? Mode.EXCLUSIVE : Mode.parse(one[1]))).toList();
    }

    private static SortedSet<Integer> ids(String list) {
        return Arrays.stream(list.split(",")).map(Integer::valueOf).collect(Collectors.toCollection(TreeSet::new));
    }
}
