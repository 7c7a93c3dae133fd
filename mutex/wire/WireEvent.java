package mutex.wire;

import java.util.Locale;
import mutex.MutexProto.Event;
import mutex.algorithm.Stamp;
import mutex.log.LogEntry;
import mutex.log.VectorClock;
import mutex.node.LogEvent;
import mutex.node.Printable;

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
        if (entry.what().text() != null) {
            out.setText(Printable.brief(entry.what().text()));
        }
        return out.build();
    }

    /** @throws IllegalArgumentException when the event or message is none that is known here */
    public static LogEntry in(Event event) {
        Stamp stamp = event.hasStamp() ? WireFields.in(event.getStamp()) : null;
        return new LogEntry(event.getTimeMicros(), event.getPeer(), VectorClock.Reading.from(event.getVectorMap()),
                new LogEvent(LogEvent.EventKind.valueOf(event.getEvent().toUpperCase(Locale.ROOT)), event.getEpoch(), event.getLamport(),
                        event.getLock().isEmpty() ? null : Printable.brief(event.getLock()), stamp, event.getFence(), event.getOther(),
                        event.getMessage().isEmpty() ? null : LogEntry.message(event.getMessage(), stamp),
                        event.getText().isEmpty() ? null : Printable.brief(event.getText())));
    }
}
