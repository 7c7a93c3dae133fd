package mutex.log;

/**
 * Bytes in the order in which they were written, of which the oldest are given up: one array, which is no work for the
 * garbage collector however much stands in it. A position counts all bytes ever written. One thread only.
 */
final class ByteRing {

    private byte[] bytes = new byte[16 << 10]; // a power of two
    private long begin;
    private long end;

    /** Gives up all before that position. */
    void drop(long before) {
        begin = before;
    }

    /** Makes room for so many more, fewer than there is room for at first. */
    void reserve(int more) {
        if (end - begin + more > bytes.length) {
            byte[] larger = new byte[2 * bytes.length];
            for (long at = begin; at < end; at++) {
                larger[(int) at & larger.length - 1] = get(at);
            }
            bytes = larger;
        }
    }

    private byte get(long at) {
        return bytes[(int) at & bytes.length - 1];
    }

    /** One byte, the lowest of the value. */
    void put(int value) {
        bytes[(int) end++ & bytes.length - 1] = (byte) value;
    }

    /** At most 255 characters of ASCII, as those of a lock's name are. */
    void putName(String name) {
        put(name.length());
        for (int i = 0; i < name.length(); i++) {
            put(name.charAt(i));
        }
    }

    /** Seven bits a byte, lowest first; the sign is the lowest bit, so that what is near 0 is short. */
    void putNumber(long number) {
        long left = number << 1 ^ number >> 63;
        for (; (left & ~0x7fL) != 0; left >>>= 7) {
            put((int) left | 0x80);
        }
        put((int) left);
    }

    /** Reads from a position on. */
    final class Reader {

        private long at;

        Reader(long at) {
            this.at = at;
        }

        long at() {
            return at;
        }

        /** One byte, 0 to 255. */
        int next() {
            return get(at++) & 0xff;
        }

        /** The inverse of {@link #putName}; gives its length. */
        int name(byte[] into) {
            int length = next();
            for (int i = 0; i < length; i++) {
                into[i] = get(at++);
            }
            return length;
        }

        long number() {
            long value = 0;
            int shift = 0;
            int next = next();
            for (; next > 0x7f; next = next()) {
                value |= (next & 0x7fL) << shift;
                shift += 7;
            }
            value |= (long) next << shift;
            return value >>> 1 ^ -(value & 1);
        }
    }
}
