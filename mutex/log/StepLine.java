package mutex.log;

import java.util.function.Supplier;

/**
 * Something that was fed to a peer's node, on its way into the log.
 *
 * @param number of the input among those of its process, from 2: the beginning is 1
 * @param quiet whether it may wait for others to share a line with
 * @param text is called once, on the thread that writes, in the order of the numbers
 */
public record StepLine(int peer, long number, boolean quiet, Supplier<String> text) {}
