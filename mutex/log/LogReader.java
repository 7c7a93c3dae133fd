package mutex.log;

import java.io.BufferedReader;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import mutex.text.Printable;

/**
 * Reads the log of a peer back from its file. A peer that is killed while it writes leaves half a line,
 * which may stand at the end, before the first line of its next incarnation, or even on that line.
 */
public final class LogReader {

    /** How a line begins. */
    private static final String START = "{\"time\":";
    static final String GAP = "{\"missing\":";
    private static final int LONGEST = 60;
    /** So many bytes of a file tell whether it is a log. */
    public static final int ENOUGH = 16;

    private final String name;
    private final List<LogLine> lines = new ArrayList<>();
    private final List<StepLines> inputs = new ArrayList<>();
    private final List<String> cuts = new ArrayList<>();
    private int number; // of the line
    private int gap; // number of the first line that says that others are missing; else 0
    private IllegalArgumentException half; // the line before is one, if a new incarnation begins now; else null

    private LogReader(String name) {
        this.name = name;
    }

    /** Whether a file that begins so was written by a peer. */
    public static boolean beginsAsLog(byte[] first) {
        String text = new String(first, StandardCharsets.US_ASCII);
        for (String start : List.of(START, StepLines.START, GAP)) {
            if (text.startsWith(start) || start.startsWith(text)) { // a killed peer may have left the beginning of one
                return true;
            }
        }
        return false;
    }

    /** The line that stands where so many are missing. */
    static String gap(long lines) {
        return GAP + lines + "}";
    }

    /**
     * All events of the file, in its order.
     *
     * @throws IllegalArgumentException in one line with file, line and what is wrong there
     */
    public static List<LogEntry> read(Path file) throws IOException {
        return log(file).lines().stream().map(LogLine::event).toList();
    }

    /** The same, with the number of each line, and what was fed to the nodes. */
    public static LogContents log(Path file) throws IOException {
        LogReader log = new LogReader(file.toString());
        LastByte bytes = new LastByte(Files.newInputStream(file));
        try (BufferedReader in = new BufferedReader(new InputStreamReader(bytes, StandardCharsets.UTF_8))) {
            String next = in.readLine();
            while (next != null) {
                String text = next;
                next = in.readLine();
                log.number++;
                log.add(text, next == null && bytes.last != '\n');
            }
        }
        if (log.half != null) {
            throw log.half;
        }
        return new LogContents(log.name, log.lines, log.inputs, log.cuts, log.gap);
    }

    private void add(String text, boolean unfinished) {
        try {
            if (text.matches("\\{\"missing\":[0-9]{1,18}\\}")) {
                addGap(text.substring(GAP.length(), text.length() - 1));
            } else if (text.startsWith(StepLines.START)) {
                add(StepLines.parse(name, number, text));
            } else {
                add(EntryParser.parse(text));
            }
            return;
        } catch (IllegalArgumentException wrong) {
            IllegalArgumentException problem = new IllegalArgumentException(name + ":" + number + ": "
                    + Printable.of(wrong.getMessage() + ", in: " + text, 2 * LONGEST));
            int rest = Math.max(text.lastIndexOf(START), text.lastIndexOf(StepLines.START));
            if (half != null || !unfinished && rest < 0) {
                throw half != null ? half : problem;
            }
            half = problem;
            if (unfinished) {
                cut();
            } else if (rest > 0) {
                add(text.substring(rest), false);
            }
        }
    }

    private void add(LogEntry event) {
        if (half != null) {
            if (!lines.isEmpty() && !Incarnation.begins(lines.get(lines.size() - 1).event(), event)) {
                throw half; // the same process went on: no kill has done this
            }
            cut();
        }
        lines.add(new LogLine(name, number, event));
    }

    private void add(StepLines input) {
        if (half != null) {
            if (input.beginning() == null) {
                throw half;
            }
            cut();
        }
        inputs.add(input);
    }

    private void addGap(String lines) {
        if (half != null) {
            cut();
        }
        gap = gap == 0 ? number : gap;
        cuts.add(name + ":" + number + ": " + lines + " lines are missing here, the file could not be written; what comes after is not checked");
    }

    private void cut() {
        half = null;
        cuts.add(name + ":" + number + ": cut off in the middle, as when a peer is killed; what is left of that line is not counted");
    }

    /** Remembers how a file ends: the reader of lines does not tell. */
    private static final class LastByte extends FilterInputStream {

        private byte last = '\n';

        LastByte(InputStream in) {
            super(in);
        }

        @Override
        public int read(byte[] to, int from, int most) throws IOException {
            int count = super.read(to, from, most);
            last = count > 0 ? to[from + count - 1] : last;
            return count;
        }
    }
}
