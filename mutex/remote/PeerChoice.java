package mutex.remote;

import com.google.protobuf.CodedInputStream;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import mutex.transport.Tls;

/** Which of several peers a client uses: the first that may use locks, as its health service says. */
public final class PeerChoice {

    private static final String METHOD = "grpc.health.v1.Health/Check";
    private static final long ANSWER_WITHIN = 2_000; // milliseconds, for all of them
    private static final long GRACE = 200; // milliseconds, for those before the first that is ready
    private static final int SERVING = 1;

    /** What a peer says of itself. */
    enum Readiness { GONE, THERE, READY }

    /** Runs a task so many milliseconds later. */
    interface Timer {
        void after(long millis, Runnable task);
    }

    private final List<String> addresses;
    private final List<Readiness> states;

    private PeerChoice(List<String> addresses, List<Readiness> states) {
        this.addresses = addresses;
        this.states = states;
    }

    /**
     * The first that may use locks, else the first that answers; a single one is taken as it is. Blocks for two
     * seconds at most, and hardly longer than the first that may takes to say so: a silent one before it costs 0.2 s.
     *
     * @param addresses each host:port; one at least
     * @param tls null without TLS
     * @throws IOException in one line when none of several answers
     */
    public static String of(List<String> addresses, Tls tls) throws IOException {
        return addresses.size() == 1 ? addresses.get(0) : look(addresses, tls).best();
    }

    /** The first that may use locks; null for none. Blocks as {@link #of} does. */
    public static String ready(List<String> addresses, Tls tls) throws IOException {
        return look(addresses, tls).ready();
    }

    private static PeerChoice look(List<String> addresses, Tls tls) throws IOException {
        try {
            return among(addresses, addresses.stream().map(address -> state(address, tls)).toList(), (millis, task) ->
                    CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS).execute(task)).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while choosing a peer", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e); // none of the states fails
        }
    }

    /**
     * Completes as soon as the first that may use locks is known: when all before it have answered, or had 0.2 s more than
     * it, or two seconds are over.
     *
     * @param states what each says of itself, once it does; none fails
     */
    static CompletableFuture<PeerChoice> among(List<String> addresses, List<CompletableFuture<Readiness>> states, Timer timer) {
        CompletableFuture<Void> enough = new CompletableFuture<>();
        timer.after(ANSWER_WITHIN, () -> enough.complete(null));
        CompletableFuture<Boolean> allBefore = CompletableFuture.completedFuture(false);
        for (CompletableFuture<Readiness> state : states) {
            state.thenAccept(told -> {
                if (told == Readiness.READY && !enough.isDone()) {
                    timer.after(GRACE, () -> enough.complete(null));
                }
            });
            allBefore = allBefore.thenCombine(state, (found, told) -> {
                if (found || told == Readiness.READY) {
                    enough.complete(null);
                    return true;
                }
                return false;
            });
        }
        allBefore.thenAccept(found -> enough.complete(null));
        return enough.thenApply(done -> new PeerChoice(addresses, states.stream().map(state -> state.getNow(Readiness.GONE)).toList()));
    }

    /** The first that may use locks; null for none. */
    String ready() {
        return first(Readiness.READY);
    }

    /**
     * The first that may use locks, else the first that answers.
     *
     * @throws IOException in one line when none answers
     */
    String best() throws IOException {
        String best = ready() != null ? ready() : first(Readiness.THERE);
        if (best == null) {
            throw new IOException("no peer answers at " + String.join(", ", addresses));
        }
        return best;
    }

    private String first(Readiness wanted) {
        int at = states.indexOf(wanted);
        return at < 0 ? null : addresses.get(at);
    }

    Readiness of(String address) {
        return states.get(addresses.indexOf(address));
    }

    private static CompletableFuture<Readiness> state(String address, Tls tls) {
        CompletableFuture<Readiness> state = new CompletableFuture<>();
        ByteCall.ByteListener listener = new ByteCall.ByteListener() {
            @Override
            public void message(byte[] message) throws IOException {
                CodedInputStream in = CodedInputStream.newInstance(message);
                state.complete(in.readTag() == 8 && in.readEnum() == SERVING ? Readiness.READY : Readiness.THERE);
            }

            @Override
            public void ended(int status, String reason) {
                state.complete(Readiness.GONE); // unless it has answered
            }
        };
        ByteCall call = tls == null ? new PlainGrpcCall(address, "/" + METHOD, new byte[0], listener)
                : new TlsGrpcCall(tls, address, METHOD, new byte[0], listener);
        call.start();
        call.finish();
        return state;
    }
}
