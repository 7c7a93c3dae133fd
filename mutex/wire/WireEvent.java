package mutex.wire;

import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.Collectors;
import mutex.MutexProto.Event;
import mutex.algorithm.Stamp;
import mutex.event.LogEvent;
import mutex.event.LogEvent.Detail;
import mutex.event.LogEvent.EventKind;
import mutex.log.LogEntry;
import mutex.log.MessageText;
import mutex.log.OldText;
import mutex.log.VectorClock;
import mutex.text.Printable;

/** Between an entry of the log and its message. */
public final class WireEvent {

    private WireEvent() {}

    public static Event out(LogEntry entry) {
        Event.Builder out = Event.newBuilder().setTimeMicros(entry.timeMicros()).setPeer(entry.peer())
                .setEpoch(entry.what().epoch()).setLamport(entry.what().time())
                .setEvent(entry.event()).setFence(entry.what().fence()).setOther(entry.what().peer());
        for (int i = 0; i < entry.vector().peers().length; i++) {
            out.putVector(entry.vector().peers()[i], entry.vector().counts()[i]);
        }
        if (entry.what().lock() != null) {
            out.setLock(entry.what().lock());
        }
        if (entry.what().stamp() != null) {
            out.setStamp(WireFields.out(entry.what().stamp()));
        }
        if (entry.message() != null) {
            out.setMessage(entry.message());
        }
        detail(entry.what().detail(), out);
        if (entry.what().text() != null) {
            out.setText(Printable.brief(entry.what().text()));
        }
        return out.build();
    }

    private static void detail(Detail detail, Event.Builder out) {
        if (detail instanceof Detail.FollowsAlgorithm follows) {
            out.setAlgorithm(follows.name());
        } else if (detail instanceof Detail.InMode in) {
            out.setMode(WireMode.out(in.mode()));
        } else if (detail instanceof Detail.BeganEpoch began) {
            out.setOtherEpoch(began.epoch());
        } else if (detail instanceof Detail.Reachable reachable) {
            out.setReachable(reachable.now());
        } else if (detail instanceof Detail.InGroup group) {
            out.setRegrouped(true).addAllMembers(group.members());
        }
    }

    private static Detail detail(Event event, EventKind kind, String text) {
        return !event.getAlgorithm().isEmpty() ? new Detail.FollowsAlgorithm(Printable.brief(event.getAlgorithm()))
                : event.hasMode() ? new Detail.InMode(WireMode.in(event.getMode()))
                : event.getOtherEpoch() != 0 ? new Detail.BeganEpoch(event.getOtherEpoch())
                : event.hasReachable() ? new Detail.Reachable(event.getReachable())
                : event.getRegrouped() ? new Detail.InGroup(event.getMembersList().stream().limit(WireFields.MOST_PEERS)
                        .collect(Collectors.toCollection(TreeSet::new)))
                : OldText.detail(kind, text);
    }

    /** @throws IllegalArgumentException when the event or message is none that is known here */
    public static LogEntry in(Event event) {
        Stamp stamp = event.hasStamp() ? WireFields.in(event.getStamp()) : null;
        EventKind kind = EventKind.valueOf(event.getEvent().toUpperCase(Locale.ROOT));
        String text = event.getText().isEmpty() ? null : Printable.brief(event.getText());
        return new LogEntry(event.getTimeMicros(), event.getPeer(), VectorClock.Reading.from(event.getVectorMap()),
                new LogEvent(kind, event.getEpoch(), event.getLamport(),
                        event.getLock().isEmpty() ? null : Printable.brief(event.getLock()), stamp, event.getFence(), event.getOther(),
                        event.getMessage().isEmpty() ? null : MessageText.parse(event.getMessage(), stamp),
                        detail(event, kind, text), text));
    }
}
