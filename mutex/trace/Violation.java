package mutex.trace;

/**
 * A broken rule.
 *
 * @param place of the event that broke it, in the merged order
 * @param text one line: file and line of that event, and what is wrong with it
 */
public record Violation(Rule rule, int place, String text) {

    /** What was broken. */
    public enum Rule {
        ONE_HOLDER("one holder at a time"),
        UNITS("never more units than there are"),
        PERMISSIONS("permission of every other member"),
        TOGETHER("all locks of a request at once"),
        JOINS("nobody joins past a request that waits"),
        FENCES("fences rise strictly"),
        STAMPS("entries in the order of stamps"),
        OVERTAKING("nobody is overtaken twice by one peer"),
        MESSAGES("2(N-1) messages per entry");

        final String words;

        Rule(String words) {
            this.words = words;
        }
    }

    @Override
    public String toString() {
        return text;
    }
}
