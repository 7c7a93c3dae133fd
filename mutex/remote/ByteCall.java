package mutex.remote;

import java.io.IOException;

/** One gRPC call with messages both ways, as bytes. Methods may be called from any thread and return at once. */
interface ByteCall {

    int OK = 0;
    int UNAVAILABLE = 14;

    /** How it goes; called on the call's own thread. */
    interface ByteListener {
        void message(byte[] message) throws IOException;

        /** Once, last; status is gRPC's, OK when we finished it; reason a line for a person. */
        void ended(int status, String reason);
    }

    /** Connects, and sends the request that it was made with. */
    void start();

    /** Whether the name of the other side is being looked up: until then nothing can be said of it. */
    boolean looksUp();

    /** Sends one more message; nothing once the call is over. */
    void send(byte[] message);

    /** Says that no more is sent; the other side ends the call then. */
    void finish();
}
