package mutex.discover;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * As much of MessagePack as Serf's agent speaks: maps by name, lists, bytes or text, whole numbers, truth and nil. The
 * usual library warns on Java 25 that it uses what will be removed.
 *
 * <p>Source: https://github.com/msgpack/msgpack/blob/master/spec.md; texts as in the older spec, which has no short ones
 * but those below 32 bytes.
 */
final class MessagePack {

    private static final int MOST_BYTES = 1 << 20;
    private static final int MOST_ENTRIES = 1 << 16;
    private static final int DEEPEST = 16;

    private MessagePack() {}

    /** Of texts, numbers from 0, lists and maps of 15 entries at most. */
    static byte[] out(Object value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        write(value, out);
        return out.toByteArray();
    }

    private static void write(Object value, ByteArrayOutputStream out) {
        if (value instanceof Map<?, ?> map) {
            out.write(0x80 | map.size());
            map.forEach((key, content) -> {
                write(key, out);
                write(content, out);
            });
        } else if (value instanceof List<?> list) {
            out.write(0x90 | list.size());
            list.forEach(content -> write(content, out));
        } else if (value instanceof Integer number) {
            out.write(0xce);
            big(number, 4, out);
        } else {
            byte[] text = value.toString().getBytes(StandardCharsets.UTF_8);
            out.write(text.length < 32 ? 0xa0 | text.length : 0xda);
            if (text.length >= 32) {
                big(text.length, 2, out);
            }
            out.writeBytes(text);
        }
    }

    private static void big(int number, int bytes, ByteArrayOutputStream out) {
        for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
            out.write(number >> shift);
        }
    }

    /** Reads one value: a map by String, a List, byte[], Long, Boolean or null. */
    static Object in(DataInputStream from) throws IOException {
        return in(from, 0);
    }

    private static Object in(DataInputStream from, int depth) throws IOException {
        int kind = from.readUnsignedByte();
        if (depth > DEEPEST) {
            throw new IOException("it sends values within values without end");
        } else if (kind < 0x80 || kind >= 0xe0) {
            return (long) (byte) kind;
        } else if (kind < 0x90) {
            return map(from, kind & 0x0f, depth);
        } else if (kind < 0xa0) {
            return list(from, kind & 0x0f, depth);
        } else if (kind < 0xc0) {
            return bytes(from, kind & 0x1f);
        }
        return switch (kind) {
            case 0xc0 -> null;
            case 0xc2, 0xc3 -> kind == 0xc3;
            case 0xc4, 0xd9 -> bytes(from, size(from, 1));
            case 0xc5, 0xda -> bytes(from, size(from, 2));
            case 0xc6, 0xdb -> bytes(from, size(from, 4));
            case 0xca -> (long) from.readFloat();
            case 0xcb -> (long) from.readDouble();
            case 0xcc, 0xcd, 0xce, 0xcf -> new BigInteger(1, from.readNBytes(1 << kind - 0xcc)).longValue();
            case 0xd0, 0xd1, 0xd2, 0xd3 -> new BigInteger(from.readNBytes(1 << kind - 0xd0)).longValue();
            case 0xdc, 0xdd -> list(from, size(from, 2 << kind - 0xdc), depth);
            case 0xde, 0xdf -> map(from, size(from, 2 << kind - 0xde), depth);
            default -> throw new IOException("it sends what is not MessagePack (" + Integer.toHexString(kind) + ")");
        };
    }

    private static int size(DataInputStream from, int bytes) throws IOException {
        return new BigInteger(1, from.readNBytes(bytes)).min(BigInteger.valueOf(Integer.MAX_VALUE)).intValue();
    }

    private static byte[] bytes(DataInputStream from, int size) throws IOException {
        byte[] bytes = new byte[check(size, MOST_BYTES)];
        from.readFully(bytes);
        return bytes;
    }

    private static List<Object> list(DataInputStream from, int size, int depth) throws IOException {
        List<Object> list = new ArrayList<>();
        for (int left = check(size, MOST_ENTRIES); left > 0; left--) {
            list.add(in(from, depth + 1));
        }
        return list;
    }

    private static Map<String, Object> map(DataInputStream from, int size, int depth) throws IOException {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int left = check(size, MOST_ENTRIES); left > 0; left--) {
            String key = text(in(from, depth + 1));
            map.put(key, in(from, depth + 1));
        }
        return map;
    }

    private static int check(int size, int most) throws IOException {
        if (size > most) {
            throw new IOException("it sends " + size + " bytes or entries at once");
        }
        return size;
    }

    /** What was read, as a text. */
    static String text(Object value) {
        return value instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : String.valueOf(value);
    }
}
