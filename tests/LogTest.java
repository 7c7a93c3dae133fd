///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import mutex.algorithm.Message.Permission;
import mutex.algorithm.Stamp;
import mutex.log.LogEntry;
import mutex.log.LogReader;
import mutex.log.VectorClock;
import mutex.node.LogEvent;
import mutex.node.LogEvent.EventKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One line of a peer's log, written and read. */
class LogTest {

    private static final Stamp STAMP = new Stamp(10, 2);

    private static LogEntry at(long micros) {
        return new LogEntry(micros, 1, new VectorClock.Reading(new int[] {1, 2}, new long[] {7, 5}),
                new LogEvent(EventKind.SEND, 3, 11, "a/b", STAMP, 0, 2, new Permission(STAMP), null, "a \"text\"\n"));
    }

    @Test
    void theTimeHasSixDigitsOfTheSecondWhateverTheyAre() {
        for (long micros : new long[] {0, 1, 1_000, 120_000, 1_000_000, 1_795_000_000_000_000L}) {
            String time = at(micros).time();
            assertTrue(time.matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z"), time);
        }
    }

    @Test
    void aLineIsReadBackAsItWas(@TempDir Path folder) throws IOException {
        LogEntry written = at(1_000);
        Path log = Files.writeString(folder.resolve("log"), written.json() + "\n");
        List<LogEntry> read = LogReader.read(log);
        assertEquals(1, read.size());
        assertEquals(written.json(), read.get(0).json());
        assertEquals(written.what(), read.get(0).what());
    }

    public static void main(String[] args) {
        Run.only(LogTest.class);
    }
}
