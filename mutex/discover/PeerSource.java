package mutex.discover;

import java.io.IOException;
import java.util.SortedSet;

/** A source of addresses where peers may be. One thread calls it, except for {@link #leave}. */
interface PeerSource {

    /** Takes what was found. */
    interface Finder {

        /** These addresses, {@code host:port}, are all there are now. */
        void found(SortedSet<String> addresses);

        /** One line for a person. */
        void say(String line);
    }

    /**
     * Reports all addresses that there are, and again whenever they change, until the thread is interrupted or {@link #leave} called.
     *
     * @param self where this peer listens
     * @throws IOException when it cannot go on, with why in a few words for a person
     */
    void follow(Address self, Finder finder) throws IOException, InterruptedException;

    /** Makes this peer no longer be found; ends {@link #follow}. May block for long, and never throws. */
    void leave(Address self);

    /** What to check when it fails, for a person. */
    String advice();
}
