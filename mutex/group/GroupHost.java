package mutex.group;

import java.util.Set;

/** What the group rules ask of the node they live in. Every call returns at once and never throws. */
public interface GroupHost {

    void send(int to, GroupMessage message);

    /** Tells every linked peer, member or not. */
    void announce(GroupMessage message);

    /** Writes the state down; {@link Membership#saved} follows. */
    void save(DurableState saved);

    /** The peer is in this group now, or in none (null). */
    void switched(Group group);

    /** Asks for the reserved lock {@code .group}; {@link Changes#entered} follows. */
    void seize();

    /** Gives {@code .group} back or withdraws the request. */
    void yield();

    /** Somebody's permission for {@code .group} is not needed any more. */
    void excused();

    /** What the request for {@code .group} waits for, for a person. */
    String waitsFor();

    /** Whether this peer holds no lock and no request of it is under way. */
    boolean idle();

    /** Answers whoever asked for a change; problem is null when it was made. */
    void answered(long requester, String problem);

    /** A fence above every one known here, and another one than a second peer would take. */
    long nextFence();

    /** These members get no more answers, but for {@code .group}. */
    void ignore(Set<Integer> removed);

    void say(String line);
}
