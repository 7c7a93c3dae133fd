package mutex.run;

/**
 * When a command has to be stopped unless its lock turns out to be sure for longer; times as of {@link Uptime}.
 *
 * @param term when it is asked to end
 * @param kill when it is killed: what is left of the lease then covers the killing itself
 */
record StopTimes(long term, long kill) {

    private static final long MOST_RESERVE_MILLIS = 1_000;

    /**
     * @param askedAt when the question was asked that was answered so
     * @param sureMillis nobody else enters for so long from then
     * @param atBestMillis what the answer is when all is well
     * @param graceMillis between TERM and KILL, if there is so much time
     */
    static StopTimes of(long askedAt, long sureMillis, long atBestMillis, long graceMillis) {
        long reserve = Math.min(atBestMillis / 10, MOST_RESERVE_MILLIS);
        long ahead = Math.min(graceMillis + reserve, atBestMillis / 2);
        long end = askedAt * 10 + sureMillis;
        return new StopTimes((end - ahead) / 10, (end - Math.min(reserve, ahead)) / 10);
    }
}
