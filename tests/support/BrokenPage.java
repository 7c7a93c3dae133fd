package tests.support;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import mutex.peer.PeerLoop;
import mutex.web.LatestNews;
import mutex.web.LivePage;

/** The news of an open page, where the first of each kind fails to be made. */
public final class BrokenPage implements AutoCloseable {

    /** The kinds of news that came all the same, as often as they came. */
    public final List<String> news = new CopyOnWriteArrayList<>();
    private final List<LatestNews.NewsKind> failed = new ArrayList<>(); // the page's own thread's only
    private final LivePage live;

    /** @param error what is thrown, checked or not */
    public BrokenPage(PeerLoop peer, Throwable error) {
        live = new LivePage(peer, null, new LatestNews() {
            @Override
            public synchronized void put(LatestNews.NewsKind kind, String json) {
                if (!failed.contains(kind)) {
                    failed.add(kind);
                    sneak(error);
                }
                news.add(kind.name());
            }
        });
        live.opened();
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void sneak(Throwable error) throws T {
        throw (T) error;
    }

    @Override
    public void close() {
        live.close();
    }
}
