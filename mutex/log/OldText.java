package mutex.log;

import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mutex.event.LogEvent.Detail;
import mutex.event.LogEvent.EventKind;

/** What logs, and peers, of versions that had no fields for it said in their sentences only. */
public final class OldText {

    private static final Pattern EPOCH = Pattern.compile("epoch (\\d{1,18}).*");
    private static final Pattern MEMBER = Pattern.compile("(\\d{1,9}) at ");

    private OldText() {}

    /** Null when there was nothing to know. */
    public static Detail detail(EventKind kind, String text) {
        if (text == null) {
            return null;
        }
        return switch (kind) {
            case REQUEST -> new Detail.FollowsAlgorithm(text);
            case EPOCH -> epoch(EPOCH.matcher(text));
            case ABSENT -> new Detail.Reachable(!text.startsWith("absent"));
            case LINK -> new Detail.Reachable(!text.equals("link broken"));
            case GROUP -> text.startsWith("version ") || text.equals("in no group") ? new Detail.InGroup(members(text)) : null;
            default -> null;
        };
    }

    private static Detail epoch(Matcher epoch) {
        return epoch.matches() ? new Detail.BeganEpoch(Long.parseLong(epoch.group(1))) : null;
    }

    private static SortedSet<Integer> members(String text) {
        SortedSet<Integer> members = new TreeSet<>();
        MEMBER.matcher(text).results().forEach(member -> members.add(Integer.valueOf(member.group(1))));
        return members;
    }
}
