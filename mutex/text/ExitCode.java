package mutex.text;

/** How our commands end when nothing else is said, after sysexits.h; a command's own code comes through. */
public final class ExitCode {

    public static final int USAGE = 64;
    public static final int CANNOT_EXECUTE = 69;
    /** A fault of ours. */
    public static final int INTERNAL = 70;
    /** What was to be printed cannot be written. */
    public static final int OUTPUT = 74;
    /** The peer cannot be reached, or cannot enter anything now: try again later. */
    public static final int NOT_NOW = 75;
    public static final int LOST = 76;
    public static final int CONFIGURATION = 78;
    /** And the number of the signal. */
    public static final int SIGNAL = 128;

    private ExitCode() {}
}
