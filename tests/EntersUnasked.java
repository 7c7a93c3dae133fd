package tests;

import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import mutex.algorithm.Algorithm;
import mutex.algorithm.Algorithm.Outgoing;
import mutex.algorithm.AlgorithmKind;
import mutex.algorithm.Message;
import mutex.algorithm.Message.Request;
import mutex.algorithm.Mode;
import mutex.algorithm.RicartAgrawala;
import mutex.algorithm.Stamp;

/** A planted fault that a peer cannot notice itself: it asks, and enters without waiting for anybody's permission. */
final class EntersUnasked implements Algorithm {

    static final AlgorithmKind KIND = AlgorithmKind.of(RicartAgrawala.NAME, AlgorithmKind.EntryRule.PERMISSIONS, EntersUnasked::new);

    private final Algorithm honest;
    private final Set<Integer> others;

    EntersUnasked(int self, Set<Integer> others) {
        this.others = others;
        honest = new RicartAgrawala(self, others);
    }

    @Override
    public List<Outgoing> receive(int from, Message message) {
        return honest.receive(from, message);
    }

    @Override
    public List<Outgoing> request(Request wish) {
        return honest.request(wish);
    }

    @Override
    public boolean ready(Set<Integer> excused) {
        return honest.ready(others);
    }

    @Override
    public void enter(Set<Integer> excused) {
        honest.enter(others);
    }

    @Override
    public List<Outgoing> exit(Stamp stamp) {
        return honest.exit(stamp);
    }

    @Override
    public List<Outgoing> onOwnEpochEnd() {
        return honest.onOwnEpochEnd();
    }

    @Override
    public Request wish() {
        return honest.wish();
    }

    @Override
    public SortedMap<Stamp, Mode> holds() {
        return honest.holds();
    }

    @Override
    public boolean hasRoom(Mode mode) {
        return honest.hasRoom(mode);
    }

    @Override
    public List<Outgoing> repeatTo(int peer) {
        return honest.repeatTo(peer);
    }

    @Override
    public List<Outgoing> onPeerEpoch(int peer) {
        return honest.onPeerEpoch(peer);
    }

    @Override
    public void onRemoval(int peer) {
        honest.onRemoval(peer);
    }

    @Override
    public List<Outgoing> onMembers(Set<Integer> members) {
        return honest.onMembers(members);
    }

    @Override
    public boolean awaits(int peer) {
        return honest.awaits(peer);
    }

    @Override
    public SortedSet<Integer> missing() {
        return honest.missing();
    }

    @Override
    public SortedMap<Integer, Stamp> deferred() {
        return honest.deferred();
    }

    @Override
    public String name() {
        return honest.name();
    }
}
