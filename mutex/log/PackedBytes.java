package mutex.log;

import java.util.Arrays;

/** Bytes in the order in which they were written: one array, which is no work for the garbage collector however much stands in it. */
final class PackedBytes {

    private byte[] bytes = new byte[8 << 10];
    private int end;

    /** Forgets all, and keeps the room. */
    void clear() {
        end = 0;
    }

    /** Makes room for so many more. */
    void reserve(int more) {
        if (end + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, end + more));
        }
    }

    /** One byte, the lowest of the value. */
    void put(int value) {
        bytes[end++] = (byte) value;
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
        int at = end; // as a local it stays in a register
        for (; (left & ~0x7fL) != 0; left >>>= 7) {
            bytes[at++] = (byte) (left | 0x80);
        }
        bytes[at++] = (byte) left;
        end = at;
    }

    /** Reads from the beginning on. */
    final class Reader {

        private int at;

        /** One byte, 0 to 255. */
        int next() {
            return bytes[at++] & 0xff;
        }

        /** The inverse of {@link #putName}; gives its length. */
        int name(byte[] into) {
            int length = next();
            System.arraycopy(bytes, at, into, 0, length);
            at += length;
            return length;
        }

        /** The inverse of {@link #putNumber}. */
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
