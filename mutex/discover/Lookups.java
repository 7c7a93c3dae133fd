package mutex.discover;

import java.security.Security;

/**
 * How long this process believes what a name was: seconds, so that a machine that got another address is found soon.
 * Java keeps an answer for 30 s, that there is none for 10 s, and gRPC asks again after 30 s.
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
            Security.setProperty(REFUSED, SECONDS);
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
}
