package mutex.cli;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import mutex.shell.Shell;

/**
 * Notices that nobody reads standard output any more while nothing is written to it: behind head(1), say, that has all
 * it wants. That takes poll(2), which Java does not offer for it, so a Perl program waits beside us, with the same
 * standard output. It uses no time, and ends with us. Where there is no Perl, the next line that is written tells.
 */
final class OutputReader {

    private static final String POLL = """
            my $poll = IO::Poll->new;
            $poll->mask(*STDIN => POLLIN | POLLHUP);
            $poll->mask(*STDOUT => POLLERR | POLLHUP);
            1 until $poll->poll > 0;
            exit !$poll->events(*STDOUT);
            """;

    private final Process process; // null without

    private OutputReader(Process process) {
        this.process = process;
    }

    /** @param gone is called when nobody reads any more, on a thread of its own */
    static OutputReader watch(Runnable gone) {
        if (Shell.onTerminal()) {
            return new OutputReader(null); // that says HUP
        }
        try {
            Process process = new ProcessBuilder("perl", "-MIO::Poll=POLLIN,POLLERR,POLLHUP", "-e", POLL)
                    .redirectOutput(Redirect.INHERIT).redirectError(Redirect.DISCARD).start();
            process.onExit().thenAccept(ended -> {
                if (ended.exitValue() == 0) {
                    gone.run();
                }
            });
            return new OutputReader(process);
        } catch (IOException noPerl) {
            return new OutputReader(null);
        }
    }

    void close() {
        if (process != null) {
            process.destroyForcibly();
        }
    }
}
