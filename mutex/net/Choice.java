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
    private static final int SERVING = 1;

    /** What a peer says of itself. */
    private enum State { GONE, THERE, READY }

    private Choice() {}

    /**
     * The first that may use locks, else the first that answers; a single one is taken as it is. Blocks for two
     * seconds at most.
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
        long began = System.nanoTime();
        String there = null;
        for (int i = 0; i < addresses.size(); i++) {
            State state = await(states.get(i), TimeUnit.MILLISECONDS.toNanos(ANSWER_WITHIN) - (System.nanoTime() - began));
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

    private static State await(CompletableFuture<State> state, long nanos) throws IOException {
        try {
            return state.get(Math.max(0, nanos), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException e) {
            return State.GONE;
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
