package bench;

import java.util.Arrays;
import mutex.MutexProto.Frame;
import mutex.MutexProto.LinkMessage;
import mutex.MutexProto.Part;
import mutex.MutexProto.Stamp;
import mutex.MutexProto.Version;

/** What the raw peers send each other. */
public interface Payload {

    LinkMessage request(long number);

    LinkMessage reply(LinkMessage request);

    /** One text of that many bytes, built beforehand: the least that gRPC can do. */
    static Payload text(int bytes) {
        char[] text = new char[bytes - 2]; // a tag and a length, a byte each
        Arrays.fill(text, 'x');
        LinkMessage message = LinkMessage.newBuilder().setRefusal(new String(text)).build();
        return new Payload() {
            @Override
            public LinkMessage request(long number) {
                return message;
            }

            @Override
            public LinkMessage reply(LinkMessage request) {
                return message;
            }
        };
    }

    /** The lock's own messages in a group of so many: a REQUEST, and the PERMISSION that names its stamp. */
    static Payload frames(int peers) {
        long epoch = System.currentTimeMillis();
        return new Payload() {
            @Override
            public LinkMessage request(long number) {
                Stamp stamp = Stamp.newBuilder().setTime(number + 1).setPeer(1).build();
                return frame(1, number, Part.newBuilder().setLock("default").setRequest(stamp));
            }

            @Override
            public LinkMessage reply(LinkMessage request) {
                Part asked = request.getFrame().getParts(0);
                return frame(2, asked.getRequest().getTime(),
                        Part.newBuilder().setLock(asked.getLock()).setPermission(asked.getRequest()));
            }

            private LinkMessage frame(int from, long time, Part.Builder part) {
                Frame.Builder frame = Frame.newBuilder().setFrom(from).setFromEpoch(epoch).setToEpoch(epoch)
                        .setVersion(Version.newBuilder().setNumber(peers).setFence(epoch << 20)).setPrint(epoch * epoch)
                        .setTime(time).setSeen((epoch << 20) + time).addParts(part);
                for (int peer = 1; peer <= peers; peer++) {
                    frame.addVectorPeers(peer).addVectorCounts(10 * time);
                }
                return LinkMessage.newBuilder().setFrame(frame).build();
            }
        };
    }
}
