package mutex.wire;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.util.JsonFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import mutex.MutexProto.LockStatus;
import mutex.MutexProto.StatusReply;
import mutex.text.Printable;

/**
 * What the commands that look at a peer print with {@code --json}: one document each, in one line. The fields of a peer, a
 * lock and a client are those of mutex.proto; the first of several replies is that of the peer that was asked.
 */
public final class StatusJson {

    private StatusJson() {}

    /** A peer, its group and its locks. */
    public static String status(StatusReply reply) {
        return text(json(reply));
    }

    /** The others as one peer sees them. */
    public static String peers(StatusReply reply) {
        JsonObject all = json(reply);
        JsonObject out = about(List.of(reply));
        out.remove("answered");
        for (String field : List.of("endpoint", "epoch", "standing")) {
            if (all.has(field)) {
                out.add(field, all.get(field));
            }
        }
        out.add("peers", all.has("peers") ? all.get("peers") : new JsonArray());
        return text(out);
    }

    /** The locks that some peer holds or wants, one after the other. */
    public static String locks(List<StatusReply> replies) {
        JsonObject out = about(replies);
        JsonArray locks = new JsonArray();
        replies.forEach(reply -> reply.getLocksList().stream().filter(StatusJson::inUse).forEach(lock -> locks.add(at(reply, lock))));
        out.add("locks", locks);
        return text(out);
    }

    /** One lock at each peer that knows it, and the lines that explain it to a person. */
    public static String why(String name, List<StatusReply> replies, List<String> lines) {
        JsonObject out = about(replies);
        out.addProperty("lock", name);
        JsonArray there = new JsonArray();
        replies.forEach(reply -> reply.getLocksList().stream().filter(lock -> lock.getName().equals(name)).forEach(lock -> there.add(at(reply, lock))));
        out.add("at", there);
        JsonArray because = new JsonArray();
        lines.forEach(because::add);
        out.add("because", because);
        return text(out);
    }

    /** Each lock once, with the peers that are inside and those that wait. */
    public static String top(List<StatusReply> replies) {
        JsonObject out = about(replies);
        SortedMap<String, List<JsonObject>> byName = new TreeMap<>();
        replies.forEach(reply -> reply.getLocksList().stream().filter(StatusJson::inUse).forEach(lock ->
                byName.computeIfAbsent(lock.getName(), name -> new ArrayList<>()).add(at(reply, lock))));
        JsonArray locks = new JsonArray();
        byName.forEach((name, roles) -> {
            JsonObject lock = new JsonObject();
            JsonArray holders = new JsonArray();
            JsonArray waiting = new JsonArray();
            roles.forEach(role -> {
                role.remove("name");
                (role.has("state") && role.get("state").getAsString().equals("HELD") ? holders : waiting).add(role);
            });
            lock.addProperty("name", name);
            lock.add("holders", holders);
            lock.add("waiting", waiting);
            locks.add(lock);
        });
        out.add("locks", locks);
        return text(out);
    }

    /** Who was asked, and who answered. */
    private static JsonObject about(List<StatusReply> replies) {
        JsonObject out = new JsonObject();
        out.addProperty("id", replies.get(0).getId());
        JsonArray answered = new JsonArray();
        replies.stream().map(StatusReply::getId).sorted().forEach(answered::add);
        out.add("answered", answered);
        return out;
    }

    private static boolean inUse(LockStatus lock) {
        return lock.hasStamp() || lock.getWaiting() > 0;
    }

    private static JsonObject at(StatusReply reply, LockStatus lock) {
        JsonObject out = new JsonObject();
        out.addProperty("peer", reply.getId());
        json(lock).entrySet().forEach(field -> out.add(field.getKey(), field.getValue()));
        return out;
    }

    private static JsonObject json(MessageOrBuilder message) {
        try {
            return JsonParser.parseString(JsonFormat.printer().omittingInsignificantWhitespace().preservingProtoFieldNames().print(message)).getAsJsonObject();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e); // there is no Any in it
        }
    }

    private static String text(JsonObject document) {
        return Printable.json(document.toString());
    }
}
