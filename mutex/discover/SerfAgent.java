package mutex.discover;

import static mutex.discover.MessagePack.text;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.PushbackInputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import mutex.text.Durations;

/**
 * A connection to the RPC port of a Serf agent, for one thread; another one may close it. Every failure is an
 * IOException with a message for a person.
 *
 * <p>Source: https://www.serf.io/docs/agent/rpc.html
 */
final class SerfAgent implements AutoCloseable {

    private static final int ANSWERS_WITHIN = 5_000; // milliseconds
    private static final int CONNECTS_WITHIN = 2_000;

    /** A member, as the agent knows it. */
    record SerfMember(String name, byte[] address, Map<String, Object> tags) {}

    private final Socket socket = new Socket(Proxy.NO_PROXY);
    private PushbackInputStream pushback;
    private DataInputStream in;
    private int calls;
    private int stream = -1; // number of the call that streams events
    private boolean event; // one came while an answer was awaited

    /** Nothing is connected yet. */
    SerfAgent() {}

    /**
     * Connects and introduces itself.
     *
     * @param key the agent's {@code rpc_auth}; null or empty where it needs none
     */
    void connect(Address agent, String key) throws IOException {
        Lookups.keepShort();
        InetAddress at;
        try {
            at = InetAddress.getByName(agent.host());
        } catch (UnknownHostException e) {
            throw new IOException(Lookups.unresolved(agent.host(), e), e);
        }
        socket.connect(new InetSocketAddress(at, agent.port()), CONNECTS_WITHIN);
        socket.setTcpNoDelay(true);
        pushback = new PushbackInputStream(new BufferedInputStream(socket.getInputStream()));
        in = new DataInputStream(pushback);
        call("handshake", Map.of("Version", 1), false);
        if (key != null && !key.isEmpty()) {
            call("auth", Map.of("AuthKey", key), false);
        }
    }

    /** The name of this agent's own member. */
    String name() throws IOException {
        return text(map(call("stats", null, true).get("agent")).get("name"));
    }

    /** Those that are alive and have the tag. */
    List<SerfMember> alive(String tag) throws IOException {
        Object members = call("members-filtered", Map.of("Tags", Map.of(tag, ".+"), "Status", "alive"), true).get("Members");
        List<SerfMember> alive = new ArrayList<>();
        for (Object each : members instanceof List<?> list ? list : List.of()) {
            Map<String, Object> member = map(each);
            if (member.get("Addr") instanceof byte[] address) {
                alive.add(new SerfMember(text(member.get("Name")), address, map(member.get("Tags"))));
            }
        }
        return alive;
    }

    void setTag(String tag, String value) throws IOException {
        call("tags", Map.of("Tags", Map.of(tag, value)), false);
    }

    void deleteTag(String tag) throws IOException {
        call("tags", Map.of("DeleteTags", List.of(tag)), false);
    }

    /** From now on {@link #awaitEvent} sees events of these kinds. */
    void stream(String kinds) throws IOException {
        stream = calls;
        call("stream", Map.of("Type", kinds), false);
    }

    /** Returns after an event, or after so long without one. */
    void awaitEvent(int millis) throws IOException {
        if (event) {
            event = false;
            return;
        }
        socket.setSoTimeout(millis);
        try {
            int first = pushback.read();
            if (first < 0) {
                throw new EOFException();
            }
            pushback.unread(first);
        } catch (SocketTimeoutException quiet) {
            return;
        }
        socket.setSoTimeout(ANSWERS_WITHIN);
        header();
        MessagePack.in(in);
    }

    private Map<String, Object> call(String command, Map<String, ?> body, boolean answers) throws IOException {
        int number = calls++;
        Map<String, Object> header = new LinkedHashMap<>();
        header.put("Command", command);
        header.put("Seq", number);
        socket.getOutputStream().write(MessagePack.out(header));
        if (body != null) {
            socket.getOutputStream().write(MessagePack.out(body));
        }
        socket.setSoTimeout(ANSWERS_WITHIN);
        try {
            while (header() != number) {
                MessagePack.in(in);
                event = true;
            }
            return answers ? map(MessagePack.in(in)) : Map.of();
        } catch (SocketTimeoutException silent) {
            throw new IOException("no answer within " + Durations.sayMillis(ANSWERS_WITHIN), silent);
        }
    }

    /** Of which call the answer or event is. */
    private int header() throws IOException {
        Map<String, Object> header = map(MessagePack.in(in));
        String error = text(header.getOrDefault("Error", ""));
        if (!error.isEmpty()) {
            throw new IOException(Address.shown(error) + (error.toLowerCase(Locale.ROOT).contains("auth")
                    ? "; put the agent's RPC key into the environment as SERF_RPC_AUTH" : ""));
        }
        return header.get("Seq") instanceof Long number ? number.intValue() : -1;
    }

    @SuppressWarnings("unchecked") // all maps that are read have texts as keys
    private static Map<String, Object> map(Object value) throws IOException {
        if (value instanceof Map<?, ?> map) {
            return (Map<String, Object>) map;
        }
        throw new IOException("it does not answer as a Serf agent does");
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // it is not used any more
        }
    }
}
