package mutex.replay;

/**
 * Where the replay is not as the log.
 *
 * @param where the line of the log
 * @param logged what it says; null: nothing
 * @param replayed what happened instead; null: nothing
 */
record Difference(String where, String logged, String replayed) {

    @Override
    public String toString() {
        return where + ": the log has " + (logged == null ? "nothing here" : "\"" + logged + "\"")
                + ", the replay " + (replayed == null ? "nothing" : "\"" + replayed + "\"");
    }
}
