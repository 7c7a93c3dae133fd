package mutex.node;

import java.util.List;
import mutex.algorithm.Message;
import mutex.algorithm.Message.Request;
import mutex.algorithm.Outgoing;

/** How many messages the present request for a lock has taken. Only counts; no decision of the lock depends on it. */
final class MessageCount {

    private int messages;

    void begin() {
        messages = 0;
    }

    void sent(List<Outgoing> all) {
        for (Outgoing out : all) {
            messages += out.message() instanceof Request ? 1 : 0;
        }
    }

    /** While the lock is wanted. */
    void received(Message message, int self) {
        messages += message.serves(self) ? 1 : 0;
    }

    int messages() {
        return messages;
    }
}
