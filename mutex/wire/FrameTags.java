package mutex.wire;

import static com.google.protobuf.WireFormat.WIRETYPE_FIXED64;
import static com.google.protobuf.WireFormat.WIRETYPE_LENGTH_DELIMITED;
import static com.google.protobuf.WireFormat.WIRETYPE_VARINT;

import mutex.MutexProto.Frame;
import mutex.MutexProto.LinkMessage;
import mutex.MutexProto.Part;
import mutex.MutexProto.Stamp;
import mutex.MutexProto.Version;

/**
 * What stands before the fields that {@link FrameReader} and {@link FrameWriter} know: the number of the field, and how its value is written.
 *
 * <p>Source: https://protobuf.dev/programming-guides/encoding/
 */
final class FrameTags {

    private static final int NUMBER_AT = 3; // bits for how the value is written

    static final int FRAME = LinkMessage.FRAME_FIELD_NUMBER << NUMBER_AT | WIRETYPE_LENGTH_DELIMITED;

    static final int FROM = Frame.FROM_FIELD_NUMBER << NUMBER_AT | WIRETYPE_VARINT;
    static final int FROM_EPOCH = Frame.FROM_EPOCH_FIELD_NUMBER << NUMBER_AT | WIRETYPE_VARINT;
    static final int TO_EPOCH = Frame.TO_EPOCH_FIELD_NUMBER << NUMBER_AT | WIRETYPE_VARINT;
    static final int VERSION = Frame.VERSION_FIELD_NUMBER << NUMBER_AT | WIRETYPE_LENGTH_DELIMITED;
    static final int PRINT = Frame.PRINT_FIELD_NUMBER << NUMBER_AT | WIRETYPE_FIXED64;
    static final int TIME = Frame.TIME_FIELD_NUMBER << NUMBER_AT | WIRETYPE_VARINT;
    static final int SEEN = Frame.SEEN_FIELD_NUMBER << NUMBER_AT | WIRETYPE_VARINT;
    static final int PARTS = Frame.PARTS_FIELD_NUMBER << NUMBER_AT | WIRETYPE_LENGTH_DELIMITED;
    static final int VECTOR_PEERS = Frame.VECTOR_PEERS_FIELD_NUMBER << NUMBER_AT | WIRETYPE_LENGTH_DELIMITED; // packed, as the next
    static final int VECTOR_COUNTS = Frame.VECTOR_COUNTS_FIELD_NUMBER << NUMBER_AT | WIRETYPE_LENGTH_DELIMITED;

    static final int VERSION_NUMBER = Version.NUMBER_FIELD_NUMBER << NUMBER_AT | WIRETYPE_VARINT;
    static final int VERSION_FENCE = Version.FENCE_FIELD_NUMBER << NUMBER_AT | WIRETYPE_VARINT;

    static final int LOCK = Part.LOCK_FIELD_NUMBER << NUMBER_AT | WIRETYPE_LENGTH_DELIMITED;
    static final int REQUEST = Part.REQUEST_FIELD_NUMBER << NUMBER_AT | WIRETYPE_LENGTH_DELIMITED;
    static final int ATTEMPT = Part.ATTEMPT_FIELD_NUMBER << NUMBER_AT | WIRETYPE_LENGTH_DELIMITED;
    static final int PERMISSION = Part.PERMISSION_FIELD_NUMBER << NUMBER_AT | WIRETYPE_LENGTH_DELIMITED;
    static final int REFUSAL = Part.REFUSAL_FIELD_NUMBER << NUMBER_AT | WIRETYPE_LENGTH_DELIMITED;
    static final int HELD = Part.HELD_FIELD_NUMBER << NUMBER_AT | WIRETYPE_VARINT;

    static final int STAMP_TIME = Stamp.TIME_FIELD_NUMBER << NUMBER_AT | WIRETYPE_VARINT;
    static final int STAMP_PEER = Stamp.PEER_FIELD_NUMBER << NUMBER_AT | WIRETYPE_VARINT;

    private FrameTags() {}
}
