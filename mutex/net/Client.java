package mutex.net;

import io.grpc.Channel;
import io.grpc.ManagedChannel;

/** A connection of a program to a running peer; its one thread ends with the program. */
public final class Client implements AutoCloseable {

    private final EventLoop events = new EventLoop();
    private final String address;
    private final ManagedChannel channel;

    /** The connection is made at the first call. */
    public Client(String address) {
        this.address = address;
        channel = events.channelTo(address);
    }

    public String address() {
        return address;
    }

    Channel channel() {
        return channel;
    }

    @Override
    public void close() {
        channel.shutdownNow();
        events.close();
    }
}
