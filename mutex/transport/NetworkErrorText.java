package mutex.transport;

import io.grpc.Status;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mutex.discover.Lookups;
import mutex.text.Printable;

/** What went wrong on the network, in one line for a person. */
public final class NetworkErrorText {

    /** What a peer says that accepts and is not ready yet. */
    public static final String STARTING = "the peer is starting";

    public static final String NOTHING = "nothing listens there";

    /** So gRPC says when a connection ends before anything came. */
    private static final String CLOSED = "Network closed for unknown reason";

    private static final String UNRESOLVED = "Unable to resolve host ";

    private static final String RESET = "Connection reset";

    /** So gRPC says when what comes is not HTTP/2; the first bytes follow. */
    private static final Pattern NOT_HTTP2 = Pattern.compile("not SETTINGS\\. Hex dump for first 5 bytes: ([0-9a-f]*)");

    /** Said of a peer that ends a connection before a word. That may have any reason: it is killed, or a proxy finds nobody behind it. */
    public static final String CLOSED_AT_ONCE = "it closes the connection at once";

    /** Said of what answers with an alert of TLS, and of nothing else. */
    public static final String REQUIRES_TLS = "it requires TLS: --tls-cert, --tls-key and --tls-ca";

    public static final String NO_PEER = "it is not a peer";

    /** As the record of an alert begins. */
    private static final String ALERT = "1503";

    private NetworkErrorText() {}

    public static String inOneLine(Throwable error) {
        Status status = Status.fromThrowable(error);
        Throwable root = status.getCause() == null ? error : status.getCause();
        while (root.getCause() != null) {
            root = root.getCause();
        }
        Matcher first = NOT_HTTP2.matcher(String.valueOf(root.getMessage()));
        String said = root instanceof java.net.ConnectException ? NOTHING
                : root instanceof UnknownHostException unknown ? Lookups.unresolved(host(status, unknown), unknown)
                : first.find() ? first.group(1).startsWith(ALERT) ? REQUIRES_TLS : NO_PEER
                : TlsProblems.concerns(status.getCause()) ? TlsProblems.atCaller(status.getCause())
                : String.valueOf(root.getMessage()).contains(RESET) ? "the connection was reset"
                : status.getDescription() != null ? status.getDescription() : String.valueOf(root.getMessage());
        String known = switch (status.getCode()) {
            case UNIMPLEMENTED -> "it is a gRPC server, but no peer";
            case UNAVAILABLE -> said.startsWith(CLOSED) ? CLOSED_AT_ONCE : said;
            case RESOURCE_EXHAUSTED -> said.contains("exceeds maximum size") ? "a message was too large (" + said + ")" : said;
            default -> said;
        };
        return Printable.brief(known.lines().findFirst().orElse("no reason given"));
    }

    /** What to do where there is no peer, as that line says. */
    public static String cure(String line) {
        return (line.startsWith(NOTHING) ? "start one, or name another" : "name another") + ": --peer host:port";
    }

    /** As long as no name server has said anything of the host in {@code host:port}. */
    public static String unanswered(String address) {
        return Lookups.unanswered(address.substring(0, address.lastIndexOf(':')));
    }

    /** As gRPC names it, or Java. */
    private static String host(Status status, UnknownHostException error) {
        String said = String.valueOf(status.getDescription());
        return said.startsWith(UNRESOLVED) ? said.substring(UNRESOLVED.length()) : String.valueOf(error.getMessage()).replaceFirst(": .*", "");
    }

    /** Of a connection over which something had come. */
    public static String ofOneThatStood(Throwable error) {
        String line = inOneLine(error);
        return line.equals(CLOSED_AT_ONCE) ? "it closed the connection" : line;
    }
}
