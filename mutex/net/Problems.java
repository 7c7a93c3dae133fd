package mutex.net;

import io.grpc.Status;

/** What went wrong on the network, in one line for a person. */
final class Problems {

    private Problems() {}

    static String inOneLine(Throwable error) {
        Status status = Status.fromThrowable(error);
        Throwable root = status.getCause() == null ? error : status.getCause();
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String said = root instanceof java.net.ConnectException ? "nothing listens there"
                : status.getDescription() != null ? status.getDescription() : String.valueOf(root.getMessage());
        String known = switch (status.getCode()) {
            case UNIMPLEMENTED -> "it is a gRPC server, but no peer";
            case RESOURCE_EXHAUSTED -> "a message was too large (" + said + ")";
            default -> said;
        };
        return Wire.text(known.lines().findFirst().orElse("no reason given"));
    }
}
