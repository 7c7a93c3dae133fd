package mutex.web;

import com.sun.net.httpserver.Headers;
import java.util.List;
import java.util.regex.Pattern;
import mutex.text.Printable;

/**
 * Which requests are answered: those that were sent to this machine by its name, and what changes something only from the
 * page itself. Otherwise any page that a person has open elsewhere could press the buttons here: by a form of its own, or
 * by a name of its own that it lets point to this machine.
 *
 * <p>Source: https://fetch.spec.whatwg.org/#origin-header and https://www.w3.org/TR/fetch-metadata/
 */
final class OriginCheck {

    private static final Pattern THIS_MACHINE = Pattern.compile("(localhost|127\\.0\\.0\\.1|\\[::1])(:[0-9]{1,5})?", Pattern.CASE_INSENSITIVE);
    private static final int LONGEST = 80;

    private OriginCheck() {}

    /** Why not, in one line; null when it is answered. */
    static String refusal(String method, Headers headers) {
        String host = only(headers, "Host");
        if (host == null || !THIS_MACHINE.matcher(host).matches()) {
            return "the host is " + quoted(host) + ", not this machine; open the address that the peer has printed";
        }
        String origin = only(headers, "Origin");
        boolean changes = !method.equals("GET") && !method.equals("HEAD");
        if (headers.containsKey("Origin") || changes) {
            if (!("http://" + host).equalsIgnoreCase(origin)) {
                return "the origin is " + quoted(origin) + ", not http://" + host + "; only the page itself may ask this";
            }
        }
        String site = only(headers, "Sec-Fetch-Site");
        boolean opens = !changes && "navigate".equals(only(headers, "Sec-Fetch-Mode"));
        if (site != null && !opens && !site.equals("same-origin") && !site.equals("none")) {
            return "another page has asked; only the page itself may";
        }
        return null;
    }

    /** The value of a header that stands there once; else null. */
    private static String only(Headers headers, String name) {
        List<String> values = headers.get(name);
        return values == null || values.size() != 1 ? null : values.get(0);
    }

    private static String quoted(String text) {
        return text == null ? "missing" : "\"" + Printable.of(text, LONGEST) + "\"";
    }
}
