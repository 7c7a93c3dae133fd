package mutex.link;

import mutex.transport.OncePerMinute;

/**
 * What peers that are no members of this peer's group may cost it: so many of their messages are read in a second, and
 * the rest waits at their end; so many lines are said about them in a minute. Loop thread only.
 */
final class StrangerLimits {

    /** Messages a second, of one and of all together. */
    static final int MOST_OF_ONE = 500;
    static final int MOST_OF_ALL = 1_000;
    /** Lines a minute about all of them; about one it is one. */
    private static final int MOST_LINES = 20;
    private static final long SECOND = 1_000_000_000L;
    private static final long MINUTE = 60 * SECOND;

    private final OncePerMinute named = new OncePerMinute();
    private long began = System.nanoTime(); // of this second
    private int read; // in it
    private long minute = began; // when this minute began
    private int lines; // in it

    /** One of its messages was read; gives the nanoseconds until the next may be. */
    long pause(Link link, long now) {
        if (now - began >= SECOND) {
            began = now;
            read = 0;
        }
        if (link.readSince != began) {
            link.readSince = began;
            link.read = 0;
        }
        link.read++;
        read++;
        return link.read < MOST_OF_ONE && read < MOST_OF_ALL ? 0 : began + SECOND - now;
    }

    /** Whether a line about the one of that name may be said now. */
    boolean mayBeNamed(String name, long now) {
        if (now - minute >= MINUTE) {
            minute = now;
            lines = 0;
        }
        return lines < MOST_LINES && named.first(name, now) && lines++ < MOST_LINES;
    }
}
