package tests.support;

import java.util.List;
import java.util.function.Consumer;
import mutex.log.Entry;
import mutex.web.Recent;

/** Lets tests see what a live page remembers. */
public final class Recollection implements Consumer<Entry> {

    /** How many events it keeps. */
    public static final int KEPT = Recent.KEPT;

    private final Recent recent = new Recent();

    @Override
    public void accept(Entry entry) {
        recent.accept(entry);
    }

    public List<Entry> all() {
        return recent.all();
    }
}
