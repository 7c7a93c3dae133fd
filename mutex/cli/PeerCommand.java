package mutex.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import mutex.discover.Discovery;
import mutex.log.LogFile;
import mutex.metrics.MetricsServer;
import mutex.peer.LocalPeer;
import mutex.shell.Leaving;
import mutex.shell.Screen;
import mutex.shell.Session;
import mutex.shell.Shell;
import mutex.text.ExitCode;
import mutex.transport.EventLoop;
import mutex.transport.Tls;
import mutex.web.WebServer;
import org.jline.utils.Signals;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** One peer of a distributed lock without a server: starts it, with a shell on a terminal. */
@Command(name = "peer", sortOptions = false, mixinStandardHelpOptions = true, version = "After You 0.1.0",
        description = {"Run one peer of After You: distributed mutual exclusion among equal peers, without a server.", ""}, subcommands = {Certs.class, Demo.class},
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:ended normally", "1:a command read from standard input failed", "64:wrong usage",
            "70:the peer broke one of its own rules and stopped", "78:wrong configuration, or the port is in use"})
public final class PeerCommand implements Callable<Integer> {

    @Mixin
    private PeerOptions options;

    @Override
    public Integer call() throws IOException, InterruptedException {
        options.check();
        boolean terminal = !options.noShell && Shell.onTerminal();
        Screen screen = new Screen(System.out, terminal ? null : System.err);
        Tls secured = options.openTls(screen::problem);
        LogFile file = options.openLog(screen::problem);
        if (options.noShell) { // before anything says that it runs
            Signals.register("HUP", file == null ? () -> { } : file::reopen); // as logrotate sends it
        }
        EventLoop events = new EventLoop(secured);
        ServiceNews news = new ServiceNews(screen::line, screen::problem);
        LocalPeer peer = start(events, options.peerStart(options.noShell ? news::problem : screen::problem, file), screen);
        screen.whenFailed(peer.loop()::endIfFatal);
        if (options.lab) {
            peer.loop().lab().open();
        }
        MetricsServer metrics;
        WebServer page;
        try {
            metrics = options.serveMetrics(peer, screen::line);
            page = options.servePage(peer, secured);
        } catch (IOException e) {
            peer.close();
            throw e;
        }
        screen.line("peer " + peer.loop().settings().id() + " listens on " + peer.endpoint());
        options.tellFile(screen::line);
        options.tellNoOthers(screen::line);
        if (page != null) {
            screen.line("live page at " + page.address());
        }
        Discovery discovery = options.startDiscovery(peer, screen::problem);
        Runnable leave = () -> {
            Leaving.orAtOnce();
            close(page);
            close(peer);
            close(discovery);
            close(metrics);
            close(file);
            screen.flush();
        };
        Runtime.getRuntime().addShutdownHook(new Thread(leave, "leave"));
        return serve(peer, screen, terminal, news);
    }

    /** What it has said before it fails stands before the reason. */
    private static LocalPeer start(EventLoop events, LocalPeer.PeerStart start, Screen screen) throws IOException {
        try {
            return LocalPeer.start(events, start);
        } catch (IOException | RuntimeException e) {
            screen.flush();
            throw e;
        }
    }

    /** @param part null where there is none */
    private static void close(AutoCloseable part) {
        try {
            if (part != null) {
                part.close();
            }
        } catch (Exception e) {
            throw new IllegalStateException(e); // none of them throws
        }
    }

    private int serve(LocalPeer peer, Screen screen, boolean terminal, ServiceNews news) throws IOException, InterruptedException {
        if (options.noShell) {
            peer.loop().follow(Integer.MAX_VALUE, news);
            new CountDownLatch(1).await();
        }
        try (Session session = new Session(peer.loop(), screen, terminal)) {
            Shell shell = new Shell(session);
            if (terminal) {
                screen.line("Enter asks for the lock and gives it back; help lists the commands");
                shell.run();
                new Leaving(session).leave();
                return 0;
            }
            int code = shell.run(System.in);
            return new Leaving(session).leave() ? code : ExitCode.NO;
        }
    }
}
