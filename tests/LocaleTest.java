///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java support/FreePorts.java support/InProcess.java support/Jvm.java support/PeerProcesses.java
//SOURCES support/Running.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tests.support.InProcess;
import tests.support.PeerProcesses;
import tests.support.Running;

/** In every country the same: what a program has to read has ASCII digits, and I is the capital of i. */
@Timeout(120)
class LocaleTest {

    @TempDir
    Path folder;
    private final Locale usual = Locale.getDefault();

    @AfterEach
    void home() {
        Locale.setDefault(usual);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tr-TR", "ar-EG-u-nu-arab", "fa-IR-u-nu-arabext", "hi-IN-u-nu-deva", "th-TH-u-ca-buddhist-nu-thai"})
    @Tag("slow")
    void aPeerAndTheCommandsSayAndReadTheSame(String tag) throws Exception {
        Locale locale = Locale.forLanguageTag(tag);
        Path log = folder.resolve("log");
        try (PeerProcesses peers = new PeerProcesses(folder)) {
            List<String> command = new ArrayList<>(PeerProcesses.command(PeerProcesses.arguments(folder.resolve("state"), 1, new int[1],
                    "--log", log.toString(), "--lease", "1.5s")));
            String digits = locale.getUnicodeLocaleType("nu");
            command.addAll(command.indexOf("-cp"), List.of("-Duser.language=" + locale.getLanguage(), "-Duser.country=" + locale.getCountry(),
                    "-Duser.extensions=" + (digits == null ? "" : "nu-" + digits)));
            Running peer = peers.run(command);
            String address = peer.await("listens on (localhost:[0-9]+)", 60_000).group(1);
            peer.say("REQUEST x").awaitError("unknown command \"REQUEST\"");
            peer.say("request INDIGO --wait 2.5s").await("\\[INDIGO\\] HELD with [0-9]+@1, fence [0-9]+, after [0-9]+(\\.[0-9]{1,2})? (ms|s)");
            peer.say("status").await("^.*INDIGO.*$");
            Locale.setDefault(locale);
            for (String verb : List.of("status", "why", "locks", "peers")) {
                plain(0, verb, "--peer", address.replace("localhost", "LOCALHOST"));
                plain(0, verb, "--peer", address, "--json");
            }
            plain(1, "lock", "-w", "0.3", "--peer", address, "INDIGO", "--", "true");
            peer.say("release INDIGO").await("\\[INDIGO\\] given back");
            assertEquals(1, peer.hangUp().exit(), peer::toString);
            assertPlain(peer.out() + peer.err());
        }
        assertPlain(Files.readString(log));
        plain(0, "trace", log.toString());
        plain(0, "trace", "--story", "1", log.toString());
        assertTrue(plain(0, "replay", "--check", log.toString()).out().contains("the same as in the logs"));
        try (var files = Files.walk(folder.resolve("state"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertPlain(Files.readString(file));
            }
        }
    }

    private static InProcess plain(int code, String... words) throws ReflectiveOperationException {
        InProcess said = InProcess.run(words);
        for (int i = 0; i < 5 && said.code() == 75; i++) { // a busy machine: no answer within 5 s
            said = InProcess.run(words);
        }
        assertEquals(code, said.code(), said.toString());
        assertPlain(said.out() + said.err());
        return said;
    }

    private static void assertPlain(String text) {
        assertTrue(text.chars().allMatch(c -> c < 127), text);
    }

    public static void main(String[] args) {
        Run.only(LocaleTest.class);
    }
}
