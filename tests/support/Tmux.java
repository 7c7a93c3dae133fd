package tests.support;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A tmux server of the test's own: terminals to type into and to read from. Ends with all that runs in it. */
public final class Tmux implements AutoCloseable {

    private static final long POLL_MILLIS = 40;
    private static final long DEADLINE_MILLIS = 40_000;

    private final String socket;
    private final Path folder;

    public Tmux(Path folder) {
        this.folder = folder;
        socket = folder.resolve("tmux-" + System.nanoTime()).toString(); // goes with the folder, unlike one of -L
        try {
            new ProcessBuilder("tmux", "-V").start().waitFor();
        } catch (IOException missing) {
            throw new AssertionError("tmux is missing; install it (apt-get install tmux, brew install tmux)");
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(this::close, "tmux")); // when the test itself is stopped
    }

    /** A new terminal that runs sh; its prompt is "$ ". */
    public Pane open(String name, int width, int height, Map<String, String> environment) {
        List<String> words = new ArrayList<>(List.of("-f", "/dev/null", "new-session", "-d", "-s", name,
                "-x", "" + width, "-y", "" + height, "-c", folder.toString(), "env", "-u", "ENV", "PS1=$ "));
        environment.forEach((key, value) -> words.add(key + "=" + value));
        words.addAll(List.of("sh", "+m")); // no jobs: a peer that is stopped, and goes on, stays in the foreground
        tmux(words.toArray(String[]::new));
        Pane pane = new Pane(name);
        pane.await("^\\$ ?$");
        return pane;
    }

    private String tmux(String... words) {
        List<String> command = new ArrayList<>(List.of("tmux", "-S", socket));
        command.addAll(List.of(words));
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes());
            if (!process.waitFor(10, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new AssertionError(command + ": " + said);
            }
            return said;
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(command + " failed", e);
        }
    }

    /** When it returns, nothing runs any more that could write into the test's folder. */
    @Override
    public void close() {
        try {
            List<ProcessHandle> running = tmux("list-panes", "-a", "-F", "#{pane_pid}").lines()
                    .flatMap(pid -> ProcessHandle.of(Long.parseLong(pid)).stream())
                    .flatMap(shell -> Stream.concat(shell.descendants(), Stream.of(shell))).toList();
            tmux("kill-server");
            for (ProcessHandle process : running) {
                process.onExit().get(5, TimeUnit.SECONDS);
            }
        } catch (AssertionError noSession) {
            // it ended with its last session
        } catch (InterruptedException | ExecutionException | TimeoutException lingers) {
            throw new AssertionError("a peer does not end when its terminal is closed", lingers);
        }
    }

    /** One terminal. */
    public final class Pane {

        private final String name;

        private Pane(String name) {
            this.name = name;
        }

        /** Types the text, without Enter. */
        public Pane type(String text) {
            tmux("send-keys", "-t", name, "-l", "--", text);
            return this;
        }

        /** Presses keys, named as tmux does: Enter, Tab, Up, C-c. */
        public Pane press(String... keys) {
            String[] words = new String[3 + keys.length];
            System.arraycopy(new String[] {"send-keys", "-t", name}, 0, words, 0, 3);
            System.arraycopy(keys, 0, words, 3, keys.length);
            tmux(words);
            return this;
        }

        /** Pastes the text, each CR and LF as it is; bracketed: as terminals do that say what is pasted. */
        public Pane paste(String text, boolean bracketed) {
            Path file = folder.resolve(name + ".paste");
            try {
                Files.writeString(file, text);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            tmux("load-buffer", file.toString());
            tmux(bracketed ? new String[] {"paste-buffer", "-p", "-r", "-t", name} : new String[] {"paste-buffer", "-r", "-t", name});
            return this;
        }

        public Pane enter(String line) {
            return type(line).press("Enter");
        }

        /** The file that gets all that is written to it from now on, as it is. */
        public Path record() {
            Path file = folder.resolve(name + ".written");
            tmux("pipe-pane", "-t", name, "exec cat > '" + file + "'");
            return file;
        }

        /** What can be read, from the first line that is kept, long lines as one. */
        public String screen() {
            return tmux("capture-pane", "-p", "-J", "-S", "-", "-t", name).stripTrailing();
        }

        /** Forgets what was printed so far, so that the next wait finds only what comes. */
        public Pane clear() {
            // What is cleared goes into the history first; so the history can go only then.
            Supplier<String> visible = () -> tmux("capture-pane", "-p", "-J", "-t", name).strip();
            for (int attempt = 1; visible.get().contains("\n"); attempt++) {
                press("C-l");
                try {
                    await("\\A[^\n]*\\z", 3_000, visible);
                } catch (AssertionError another) { // line was printed in between
                    if (attempt == 10) {
                        throw another;
                    }
                }
            }
            tmux("clear-history", "-t", name);
            return this;
        }

        /** Waits until the screen matches somewhere. */
        public Matcher await(String regex) {
            return await(regex, DEADLINE_MILLIS, this::screen);
        }

        public Matcher await(String regex, long millis) {
            return await(regex, millis, this::screen);
        }

        private Matcher await(String regex, long millis, Supplier<String> look) {
            Pattern pattern = Pattern.compile(regex, Pattern.MULTILINE);
            long deadline = System.nanoTime() + millis * 1_000_000;
            while (true) {
                String screen = look.get();
                Matcher found = pattern.matcher(screen);
                if (found.find()) {
                    return found;
                }
                if (System.nanoTime() > deadline) {
                    throw new AssertionError("terminal " + name + ": within " + millis + " ms no \"" + regex + "\" in\n" + screen);
                }
                try {
                    TimeUnit.MILLISECONDS.sleep(POLL_MILLIS); // tmux has no event for "the screen changed"
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new AssertionError("interrupted", e);
                }
            }
        }

        /** Sends a signal such as STOP to the peer in it; it stays in the foreground. */
        public Pane signal(String signal) {
            String shell = tmux("display-message", "-p", "-t", name, "#{pane_pid}").strip();
            ProcessHandle peer = ProcessHandle.of(Long.parseLong(shell)).flatMap(sh -> sh.descendants().findFirst())
                    .orElseThrow(() -> new AssertionError("nothing runs in " + name));
            try {
                new ProcessBuilder("kill", "-" + signal, String.valueOf(peer.pid())).start().waitFor();
            } catch (IOException | InterruptedException e) {
                throw new AssertionError("cannot send " + signal, e);
            }
            return this;
        }

        /** Starts a peer in it, by a script, so that the line typed stays short. */
        public Pane peer(String... args) {
            Path script = folder.resolve(name + ".sh");
            try {
                Files.writeString(script, "exec " + PeerProcesses.shell(PeerProcesses.command(folder, args)) + "\n");
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            return enter("sh " + script);
        }
    }
}
