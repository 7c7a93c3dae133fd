package tests.simulation;

/** A set of 128-bit numbers, neither of them zero, in two arrays. */
final class Visited {

    private long[] high = new long[1 << 16];
    private long[] low = new long[1 << 16];
    private int size;

    int size() {
        return size;
    }

    /** False when it is in the set already. */
    boolean add(long h, long l) {
        if (size > high.length / 2) {
            grow();
        }
        return put(h, l);
    }

    private boolean put(long h, long l) {
        int mask = high.length - 1;
        int at = (int) h & mask;
        while (high[at] != 0) {
            if (high[at] == h && low[at] == l) {
                return false;
            }
            at = at + 1 & mask;
        }
        high[at] = h;
        low[at] = l;
        size++;
        return true;
    }

    private void grow() {
        long[] oldHigh = high;
        long[] oldLow = low;
        high = new long[oldHigh.length * 2];
        low = new long[oldLow.length * 2];
        size = 0;
        for (int i = 0; i < oldHigh.length; i++) {
            if (oldHigh[i] != 0) {
                put(oldHigh[i], oldLow[i]);
            }
        }
    }
}
