package mutex.discover;

import java.net.UnknownHostException;
import java.security.Security;
import mutex.text.Printable;

/**
 * How long this process believes what a name was: seconds, so that a machine that got another address is found soon.
 * Java keeps an answer for 30 s, and gRPC asks again after 30 s. That there is none Java keeps for 10 s, without the reason,
 * so that a name server that does not answer seems to say that there is no such name: that is not kept at all.
 *
 * <p>Where the user has set these for the Java runtime, that stays. In a program that looked names up before it used
 * this library, Java has read its own settings already, and they stay, too.
 */
public final class Lookups {

    private static final String KEPT = "networkaddress.cache.ttl"; // the name of gRPC's system property, too
    private static final String REFUSED = "networkaddress.cache.negative.ttl";
    private static final String USUAL_REFUSED = "10"; // as java.security is shipped
    private static final String SECONDS = "2";

    static {
        if (Security.getProperty(KEPT) == null && System.getProperty("sun.net.inetaddr.ttl") == null) {
            Security.setProperty(KEPT, SECONDS);
        }
        if (USUAL_REFUSED.equals(Security.getProperty(REFUSED)) && System.getProperty("sun.net.inetaddr.negative.ttl") == null) {
            Security.setProperty(REFUSED, "0");
        }
        if (System.getProperty(KEPT) == null) {
            System.setProperty(KEPT, SECONDS);
        }
    }

    private Lookups() {}

    /** To be called before the first name is looked up. */
    public static void keepShort() {
        // The work is done once, above.
    }

    /** A host whose address cannot be found: as it was named, and without the system's own sentence where that says no more. */
    public static String unresolved(String host, UnknownHostException error) {
        boolean later = String.valueOf(error.getMessage()).matches("(?i).*(temporary|try again).*");
        return later ? unanswered(host) : "host " + Printable.quoted(host) + " is not known";
    }

    /** As long as no name server has said anything of the host. */
    public static String unanswered(String host) {
        return "host " + Printable.quoted(host) + " cannot be looked up now: no name server answers";
    }
}
