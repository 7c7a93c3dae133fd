package mutex.run;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The signals that a person or a service manager ends a program with. */
final class Signals {

    /** By name, with their numbers. */
    static final Map<String, Integer> NUMBERS = Map.of("HUP", 1, "INT", 2, "TERM", 15);

    private Signals() {}

    /** From now on they do not end the JVM, but are told by name, on a thread of their own; an ignored one stays so. */
    static void tell(Consumer<String> listener) {
        for (String name : List.of("INT", "TERM", "HUP")) {
            org.jline.utils.Signals.register(name, () -> listener.accept(name));
        }
    }

    /** Told when somebody lets us go on after we were stopped, as fg does. */
    static void whenContinued(Runnable listener) {
        org.jline.utils.Signals.register("CONT", listener);
    }
}
