package mutex.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mutex.text.Printable;
import mutex.transport.CertificateMaker;
import mutex.transport.CertificateMaker.Order;
import mutex.transport.PeerCertificate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes what TLS needs: a CA, a certificate for each peer and one for programs. */
@Command(name = "certs", mixinStandardHelpOptions = true, sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n", exitCodeList = {"0:made, or there already", "64:wrong usage",
            "74:the output cannot be written", "78:a file cannot be read or written"},
        description = "Make certificates for TLS in a folder: for a CA, each peer and a client. Existing files are kept; "
                + "--renew replaces those that are named, but never the CA's.")
public final class Certs implements Callable<Integer> {

    private static final Pattern PEER = Pattern.compile("([1-9][0-9]{0,4})(?:=([A-Za-z0-9._:,-]+))?");
    private static final String CLIENT = "client";
    private static final String START = "-1H"; // another machine's clock may be behind

    @Spec
    private CommandSpec spec;

    @Option(names = "--days", paramLabel = "N", defaultValue = "365", description = "how many days they are valid (default: ${DEFAULT-VALUE})")
    private String days;

    @Option(names = "--renew", description = "make a new key and certificate for each one named, even if it exists")
    private boolean renew;

    @Parameters(index = "0", paramLabel = "DIR", description = "the folder")
    private Path folder;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "ID[=HOST[,HOST...]]", description = "a peer's id, with the "
            + "hosts by which grpcurl and other clients reach it besides localhost; or \"client\"")
    private List<String> peers;

    @Override
    public Integer call() throws IOException, InterruptedException {
        CertificateMaker maker = new CertificateMaker(folder);
        Set<Order> orders = new LinkedHashSet<>();
        for (String peer : peers) {
            orders.add(order(peer));
        }
        Set<Order> kept = new LinkedHashSet<>();
        for (Order order : orders) {
            if (maker.has(order.name()) && !renew) {
                kept.add(order);
            }
        }
        orders.removeAll(kept);
        if (!peers.contains(CLIENT) && !maker.has(CLIENT)) {
            orders.add(order(CLIENT));
        }
        boolean reused = maker.hasCa();
        maker.make(List.copyOf(orders));
        System.out.println(folder.resolve("ca.pem") + (reused ? ": already exists and is reused"
                : ": the CA's certificate, for every machine; ca.key: keep secret, needed only to issue more certificates"));
        kept.forEach(order -> System.out.println(files(order) + " already exist and are kept; --renew replaces them"));
        orders.forEach(order -> System.out.println(files(order) + ": for "
                + (order.peer() == PeerCertificate.OF_CLIENT ? "client programs" : "peer " + order.peer())
                + ", valid for " + days + " days"));
        return 0;
    }

    private String files(Order order) {
        return folder.resolve(order.name() + ".pem") + " and " + order.name() + ".key";
    }

    private Order order(String word) {
        if (!days.matches("[0-9]{1,4}") || Integer.parseInt(days) < 1 || Integer.parseInt(days) > 3_650) {
            throw new ParameterException(spec.commandLine(), "--days " + Printable.quoted(days) + " is not a number from 1 to 3650");
        }
        int valid = Integer.parseInt(days);
        if (word.equals(CLIENT)) {
            return new Order(PeerCertificate.OF_CLIENT, List.of(), START, valid);
        }
        Matcher form = PEER.matcher(word);
        if (!form.matches() || Integer.parseInt(form.group(1)) > 65_535) {
            throw new ParameterException(spec.commandLine(), Printable.quoted(word) + " is not a peer's id from 1 to 65535, "
                    + "maybe with its hosts, e.g. 1 or 1=db1.example.org");
        }
        return new Order(Integer.parseInt(form.group(1)), form.group(2) == null ? List.of() : List.of(form.group(2).split(",")), START, valid);
    }
}
