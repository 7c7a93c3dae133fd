package mutex.discover;

import java.io.IOException;
import java.util.SortedSet;

/** Somebody who knows where peers may be. One thread calls it, but for {@link #leave}. */
interface PeerSource {

    /** Who is told. */
    interface Finder {

        /** These addresses, {@code host:port}, are all there are now. */
        void found(SortedSet<String> addresses);

        /** One line for a person. */
        void say(String line);
    }

    /**
     * Tells all that there are, again whenever that changes, until the thread is interrupted or {@link #leave} called.
     *
     * @param self where this peer listens
     * @throws IOException when it cannot go on, with why in a few words for a person
     */
    void follow(Address self, Finder finder) throws IOException, InterruptedException;

    /** This peer is to be found no more; ends {@link #follow}. Takes a few seconds at most, and never throws. */
    void leave(Address self);

    /** What to check when it fails, for a person. */
    String advice();
}
