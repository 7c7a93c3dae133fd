package tests.support;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Spoils messages and texts, a little or a lot. */
public final class Mutator {

    private static final long[] EDGES = {0, 1, -1, 2, 3, 127, 128, 65_535, 65_536, Integer.MAX_VALUE, Integer.MIN_VALUE,
        1L << 40, (1L << 50) - 1, 1L << 50, 1L << 58, (1L << 62) - 1, 1L << 62, Long.MAX_VALUE, Long.MIN_VALUE};
    private static final String[] TEXTS = {"", "default", ".group", "a", "a b", "localhost:5001", "localhost:0", "[::1]:1",
        "\u001b[2J", "\0", "x".repeat(128), "x".repeat(129), "x".repeat(5_000), "\ud83d\ude00", "\ud83d", "--", "\"", "'", ":", "#"};

    private final Random random;

    public Mutator(Random random) {
        this.random = random;
    }

    public byte[] bytes(byte[] good, byte[] other) {
        byte[] bytes = good.clone();
        switch (random.nextInt(5)) {
            case 0 -> {
                return Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
            }
            case 1 -> {
                ByteArrayOutputStream both = new ByteArrayOutputStream();
                both.write(bytes, 0, random.nextInt(bytes.length + 1));
                int from = random.nextInt(other.length + 1);
                both.write(other, from, other.length - from);
                return both.toByteArray();
            }
            case 2 -> {
                byte[] longer = new byte[bytes.length + 1];
                int at = random.nextInt(longer.length);
                System.arraycopy(bytes, 0, longer, 0, at);
                longer[at] = (byte) random.nextInt();
                System.arraycopy(bytes, at, longer, at + 1, bytes.length - at);
                return longer;
            }
            default -> {
                for (int i = 1 + random.nextInt(4); i > 0 && bytes.length > 0; i--) {
                    bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
                }
                return bytes;
            }
        }
    }

    /** Another value in one field, somewhere in the message. */
    public Message field(Message message) {
        Message.Builder builder = message.toBuilder();
        List<FieldDescriptor> set = new ArrayList<>(message.getAllFields().keySet());
        List<FieldDescriptor> all = message.getDescriptorForType().getFields();
        FieldDescriptor field = !set.isEmpty() && random.nextInt(8) > 0 ? set.get(random.nextInt(set.size()))
                : all.isEmpty() ? null : all.get(random.nextInt(all.size()));
        if (field == null) {
            return message;
        }
        if (field.isRepeated()) {
            repeated(builder, field);
        } else if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
            Message inner = (Message) builder.getField(field);
            builder.setField(field, random.nextInt(20) == 0 ? inner.getDefaultInstanceForType() : field(inner));
        } else if (random.nextInt(10) == 0) {
            builder.clearField(field);
        } else {
            builder.setField(field, value(field, builder.getField(field)));
        }
        return builder.build();
    }

    private void repeated(Message.Builder builder, FieldDescriptor field) {
        int count = builder.getRepeatedFieldCount(field);
        int at = count == 0 ? 0 : random.nextInt(count);
        Object old = count == 0 ? field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
                ? builder.newBuilderForField(field).build() : value(field, null) : builder.getRepeatedField(field, at);
        Object fresh = old instanceof Message inner ? field(inner) : value(field, old);
        if (count == 0 || random.nextInt(4) == 0) {
            builder.addRepeatedField(field, random.nextBoolean() ? old : fresh);
        } else if (random.nextInt(10) == 0) {
            builder.clearField(field);
        } else {
            builder.setRepeatedField(field, at, fresh);
        }
    }

    private Object value(FieldDescriptor field, Object old) {
        return switch (field.getJavaType()) {
            case INT -> random.nextBoolean() && old != null ? (Integer) old + random.nextInt(5) - 2 : (int) edge();
            case LONG -> random.nextBoolean() && old != null ? (Long) old + random.nextInt(5) - 2 : edge();
            case BOOLEAN -> random.nextBoolean();
            case STRING -> text(old == null ? "" : (String) old);
            case ENUM -> field.getEnumType().getValues().get(random.nextInt(field.getEnumType().getValues().size()));
            default -> throw new IllegalArgumentException("teach the mutator " + field);
        };
    }

    private long edge() {
        return random.nextInt(4) == 0 ? random.nextLong() >>> random.nextInt(64) : EDGES[random.nextInt(EDGES.length)];
    }

    /** The text with a piece left out, doubled, or put in. */
    public String text(String good) {
        int from = random.nextInt(good.length() + 1);
        int to = from + random.nextInt(Math.min(8, good.length() - from) + 1);
        String piece = switch (random.nextInt(4)) {
            case 0 -> "";
            case 1 -> TEXTS[random.nextInt(TEXTS.length)];
            case 2 -> good.substring(from, to).repeat(2);
            default -> String.valueOf((char) random.nextInt(random.nextBoolean() ? 128 : 65_536));
        };
        return good.substring(0, from) + piece + good.substring(to);
    }
}
