package mutex.wire;

import com.google.gson.JsonObject;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import java.util.concurrent.TimeUnit;
import mutex.MutexProto;
import mutex.algorithm.AlgorithmKind;
import mutex.group.DurableState;
import mutex.group.Hello;
import mutex.node.Node;

/**
 * What the node of a process is made from; with it and everything that is fed to the node, a fresh one does the same again.
 *
 * @param hello as the peer would greet before its first step: its list is the others of the start list, its group none;
 *     the algorithm as {@link AlgorithmKind#text} has it
 * @param saved from the state file; null when there was none
 * @param floors whether the node keeps a floor for its fences: logs of older releases have none
 * @param mostLocks in use at once: logs of older releases do not say, and it was the default there
 * @param wallMicros the wall clock, microseconds since 1970
 * @param now the clock of the node at that time, in nanoseconds
 */
public record NodeStart(Hello hello, DurableState saved, boolean floors, int mostLocks, long wallMicros, long now) {

    private static final JsonFormat.Printer JSON = JsonFormat.printer().omittingInsignificantWhitespace();

    /** @param hello with the wall clock of now as its epoch */
    public static NodeStart now(Hello hello, DurableState saved, int mostLocks, long now) {
        return new NodeStart(hello, saved, true, mostLocks, TimeUnit.MILLISECONDS.toMicros(hello.epoch()), now);
    }

    /** A fresh node for a replay; it has made no step yet. */
    public Node node() {
        return node(AlgorithmKind.parse(hello.algorithm()));
    }

    public Node node(AlgorithmKind algorithms) {
        return new Node(hello.id(), hello.endpoint(), hello.epoch(), hello.list(), saved,
                algorithms, hello.process(), TimeUnit.MILLISECONDS.toNanos(hello.leaseMillis()), hello.expect(), floors, mostLocks);
    }

    /** As the first line of a process in its log. */
    public String json() {
        try {
            return "{\"in\":1,\"peer\":" + hello.id() + ",\"wall\":" + wallMicros
                    + ",\"now\":\"" + now + "\",\"start\":" + JSON.print(WireFields.out(hello)) // a string: nanoseconds pass 2^53 after 104 days
                    + (floors ? ",\"floors\":true" : "") + (mostLocks == Node.MOST_LOCKS ? "" : ",\"most\":" + mostLocks) + (saved == null ? "" : ",\"saved\":" + JSON.print(WireFields.out(saved))) + "}";
        } catch (InvalidProtocolBufferException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** @throws IllegalArgumentException saying what is wrong with it */
    public static NodeStart of(JsonObject line) {
        try {
            MutexProto.Hello.Builder hello = MutexProto.Hello.newBuilder();
            JsonFormat.parser().ignoringUnknownFields().merge(line.get("start").toString(), hello);
            MutexProto.State.Builder saved = MutexProto.State.newBuilder();
            if (line.has("saved")) {
                JsonFormat.parser().ignoringUnknownFields().merge(line.get("saved").toString(), saved);
            }
            AlgorithmKind.parse(hello.getAlgorithm());
            return new NodeStart(WireFields.in(hello.build()), line.has("saved") ? WireFields.in(saved.build()) : null, line.has("floors"),
                    line.has("most") ? line.get("most").getAsInt() : Node.MOST_LOCKS,
                    line.get("wall").getAsLong(), line.get("now").getAsLong());
        } catch (InvalidProtocolBufferException | NullPointerException | IndexOutOfBoundsException | UnsupportedOperationException
                | NumberFormatException wrong) {
            throw new IllegalArgumentException("no beginning of a peer as --log writes it");
        }
    }

    /** The wall clock when the node's clock shows that, microseconds since 1970. */
    public long wallMicros(long at) {
        return wallMicros + (at - now) / 1_000;
    }
}
