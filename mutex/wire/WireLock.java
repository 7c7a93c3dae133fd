package mutex.wire;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import mutex.MutexProto;
import mutex.MutexProto.LockStatus;
import mutex.algorithm.Algorithm.State;
import mutex.algorithm.Algorithm.TokenPlace;
import mutex.algorithm.Mode;
import mutex.algorithm.Stamp;
import mutex.event.NodeView;
import mutex.log.Tallies.LockTally;
import mutex.status.LockClient;
import mutex.status.LockClient.ClientKind;
import mutex.status.Snapshot;
import mutex.text.Printable;

/** Between a lock as it is at a peer and its message. */
final class WireLock {

    private static final int MOST_HOLDS = 16;

    private WireLock() {}

    static LockStatus out(NodeView.LockView lock, Snapshot snapshot) {
        LockTally tally = snapshot.tallies().getOrDefault(lock.name(), LockTally.NONE);
        LockClient client = snapshot.clients().get(lock.name());
        LockStatus.Builder out = LockStatus.newBuilder().setName(lock.name())
                .setState(LockStatus.State.forNumber(lock.state().ordinal())).setFence(lock.fence())
                .setSinceMillis(lock.sinceNanos() / 1_000_000).addAllMissing(lock.missing())
                .setWaiting(lock.waiting()).setEntries(tally.entries()).setMessages(tally.messages())
                .setEnteredWith(lock.messages()).setAbout(WireStatus.cut(lock.about())).setToken(out(lock.token()));
        if (lock.stamp() != null) {
            out.setStamp(WireFields.out(lock.stamp()));
        }
        lock.deferred().values().forEach(stamp -> out.addDeferred(WireFields.out(stamp)));
        if (client != null) {
            out.setClient(out(client));
        }
        boolean mixed = lock.holds().size() + (lock.wish() == null ? 0 : 1) > 1 || lock.wish() != null && !lock.wish().mode().equals(Mode.EXCLUSIVE)
                || lock.holds().stream().anyMatch(hold -> !hold.mode().equals(Mode.EXCLUSIVE));
        if (mixed) {
            claims(lock, snapshot, out);
        }
        return out.build();
    }

    private static void claims(NodeView.LockView lock, Snapshot snapshot, LockStatus.Builder out) {
        for (NodeView.HoldView hold : lock.holds().stream().limit(MOST_HOLDS).toList()) {
            MutexProto.LockHold.Builder next = MutexProto.LockHold.newBuilder().setStamp(WireFields.out(hold.stamp())).setMode(WireMode.out(hold.mode()))
                    .setFence(hold.fence()).setSinceMillis(hold.sinceNanos() / 1_000_000);
            Optional.ofNullable(snapshot.client(lock, hold.stamp())).ifPresent(client -> next.setClient(out(client)));
            out.addHolds(next);
        }
        out.setMoreHolds(snapshot.holds(lock) - out.getHoldsCount());
        NodeView.WishView wish = lock.wish();
        if (wish != null) {
            MutexProto.LockWish.Builder waits = MutexProto.LockWish.newBuilder().setMode(WireMode.out(wish.mode())).setSinceMillis(wish.sinceNanos() / 1_000_000);
            Optional.ofNullable(wish.stamp()).ifPresent(stamp -> waits.setStamp(WireFields.out(stamp)));
            Optional.ofNullable(snapshot.client(lock, wish.stamp())).ifPresent(client -> waits.setClient(out(client)));
            out.setWish(waits);
        }
    }

    private static MutexProto.LockClient out(LockClient client) {
        return MutexProto.LockClient.newBuilder().setKindValue(client.kind().ordinal() + 1).setPid((int) client.pid())
                .setHost(client.host()).setAddress(client.address()).build();
    }

    /** Whose holds and whose request that are. */
    static void askers(LockStatus lock, Map<Stamp, LockClient> askers) {
        lock.getHoldsList().stream().limit(MOST_HOLDS).filter(hold -> in(hold.getClient()) != null)
                .forEach(hold -> askers.put(WireFields.in(hold.getStamp()), in(hold.getClient())));
        if (lock.getWish().hasStamp() && in(lock.getWish().getClient()) != null) {
            askers.put(WireFields.in(lock.getWish().getStamp()), in(lock.getWish().getClient()));
        }
    }

    static NodeView.LockView in(LockStatus lock) {
        SortedMap<Integer, Stamp> deferred = new TreeMap<>();
        lock.getDeferredList().stream().limit(WireStatus.MOST_IDS).forEach(s -> deferred.put(s.getPeer(), WireFields.in(s)));
        State state = lock.getState() == LockStatus.State.HELD ? State.HELD
                : lock.getState() == LockStatus.State.WANTED ? State.WANTED : State.IDLE;
        NodeView.LockView plain = new NodeView.LockView(Printable.brief(lock.getName()), state,
                lock.hasStamp() ? WireFields.in(lock.getStamp()) : null, lock.getFence(),
                lock.getSinceMillis() * 1_000_000, new TreeSet<>(lock.getMissingList()), deferred,
                lock.getWaiting(), lock.getEnteredWith(), in(lock.getToken()), Printable.brief(lock.getAbout()));
        if (lock.getHoldsCount() == 0 && !lock.hasWish()) {
            return plain;
        }
        List<NodeView.HoldView> holds = lock.getHoldsList().stream().limit(MOST_HOLDS).map(hold -> new NodeView.HoldView(WireFields.in(hold.getStamp()),
                WireMode.in(hold.getMode()), hold.getFence(), hold.getSinceMillis() * 1_000_000, 0)).toList();
        MutexProto.LockWish wish = lock.getWish();
        return new NodeView.LockView(plain.name(), state, plain.stamp(), plain.fence(), plain.sinceNanos(), plain.missing(), deferred, plain.waiting(),
                plain.messages(), plain.token(), plain.about(), 0, holds, !lock.hasWish() ? null
                : new NodeView.WishView(wish.hasStamp() ? WireFields.in(wish.getStamp()) : null, WireMode.in(wish.getMode()), wish.getSinceMillis() * 1_000_000, 0));
    }

    /** Null for a kind that is not known here. */
    static LockClient in(MutexProto.LockClient client) {
        int kind = client.getKindValue() - 1;
        return kind < 0 || kind >= ClientKind.values().length ? null : new LockClient(ClientKind.values()[kind],
                Integer.toUnsignedLong(client.getPid()), client.getHost(), client.getAddress());
    }

    private static LockStatus.TokenPlace out(TokenPlace place) {
        return place == null ? LockStatus.TokenPlace.NO_TOKEN : switch (place) {
            case HERE -> LockStatus.TokenPlace.HERE;
            case BEING_MADE -> LockStatus.TokenPlace.BEING_MADE;
            case ELSEWHERE -> LockStatus.TokenPlace.ELSEWHERE;
        };
    }

    private static TokenPlace in(LockStatus.TokenPlace place) {
        return switch (place) {
            case HERE -> TokenPlace.HERE;
            case BEING_MADE -> TokenPlace.BEING_MADE;
            case ELSEWHERE -> TokenPlace.ELSEWHERE;
            case NO_TOKEN, UNRECOGNIZED -> null;
        };
    }
}
