package mutex.run;

/** How our commands end when nothing else is said, after sysexits.h; a command's own code comes through. */
final class ExitCode {

    static final int USAGE = 64;
    static final int CANNOT_EXECUTE = 69;
    /** A fault of ours. */
    static final int INTERNAL = 70;
    /** What was to be printed cannot be written. */
    static final int OUTPUT = 74;
    /** The peer cannot be reached, or cannot enter anything now: try again later. */
    static final int NOT_NOW = 75;
    static final int LOST = 76;
    static final int CONFIGURATION = 78;
    /** And the number of the signal. */
    static final int SIGNAL = 128;

    private ExitCode() {}
}
