package tests.support;

import mutex.peer.BrokenRule;

/** A process whose peer breaks a rule and has more to say than a pipe takes that nobody reads. */
public final class LastWords {

    private LastWords() {}

    public static void main(String... args) {
        BrokenRule.ends("peer").accept(new IllegalStateException("of the core"), "event ".repeat(100_000));
    }
}
