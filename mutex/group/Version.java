package mutex.group;

/**
 * Which of a group's member lists is meant: they come one after the other.
 *
 * @param number 1 at the founding, one more with every change; 0 before a group has begun
 * @param fence fence of the {@code .group} entry that made the change; 0 at the founding
 */
public record Version(long number, long fence) implements Comparable<Version> {

    /** The version of a peer that is in no group yet. */
    public static final Version NONE = new Version(0, 0);

    @Override
    public int compareTo(Version other) {
        int byNumber = Long.compare(number, other.number);
        return byNumber != 0 ? byNumber : Long.compare(fence, other.fence);
    }

    @Override
    public String toString() {
        return fence == 0 ? "version " + number : "version " + number + "/" + fence;
    }
}
