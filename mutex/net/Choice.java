package mutex.net;

import com.google.protobuf.CodedInputStream;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Which of several peers a client uses: the first that may use locks, as its health service says. */
public final class Choice {

    private static final String METHOD = "grpc.health.v1.Health/Check";
    private static final long ANSWER_WITHIN = 2_000; // milliseconds, for all of them
    private static final long GRACE = 200; // milliseconds, for those before the first that is ready
    private static final int SERVING = 1;

    /** What a peer says of itself. */
    private enum State { GONE, THERE, READY }

    private Choice() {}

    /**
     * The first that may use locks, else the first that answers; a single one is taken as it is. Blocks for two
     * seconds at most, and hardly longer than the first that may takes to say so: a silent one before it costs 0.2 s.
     *
     * @param addresses each host:port; one at least
     * @param tls null without TLS
     * @throws IOException in one line when none of several answers
     */
    public static String of(List<String> addresses, Tls tls) throws IOException {
        if (addresses.size() == 1) {
            return addresses.get(0);
        }
        List<CompletableFuture<State>> states = addresses.stream().map(address -> state(address, tls)).toList();
        CompletableFuture<Void> ready = new CompletableFuture<>();
        states.forEach(state -> state.thenAccept(told -> {
            if (told == State.READY) {
                ready.completeAsync(() -> null, CompletableFuture.delayedExecutor(GRACE, TimeUnit.MILLISECONDS));
            }
        }));
        await(CompletableFuture.anyOf(ready, first(states), CompletableFuture.allOf(states.toArray(CompletableFuture[]::new))));
        String there = null;
        for (int i = 0; i < addresses.size(); i++) {
            State state = states.get(i).isCompletedExceptionally() ? State.GONE : states.get(i).getNow(State.GONE);
            if (state == State.READY) {
                return addresses.get(i);
            } else if (state == State.THERE && there == null) {
                there = addresses.get(i);
            }
        }
        if (there == null) {
            throw new IOException("no peer answers at " + String.join(", ", addresses));
        }
        return there;
    }

    /** Done as soon as nobody can come before the first that is ready: all before it have answered. */
    private static CompletableFuture<Void> first(List<CompletableFuture<State>> states) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        CompletableFuture<Boolean> others = CompletableFuture.completedFuture(false);
        for (CompletableFuture<State> state : states) {
            others = others.thenCombine(state, (found, told) -> {
                if (found || told == State.READY) {
                    done.complete(null);
                    return true;
                }
                return false;
            });
        }
        return done;
    }

    private static void await(CompletableFuture<?> enough) throws IOException {
        try {
            enough.get(ANSWER_WITHIN, TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            // then with what is known
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while choosing a peer", e);
        }
    }

    private static CompletableFuture<State> state(String address, Tls tls) {
        CompletableFuture<State> state = new CompletableFuture<>();
        ByteCall.Listener listener = new ByteCall.Listener() {
            @Override
            public void message(byte[] message) throws IOException {
                CodedInputStream in = CodedInputStream.newInstance(message);
                state.complete(in.readTag() == 8 && in.readEnum() == SERVING ? State.READY : State.THERE);
            }

            @Override
            public void ended(int status, String reason) {
                state.complete(State.GONE); // unless it has answered
            }
        };
        ByteCall call = tls == null ? new QuickCall(address, "/" + METHOD, new byte[0], listener)
                : new TlsCall(tls, address, METHOD, new byte[0], listener);
        call.start();
        call.finish();
        return state;
    }
}
