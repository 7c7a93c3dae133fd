package mutex.peer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import mutex.state.WholeFile;
import mutex.text.Durations;
import mutex.transport.DaemonThreads;
import mutex.transport.EventLoop;

/**
 * The programs that run under a lock of this peer and need time to stop when it dies. As long as there are any, a file
 * says how long: a peer that was killed and is started again gives them that time before it lets others enter.
 * Loop thread only, but for {@link #left} and {@link #close}.
 */
public final class GracePeriods implements AutoCloseable {

    /** What a program needs that {@code lock} runs without {@code -k}, with a second in hand: the guess where the file is damaged. */
    static final long GUESS = ServerHold.SURE_WITHOUT_A_WORD + 7_000;
    private static final int MOST_BYTES = 100;
    private static final Pattern FORM = Pattern.compile("([0-9]{1,7}) ms to stop, checksum ([0-9a-f]{8})\n");

    /** Of a program that is inside, or will be when the file says so. */
    static final class Place {
        private final long millis;
        private final Runnable written;
        private final Consumer<String> refused;

        private Place(long millis, Runnable written, Consumer<String> refused) {
            this.millis = millis;
            this.written = written;
            this.refused = refused;
        }
    }

    private final Path file;
    private final WholeFile whole;
    private final EventLoop loop;
    private final Consumer<String> voice;
    private final ExecutorService writer = DaemonThreads.single("tenants");
    private final Set<Place> inside = new HashSet<>();
    private final List<Place> waiting = new ArrayList<>(); // inside, but for the file
    private long written; // milliseconds that are in the file; 0: there is none, or it is about to be deleted
    private boolean writing;

    /** @param state whose neighbour the file is */
    public GracePeriods(Path state, EventLoop loop, Consumer<String> voice) {
        this.file = state.resolveSibling(state.getFileName().toString().replaceFirst("\\.json$", "") + ".tenants");
        this.whole = new WholeFile(file);
        this.loop = loop;
        this.voice = voice;
    }

    /** How long whoever was inside when this peer died needs, in milliseconds; 0 when nobody was. */
    public long left() {
        if (!Files.exists(file)) {
            return 0;
        }
        String why;
        try {
            byte[] bytes = !Files.isRegularFile(file) || Files.size(file) > MOST_BYTES ? new byte[0] : Files.readAllBytes(file);
            Matcher form = FORM.matcher(new String(bytes, StandardCharsets.US_ASCII));
            if (form.matches() && text(Long.parseLong(form.group(1))).equals(form.group())) {
                return Math.min(Long.parseLong(form.group(1)), ServerHold.MOST_SURE);
            }
            why = !Files.isRegularFile(file) ? "it is no regular file" : Files.size(file) == 0 ? "it is empty" : "its checksum is wrong";
        } catch (IOException e) {
            why = e.getClass().getSimpleName();
        }
        voice.accept(file + ": cannot be read (" + why + "); this peer waits " + Durations.sayMillis(GUESS)
                + ", as long as a lock command without -k needs; one with a longer -k has to be ended by hand");
        return GUESS;
    }

    private static String text(long millis) {
        CRC32 sum = new CRC32();
        sum.update(Long.toString(millis).getBytes(StandardCharsets.US_ASCII));
        return String.format(Locale.ROOT, "%d ms to stop, checksum %08x%n", millis, sum.getValue()).replace("\r", "");
    }

    /**
     * Somebody enters who needs so many milliseconds: may go on when the file says so, or is refused with why it cannot
     * be written, and has no place then.
     */
    Place enter(long millis, Runnable onceWritten, Consumer<String> refused) {
        Place place = new Place(millis, onceWritten, refused);
        inside.add(place);
        if (millis <= written) {
            onceWritten.run();
        } else {
            waiting.add(place);
            write();
        }
        return place;
    }

    /** Writes for all who wait; those who come meanwhile are next. */
    private void write() {
        if (writing || waiting.isEmpty()) {
            return;
        }
        writing = true;
        long millis = inside.stream().mapToLong(place -> place.millis).max().orElse(0);
        writer.execute(() -> {
            String problem = tryWrite(millis);
            loop.run(() -> tried(millis, problem));
        });
    }

    private void tried(long millis, String problem) {
        writing = false;
        written = problem == null ? millis : written;
        if (problem != null) {
            voice.accept(problem + "; programs that need time to stop get no lock here");
        }
        List<Place> told = waiting.stream().filter(place -> problem != null || place.millis <= millis).toList();
        waiting.removeAll(told);
        if (inside.isEmpty()) {
            forget();
        }
        for (Place place : told) {
            if (problem == null) {
                place.written.run();
            } else {
                inside.remove(place);
                place.refused.accept(problem);
            }
        }
        write();
    }

    private String tryWrite(long millis) {
        try {
            whole.write(text(millis).getBytes(StandardCharsets.US_ASCII), false); // not synced: whoever is inside on this machine dies with it
            return null;
        } catch (IOException | RuntimeException | Error e) { // programs wait for the answer, whatever it is
            if (e instanceof Error broken) {
                loop.run(() -> {
                    throw broken; // it says what it was, and whether this process can go on
                });
            }
            return file + ": cannot be written (" + e.getClass().getSimpleName() + ")";
        }
    }

    /** Somebody who entered has left. */
    void leave(Place place) {
        waiting.remove(place);
        if (inside.remove(place) && inside.isEmpty() && !writing) {
            forget();
        }
    }

    private void delete() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // the next start waits a little for nobody: that is all
        }
    }

    /** Nobody is inside any more, and the time that was left is over. */
    void forget() {
        written = 0;
        writer.execute(() -> delete());
    }

    /** As {@link WholeFile#endAfter}. */
    @Override
    public void close() {
        whole.endAfter(writer);
    }
}
