package mutex.link;

import mutex.wire.Packet;

/** What carries the packets of one {@link Link}, in order, both ways. Loop thread only; every call returns at once. */
interface LinkStream {

    /** Is told what the other side does. */
    interface StreamReceiver {
        /** After the first one, which comes unasked, no more come than {@link LinkStream#take} asks for. */
        void received(Packet packet);

        /** The other side has ended the stream: in order when error is null. */
        void ended(Throwable error);

        /** This side has to cut it, as more waits to be sent than it may; the reason is for a person. */
        void overflowed(String reason);
    }

    void send(Packet packet);

    /** Asks for so many more: while nothing is asked for, the other side is kept from sending more. */
    void take(int more);

    /** Ends it in order, after what was sent. */
    void close();

    /** Breaks it off; what waits is not sent any more. */
    void cut(String reason);
}
