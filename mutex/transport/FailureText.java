package mutex.transport;

import mutex.text.Printable;

/** Something at the edge of the peer threw: whether the process can go on, and a line for a person. */
public final class FailureText {

    private static final int MOST_TEXT = 200;

    private FailureText() {}

    /** No heap, or a broken machine: nothing that runs on can be trusted. A stack that overflowed is empty again. */
    public static boolean isFatal(Throwable error) {
        return error instanceof VirtualMachineError && !(error instanceof StackOverflowError) && !isNoThread(error);
    }

    /** The system makes no more threads: what needed one fails, and nothing else. */
    private static boolean isNoThread(Throwable error) {
        return error instanceof OutOfMemoryError && String.valueOf(error.getMessage()).contains("native thread");
    }

    /** What was thrown, and the first place of ours that it went through. */
    public static String inOneLine(Throwable error) {
        String place = "";
        for (StackTraceElement frame : error.getStackTrace()) {
            if (frame.getClassName().startsWith("mutex.")) {
                place = " at " + frame.getClassName() + ":" + frame.getLineNumber();
                break;
            }
        }
        return error.getClass().getSimpleName()
                + (error.getMessage() == null ? "" : " (" + Printable.of(error.getMessage(), MOST_TEXT) + ")") + place;
    }
}
