package mutex.shell;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mutex.net.CertificateMaker;
import mutex.net.CertificateMaker.Order;
import mutex.net.PeerCertificate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes what TLS needs: a CA, a certificate for each peer and one for programs. */
@Command(name = "certs", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Makes certificates in a folder: of a CA, of each peer and of a client. What is there already, the CA's "
                + "apart, is made anew.")
public final class Certs implements Callable<Integer> {

    private static final Pattern PEER = Pattern.compile("([1-9][0-9]{0,4})(?:=([A-Za-z0-9._:,-]+))?");
    private static final String CLIENT = "client";
    private static final String START = "-1H"; // another machine's clock may be behind

    @Spec
    private CommandSpec spec;

    @Option(names = "--days", paramLabel = "N", defaultValue = "365", description = "how long they are valid (default: ${DEFAULT-VALUE})")
    private String days;

    @Parameters(index = "0", paramLabel = "DIR", description = "the folder")
    private Path folder;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "ID[=HOST[,HOST...]]", description = "ids of the peers; with them the "
            + "hosts that grpcurl and other clients reach them by, beside localhost; or \"client\"")
    private List<String> peers;

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<Order> orders = new ArrayList<>();
        for (String peer : peers) {
            orders.add(order(peer));
        }
        if (!peers.contains(CLIENT) && !Files.exists(folder.resolve(CLIENT + ".pem"))) {
            orders.add(order(CLIENT));
        }
        CertificateMaker maker = new CertificateMaker(folder);
        boolean reused = maker.hasCa();
        maker.make(orders);
        System.out.println(folder.resolve("ca.pem") + (reused ? ": was there, and is used again"
                : ": names the CA; ca.key, which made the others, is for this folder's owner only"));
        orders.forEach(order -> System.out.println(folder.resolve(order.name() + ".pem") + " and " + order.name() + ".key: of "
                + (order.peer() == PeerCertificate.OF_CLIENT ? "programs that use locks" : "peer " + order.peer())
                + ", valid for " + days + " days"));
        return 0;
    }

    private Order order(String word) {
        if (!days.matches("[0-9]{1,4}") || Integer.parseInt(days) < 1 || Integer.parseInt(days) > 3_650) {
            throw new ParameterException(spec.commandLine(), "--days " + Usage.quoted(days) + " is not a number from 1 to 3650");
        }
        int valid = Integer.parseInt(days);
        if (word.equals(CLIENT)) {
            return new Order(PeerCertificate.OF_CLIENT, List.of(), START, valid);
        }
        Matcher form = PEER.matcher(word);
        if (!form.matches() || Integer.parseInt(form.group(1)) > 65_535) {
            throw new ParameterException(spec.commandLine(), Usage.quoted(word) + " is not a peer's id from 1 to 65535, "
                    + "maybe with its hosts, e.g. 1 or 1=db1.example.org");
        }
        return new Order(Integer.parseInt(form.group(1)), form.group(2) == null ? List.of() : List.of(form.group(2).split(",")), START, valid);
    }
}
