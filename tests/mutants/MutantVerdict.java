package tests.mutants;

/**
 * How a fault fared.
 *
 * @param how the assertion that failed, or why there is none
 */
public record MutantVerdict(VerdictKind kind, String how, double seconds) {

    /** ELSEWHERE: the named test passed, but another one failed. */
    public enum VerdictKind {
        KILLED("killed"), ELSEWHERE("killed by another"), SURVIVED("SURVIVED"), INVALID("no valid Java");

        private final String text;

        VerdictKind(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
