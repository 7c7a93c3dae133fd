package mutex.text;

/** The exit codes of all commands, after sysexits.h where that has one; with lock, the command's own comes through. */
public final class ExitCode {

    /** The answer is no: another has the lock, a rule was broken, a replay differs, a command of the shell failed. */
    public static final int NO = 1;
    public static final int USAGE = 64;
    /** A log cannot be read. */
    public static final int UNREADABLE = 65;
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
