package mutex.wire;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import mutex.MutexProto;
import mutex.MutexProto.Part;
import mutex.event.Event;
import mutex.event.Frame;
import mutex.log.VectorClock;

/**
 * Frames in the log: the sender's id, then {@code f} and the frame as the wire has it in base 64, without what its header
 * has in common with the sender's frame before; {@code F} with all of it. Where only heartbeats and their ACKs come, as
 * ever with the next number, a letter each is enough: {@code b} and {@code a}. Of the vector only the sender's own count
 * is kept.
 */
final class FrameCodec {

    private static final List<FieldDescriptor> HEADER = MutexProto.Frame.getDescriptor().getFields().stream()
            .filter(field -> field.getNumber() != MutexProto.Frame.PARTS_FIELD_NUMBER).toList();

    private final Map<Integer, MutexProto.Frame> last = new HashMap<>(); // by sender
    private final Map<Integer, Part> beats = new HashMap<>(); // the last one, by sender
    private final Map<Integer, Part> acks = new HashMap<>();

    String out(Frame frame, long known) {
        int from = frame.from();
        MutexProto.Frame whole = OutgoingFrame.whole(frame, new VectorClock.Reading(new int[] {from}, new long[] {known}))
                .toBuilder().clearVectorPeers().build();
        MutexProto.Frame before = last.get(from);
        String letters = letters(whole);
        String text;
        if (before != null && letters != null && whole.equals(expected(before, letters))) {
            text = letters;
        } else {
            MutexProto.Frame less = before == null ? null : without(whole, before);
            text = (less == null ? "F" : "f") + Base64.getEncoder().withoutPadding().encodeToString((less == null ? whole : less).toByteArray());
        }
        remember(whole);
        return from + text;
    }

    RecordedStep in(String text, long at) throws InvalidProtocolBufferException {
        int digits = 0;
        while (Character.isDigit(text.charAt(digits))) {
            digits++;
        }
        MutexProto.Frame before = last.get(Integer.valueOf(text.substring(0, digits)));
        char form = text.charAt(digits);
        MutexProto.Frame whole;
        if (form == 'F' || form == 'f') {
            MutexProto.Frame found = MutexProto.Frame.parseFrom(Base64.getDecoder().decode(text.substring(digits + 1)));
            whole = form == 'F' ? found : with(found, before);
        } else {
            whole = expected(before, text.substring(digits));
        }
        if (whole == null) {
            throw new IllegalArgumentException("the step \"" + text + "\" builds on a frame that is not there");
        }
        remember(whole);
        return new RecordedStep(new Event.Received(IncomingFrame.of(whole)), whole.getVectorCountsCount() == 0 ? 0 : whole.getVectorCounts(0), at);
    }

    private void remember(MutexProto.Frame frame) {
        last.put(frame.getFrom(), frame);
        for (Part part : frame.getPartsList()) {
            if (part.hasHeartbeat()) {
                beats.put(frame.getFrom(), part);
            } else if (part.hasAck()) {
                acks.put(frame.getFrom(), part);
            }
        }
    }

    /** Null when there is anything else in it. */
    private static String letters(MutexProto.Frame frame) {
        StringBuilder letters = new StringBuilder();
        for (Part part : frame.getPartsList()) {
            if (!part.hasHeartbeat() && !part.hasAck()) {
                return null;
            }
            letters.append(part.hasHeartbeat() ? 'b' : 'a');
        }
        return letters.isEmpty() ? null : letters.toString();
    }

    /** The next frame of a peer from which nothing new is heard; null when that cannot be told. */
    private MutexProto.Frame expected(MutexProto.Frame before, String letters) {
        if (before == null) {
            return null;
        }
        MutexProto.Frame.Builder next = before.toBuilder().clearParts();
        Part beat = beats.get(before.getFrom());
        Part ack = acks.get(before.getFrom());
        for (char letter : letters.toCharArray()) {
            if (letter == 'b' && beat != null) {
                beat = beat.toBuilder().setHeartbeat(beat.getHeartbeat().toBuilder().setNumber(beat.getHeartbeat().getNumber() + 1)).build();
                next.addParts(beat);
            } else if (letter == 'a' && ack != null) {
                ack = ack.toBuilder().setAck(ack.getAck().toBuilder().setNumber(ack.getAck().getNumber() + 1)).build();
                next.addParts(ack);
            } else {
                return null;
            }
        }
        return next.build();
    }

    /** The frame without the fields that are as before; null when a field that is not there now was there before. */
    private static MutexProto.Frame without(MutexProto.Frame whole, MutexProto.Frame before) {
        MutexProto.Frame.Builder less = whole.toBuilder();
        for (FieldDescriptor field : HEADER) {
            if (whole.getField(field).equals(before.getField(field))) {
                less.clearField(field);
            } else if (absent(whole, field)) {
                return null;
            }
        }
        return less.build();
    }

    private static MutexProto.Frame with(MutexProto.Frame less, MutexProto.Frame before) {
        if (before == null) {
            return null;
        }
        MutexProto.Frame.Builder whole = less.toBuilder();
        HEADER.stream().filter(field -> absent(less, field)).forEach(field -> whole.setField(field, before.getField(field)));
        return whole.build();
    }

    private static boolean absent(MutexProto.Frame frame, FieldDescriptor field) {
        return field.isRepeated() ? frame.getRepeatedFieldCount(field) == 0 : !frame.hasField(field);
    }
}
