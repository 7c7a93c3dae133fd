///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java support/Closing.java support/Eventually.java support/FreePorts.java support/Jvm.java support/Neighbour.java
//SOURCES support/PeerProcesses.java support/RawPeer.java support/Running.java support/Voice.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import mutex.MutexProto.LinkMessage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tests.support.Closing;
import tests.support.Eventually;
import tests.support.Neighbour;
import tests.support.PeerProcesses;
import tests.support.RawPeer;
import tests.support.Running;

/** What a peer without a shell says for its log: the good news, too, each once. */
@Tag("slow")
@Timeout(180)
class ServiceNewsTest {

    @TempDir
    private Path folder;
    @AutoClose
    private final Closing open = new Closing();
    private PeerProcesses processes;
    private final int port = Neighbour.freePort();
    private final int other = Neighbour.freePort();

    private Running service(String... more) {
        processes = new PeerProcesses(folder);
        return processes.start(Stream.concat(Stream.of("--state", folder.resolve("service").toString(), "--id", "2", "--port", "" + port, "--no-shell",
                "localhost:" + other), Stream.of(more)).toArray(String[]::new));
    }

    @AfterEach
    void end() {
        processes.close();
    }

    private Neighbour neighbour(long leaseMillis) {
        return open.add(new Neighbour(folder.resolve("neighbour"), 1, other, leaseMillis, "localhost:" + port));
    }

    private static void says(Running service, String line, int times) {
        Eventually.holds(() -> service.count(line) >= times, () -> times + " times " + line + ": " + service);
        assertEquals(times, service.count(line), service::toString);
    }

    @Test
    void aLogDoesNotEndWithAProblemThatIsOver() {
        Running service = service();
        service.awaitError("no link to localhost:" + other + ": nothing listens there");
        Neighbour first = neighbour(0).awaitGroupOf(2);
        says(service, "peer 2 is linked with peer 1", 1);
        says(service, "peer 2 is in a group: version 1 of 2 peers: 1 at localhost:" + other + ", 2 at localhost:" + port, 1);
        first.takeTurn("jobs");
        first.close();
        service.awaitError("peer 1 at localhost:" + other + " is gone: .*");
        neighbour(0).awaitGroupOf(2).takeTurn("jobs");
        says(service, "peer 2 is linked with peer 1", 2);
        says(service, "peer 2 is in a group: .*", 1);
    }

    @Test
    void standingIsSaidWhenItIsBack() {
        Running service = service("--lease", "5s");
        Neighbour first = neighbour(5_000).awaitGroupOf(2);
        says(service, "peer 2 is in standing: 2 of 2 heard", 1);
        first.close();
        says(service, "peer 2 begins epoch \\d+: no majority: .*", 1);
        neighbour(5_000).awaitGroupOf(2);
        says(service, "peer 2 is in standing: 2 of 2 heard", 2);
        says(service, "peer 2 is linked with peer 1", 2);
    }

    /** As many as like may come and go. */
    @Test
    void whoIsNoMemberIsNoNews() {
        Running service = service();
        Neighbour member = neighbour(0).awaitGroupOf(2);
        says(service, "peer 2 is in a group: .*", 1);
        for (int i = 0; i < 3; i++) {
            try (RawPeer stranger = new RawPeer("localhost:" + port, true)) {
                stranger.greet(RawPeer.hello(9)).await(LinkMessage.WhatCase.HELLO);
            }
            service.awaitError("peer 9 at localhost:1009 is gone: .*");
        }
        member.takeTurn("jobs");
        assertEquals(List.of("peer 2 is linked with peer 1"), service.out().lines().filter(line -> line.contains("linked")).distinct().toList());
    }

    public static void main(String[] args) {
        Run.only(ServiceNewsTest.class);
    }
}
