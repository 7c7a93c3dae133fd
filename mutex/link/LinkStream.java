package mutex.link;

import mutex.wire.Packet;

/** What carries the packets of one {@link Link}, in order, both ways. Loop thread only; every call returns at once. */
interface LinkStream {

    /** Is told what the other side does. */
    interface StreamReceiver {
        /** No more come than were taken: see {@link LinkStream#take}. */
        void received(Packet packet);

        /** The other side has ended the stream: in order when error is null. */
        void ended(Throwable error);

        /** This side has to cut it, as more waits to be sent than it may; the reason is for a person. */
        void overflowed(String reason);
    }

    void send(Packet packet);

    /** Takes so many more from the other side: what is not taken keeps it from sending more. */
    void take(int more);

    /** Ends it in order, after what was sent. */
    void close();

    /** Breaks it off; what waits is not sent any more. */
    void cut(String reason);
}
