package tests;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import mutex.client.Held;
import mutex.client.LockSet;
import mutex.client.Mutex;

/**
 * The program that each process of ModesSafetyTest runs: a peer with many askers, who enter again and again in all modes.
 * Inside, they write to files that all share and nothing else protects.
 *
 * <p>Arguments: id, port, folder, entries of each asker, "locked" or "unlocked", other addresses.
 */
final class ModesContender {

    private static final List<String> WISHES = List.of("rw", "rw:shared", "rw:shared", "rw:shared", "pool:ID/4", "pool:1/4", "pool:1/4",
            "room:kind=red", "room:kind=blue", "x,y", "y,x", "y,rw:shared,x");

    private final int id;
    private final Mutex mutex; // null: nobody asks
    private final int entries;
    private final FileChannel history;
    private final FileChannel counter;

    private ModesContender(int id, Mutex mutex, int entries, Path folder) throws IOException {
        this.id = id;
        this.mutex = mutex;
        this.entries = entries;
        history = FileChannel.open(folder.resolve("history"), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        counter = FileChannel.open(folder.resolve("counter"), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    public static void main(String[] args) throws Exception {
        int id = Integer.parseInt(args[0]);
        Path folder = Path.of(args[2]);
        try (Mutex mutex = Mutex.peer(id).at("localhost", Integer.parseInt(args[1])).others(Stream.of(args).skip(5).toArray(String[]::new))
                .state(folder.resolve("state")).voice(System.out::println).start()) {
            System.out.println("peer " + id + " listens on it");
            mutex.acquire("warm-up").close(); // all have seen all
            new ModesContender(id, args[4].equals("locked") ? mutex : null, Integer.parseInt(args[3]), folder).run(mutex);
        } catch (IOException inUse) {
            System.out.println(inUse.getMessage());
        }
    }

    private void run(Mutex meeting) throws Exception {
        try (Held reader = meeting.acquire(Mutex.shared("meeting")); Held unit = meeting.acquire(Mutex.units("seats", 1, 3))) {
            System.out.println("all inside with " + reader.fence() + " " + unit.fence());
            System.in.read(); // until all are
        }
        ExecutorService threads = Executors.newFixedThreadPool(WISHES.size());
        List<Future<?>> ends = new ArrayList<>();
        for (int number = 0; number < WISHES.size(); number++) {
            ends.add(threads.submit(new Asker(number, WISHES.get(number).replace("ID", "" + id))::run));
        }
        for (Future<?> end : ends) {
            end.get();
        }
        threads.shutdown();
        System.out.println("done");
        System.in.transferTo(java.io.OutputStream.nullOutputStream()); // all are done: the others need our permission
    }

    /** One who enters again and again; the counter is of those with x and y. */
    private final class Asker {

        private final int number;
        private final String locks;

        Asker(int number, String locks) {
            this.number = number;
            this.locks = locks;
        }

        Void run() throws Exception {
            for (int i = 1; i <= entries; i++) {
                String name = id + "-" + number + "-" + i;
                Held held = mutex == null ? null : mutex.acquire(LockSet.parse(locks));
                append("enter", name, held == null ? 0 : held.fence());
                if (locks.contains("x")) {
                    count();
                } else {
                    Thread.sleep(i % 3);
                }
                append("exit", name, held == null ? 0 : held.fence());
                if (held != null && !held.isHeld()) {
                    throw new IllegalStateException(held.toString());
                }
                if (held != null) {
                    held.close();
                }
            }
            return null;
        }

        private void count() throws IOException, InterruptedException {
            ByteBuffer number = ByteBuffer.allocate(Long.BYTES);
            long before = counter.read(number, 0) < Long.BYTES ? 0 : number.getLong(0);
            Thread.sleep(mutex == null ? 2 : 0);
            counter.write(number.clear().putLong(0, before + 1), 0);
        }

        /** One write, so that lines of two never mix. */
        private void append(String event, String name, long fence) throws IOException {
            history.write(ByteBuffer.wrap((event + " " + locks + " " + name + " " + fence + "\n").getBytes(StandardCharsets.US_ASCII)));
        }
    }
}
