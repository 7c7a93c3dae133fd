package tests;

/**
 * How much the tests that search by chance do: what a change should wait for, or with {@code ./jbang test --long}
 * what a release should.
 */
final class Effort {

    private static final String LONG = "afteryou.test.long";

    private Effort() {}

    /** Everything that asks from now on is told the long figure. */
    static void beLong() {
        System.setProperty(LONG, "true");
    }

    static boolean isLong() {
        return Boolean.getBoolean(LONG);
    }

    static int of(int change, int release) {
        return isLong() ? release : change;
    }
}
