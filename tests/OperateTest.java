///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java support/InProcess.java support/Running.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tests.support.InProcess;
import tests.support.Running;

/** The examples of docs/operate start peers as they say. */
@Timeout(60)
class OperateTest {

    private final Path operate = Path.of(System.getProperty("afteryou.root", ".")).toAbsolutePath().resolve("docs/operate");

    @TempDir
    private Path folder;

    @Test
    void theyUseOptionsThatThereAre() throws Exception {
        Set<String> known = options(InProcess.run("--help").out());
        for (String file : List.of("afteryou.service", "afteryou.yaml", "compose.yaml")) {
            Set<String> used = options(Files.readString(operate.resolve(file)).lines()
                    .filter(line -> line.contains("--no-shell") || line.contains("--tls-cert")).collect(Collectors.joining("\n")));
            assertTrue(used.size() > 8 && known.containsAll(used), file + " uses " + used + " of " + known);
        }
    }

    @Test
    void theLogIsRotatedByTheSignalThatReopensItAndTheUnitThatThereIs() throws Exception {
        String rotate = Files.readString(operate.resolve("logrotate.conf"));
        List<String> units = Pattern.compile("(?s)^/\\S+\\.jsonl \\{\\n.*\\n    postrotate\\n +systemctl kill --signal=HUP (\\S+)\\n    endscript\\n\\}\\n$",
                Pattern.MULTILINE).matcher(rotate).results().map(found -> found.group(1)).toList();
        assertEquals(List.of("afteryou.service"), units, rotate);
        assertTrue(Files.exists(operate.resolve(units.get(0))), "the unit");
        assertTrue(rotate.contains("--signal=HUP afteryou.service") && !rotate.contains("copytruncate"), rotate);
    }

    private static Set<String> options(String text) {
        return Pattern.compile("(?<![\\w-])--[a-z][a-z-]+").matcher(text).results().map(MatchResult::group)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void aPodStartsThePeerOfItsNumberWithTheOthersByName() throws Exception {
        String script = Files.readString(operate.resolve("afteryou.yaml")).split("- \\|\n")[1].split("\n +ports:")[0];
        for (String stub : List.of("java", "getent")) {
            Path file = Files.writeString(folder.resolve(stub), "#!/bin/sh\n[ " + stub + " = getent ] || echo \"$@\"\n");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        }
        ProcessBuilder pod = new ProcessBuilder("sh", "-c", script.stripIndent());
        pod.environment().put("HOSTNAME", "afteryou-1");
        pod.environment().merge("PATH", folder.toString(), (path, own) -> own + ":" + path);
        try (Running started = new Running(pod)) {
            assertEquals(0, started.exit(), started::toString);
            assertTrue(started.out().contains(" --id 2 --host afteryou-1.afteryou --port 5001 "), started::toString);
            assertTrue(started.out().endsWith(" --tls-cert /certs/peer-2.pem --tls-key /certs/peer-2.key --tls-ca /certs/ca.pem "
                    + "afteryou-0.afteryou:5001 afteryou-2.afteryou:5001\n"), started::toString);
        }
    }

    public static void main(String[] args) {
        Run.only(OperateTest.class);
    }
}
