///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java ../bench/Compare.java ../bench/Load.java ../bench/VirtualGroup.java
//SOURCES ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertTrue;

import bench.Compare;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The figures of docs/algorithms.md, which are simulated, are those of the code. */
class CompareTest {

    @Test
    @Tag("slow")
    void theTableIsTheOneThatIsMeasured() throws IOException {
        String table = String.join("\n", Compare.table());
        String page = Files.readString(Path.of(System.getProperty("afteryou.root", "")).resolve("docs/algorithms.md"));
        assertTrue(page.contains(table), "docs/algorithms.md has another table; put this one in:\n" + table);
    }

    public static void main(String[] args) {
        Run.only(CompareTest.class);
    }
}
