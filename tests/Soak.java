///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//SOURCES faults/Checker.java faults/Chronicle.java faults/Fault.java faults/FaultRound.java faults/Network.java
//SOURCES faults/Pulse.java faults/Rival.java faults/Rivals.java faults/Rounds.java faults/Samples.java
//SOURCES faults/SoakRun.java support/Folders.java support/FreePorts.java support/Jvm.java
//SOURCES support/Processes.java support/Running.java ../Peer.java
package tests;

import java.io.IOException;
import tests.faults.SoakRun;

/**
 * Five peers with a lease, a fault a minute: {@code soak --for 30m}. Prints what each peer needs, minute by
 * minute; exit code 1 when that grows, or when a promise is broken.
 */
public final class Soak {

    private static final int LEAST = 5; // minutes: fewer tell nothing

    private Soak() {}

    public static void main(String[] args) throws IOException {
        if (args.length != 2 || !args[0].equals("--for") || !args[1].matches("[1-9]\\d{0,3}m")
                || Integer.parseInt(args[1].replace("m", "")) < LEAST) {
            System.err.println("soak: write --for 30m; " + LEAST + "m is the least");
            System.exit(64);
        }
        System.exit(SoakRun.run(Integer.parseInt(args[1].replace("m", ""))) ? 0 : 1);
    }
}
