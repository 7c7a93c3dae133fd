package mutex.log;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import mutex.algorithm.Message;
import mutex.algorithm.Mode;
import mutex.algorithm.Stamp;

/**
 * A message as the log names it, without its stamp, which has a field of its own: REQUEST, TRY, PERMISSION, REFUSED or
 * REFUSED-HELD (by the holder), or such as {@code REQUEST shared}, {@code PERMISSION 3} (units in use), {@code TOKEN 1.17.3},
 * {@code CENSUS 2#1}, {@code VOW 1#1}.
 */
public final class MessageText {

    private static final Pattern WITH_MODE = Pattern.compile("(?:REQUEST|TRY) (\\S+)|PERMISSION (\\d{1,9})");
    private static final Pattern OF_RING = Pattern.compile("(TOKEN|CENSUS|VOW) (\\d{1,18})[.#](\\d{1,18})(?:\\.(\\d{1,9}))?");
    private static final Pattern OWN = Pattern.compile("([A-Z-]{1,32})(?: ((?:\\d{1,19}\\.){0,255}\\d{1,19}))?");

    private MessageText() {}

    static String of(Message message) {
        if (message instanceof Message.Own own) {
            return own.text();
        } else if (message.stamp() == null) {
            return message.toString();
        }
        String name = message.toString().split(" ")[0];
        return message instanceof Message.Request request ? name + request.mode().suffix()
                : message instanceof Message.Permission permission && permission.used() > 0 ? name + " " + permission.used() : name;
    }

    /**
     * The inverse of {@link #of}.
     *
     * @param stamp null where the entry has none
     * @throws IllegalArgumentException when no message has the name, or it lacks a stamp
     */
    public static Message parse(String text, Stamp stamp) {
        return switch (text) {
            case "REQUEST" -> new Message.Request(needed(stamp), false);
            case "TRY" -> new Message.Request(needed(stamp), true);
            case "PERMISSION" -> new Message.Permission(needed(stamp));
            case "REFUSED" -> new Message.Refusal(needed(stamp));
            case "REFUSED-HELD" -> new Message.Refusal(needed(stamp), true);
            default -> withMode(text, stamp);
        };
    }

    private static Message withMode(String text, Stamp stamp) {
        Matcher parts = WITH_MODE.matcher(text);
        if (!parts.matches()) {
            return ofRing(text, stamp);
        }
        return parts.group(2) != null ? new Message.Permission(needed(stamp), Long.parseLong(parts.group(2)))
                : new Message.Request(needed(stamp), text.startsWith("TRY"), Mode.parse(parts.group(1)));
    }

    private static Stamp needed(Stamp stamp) {
        if (stamp == null) {
            throw new IllegalArgumentException("a \"lock\" and a \"stamp\" are missing");
        }
        return stamp;
    }

    private static Message ofRing(String text, Stamp stamp) {
        Matcher parts = OF_RING.matcher(text);
        if (!parts.matches()) {
            return own(text, stamp);
        }
        long first = Long.parseLong(parts.group(2));
        long second = Long.parseLong(parts.group(3));
        return switch (parts.group(1)) {
            case "TOKEN" -> new Message.Token(first, second, parts.group(4) == null ? 0 : Integer.parseInt(parts.group(4)));
            case "CENSUS" -> new Message.Census(first, second);
            default -> new Message.Vow(second, first);
        };
    }

    private static Message own(String text, Stamp stamp) {
        Matcher parts = OWN.matcher(text);
        try {
            if (parts.matches()) {
                return new Message.Own(parts.group(1), stamp, parts.group(2) == null ? List.of()
                        : Stream.of(parts.group(2).split("\\.")).map(Long::valueOf).toList());
            }
        } catch (IllegalArgumentException notOne) {
            // Said below.
        }
        throw new IllegalArgumentException("message \"" + text + "\" is not known");
    }
}
