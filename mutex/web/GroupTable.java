package mutex.web;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import mutex.event.NodeView;
import mutex.remote.PeerWatch.Silence;
import mutex.status.LockClient;
import mutex.status.LockRole;
import mutex.status.Snapshot;
import mutex.status.StandingText;

/** The peers and the locks, as the page's peer and those linked to it see them at about the same time; as JSON. */
final class GroupTable {

    private static final int MOST_LOCKS = 200;

    private GroupTable() {}

    /**
     * All of it.
     *
     * @param silent peers of which the diagram has no events now
     * @param nowMicros since 1970
     */
    static String json(int self, SortedMap<Integer, Snapshot> peers, Map<Integer, Silence> silent, long nowMicros) {
        Snapshot own = peers.get(self);
        JsonObject json = new JsonObject();
        json.addProperty("now", nowMicros);
        json.addProperty("peer", self);
        json.addProperty("endpoint", own.node().endpoint());
        json.addProperty("group", own.node().group() == null ? "no group yet: " + own.node().waitingFor() : "group " + own.node().group());
        JsonArray standing = new JsonArray();
        StandingText.lines(own).forEach(standing::add);
        json.add("standing", standing);
        json.add("peers", peers(own, silent));
        SortedMap<String, List<LockRole>> locks = LockRole.byLock(peers.values());
        JsonArray rows = new JsonArray();
        locks.entrySet().stream().limit(MOST_LOCKS).forEach(lock -> rows.add(row(lock.getKey(), lock.getValue())));
        json.add("locks", rows);
        json.addProperty("more", Math.max(0, locks.size() - MOST_LOCKS) + peers.values().stream().mapToInt(peer -> peer.node().moreLocks()).sum());
        return json.toString();
    }

    private static JsonArray peers(Snapshot own, Map<Integer, Silence> silent) {
        JsonArray rows = new JsonArray();
        JsonObject self = new JsonObject();
        self.addProperty("id", own.node().id());
        self.addProperty("endpoint", own.node().endpoint());
        self.addProperty("trouble", "");
        rows.add(self);
        for (Snapshot.Other other : own.peers()) {
            JsonObject row = new JsonObject();
            row.addProperty("id", other.id());
            row.addProperty("endpoint", other.endpoint());
            row.addProperty("trouble", other.trouble());
            row.addProperty("linked", other.linked());
            Silence silence = silent.get(other.id());
            if (silence != null) {
                row.addProperty("silent", silence.sinceMicros());
                row.addProperty("reason", silence.reason());
                row.addProperty("unheard", silence.unheard());
            }
            rows.add(row);
        }
        return rows;
    }

    private static JsonObject row(String lock, List<LockRole> interests) {
        JsonArray holders = new JsonArray();
        LockRole.holders(interests).forEach(each -> holders.add(json(each)));
        JsonArray queue = new JsonArray();
        LockRole.queue(interests).forEach(each -> queue.add(json(each)));
        JsonObject row = new JsonObject();
        row.addProperty("name", lock);
        row.add("holders", holders);
        row.add("queue", queue);
        return row;
    }

    private static JsonObject json(LockRole interest) {
        NodeView.LockView lock = interest.lock();
        int peer = interest.peer().node().id();
        JsonObject json = new JsonObject();
        json.addProperty("peer", peer);
        json.addProperty("millis", interest.sinceNanos() / 1_000_000);
        json.addProperty("how", interest.how());
        if (interest.stamp() != null) {
            json.addProperty("stamp", interest.stamp().toString());
        }
        JsonArray missing = new JsonArray();
        if (interest.holds()) {
            json.addProperty("fence", String.valueOf(interest.hold().fence())); // more digits than a number of JavaScript has
        } else {
            lock.missing().forEach(missing::add);
        }
        json.add("missing", missing);
        json.addProperty("about", lock.about());
        json.addProperty("behind", interest.behind());
        LockClient client = interest.client();
        if (client != null) {
            json.addProperty("who", client.who(peer));
            json.addProperty("back", client.wayBack(lock.name(), peer, interest.holds()));
        }
        return json;
    }
}
