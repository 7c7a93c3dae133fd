package mutex.trace;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * The space-time diagram as one HTML file that needs nothing else: diagram.html with its style, its drawing and the run
 * in it. The page draws only what is in view, so that long runs stay usable.
 */
public final class Diagram {

    private Diagram() {}

    static String html(Trace trace, Check check) {
        return template("diagram.html").replace("/*STYLE*/", template("diagram.css")).replace("/*SCRIPT*/", template("diagram.js"))
                .replace("/*DATA*/null", DiagramData.of(trace, check));
    }

    /** The drawing, for another page: diagram.js or diagram.css. */
    public static String template(String name) {
        return template(Diagram.class, name);
    }

    /** A file that stands beside the class. */
    public static String template(Class<?> beside, String name) {
        try (InputStream in = beside.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing from the program; it belongs into its //FILES");
            }
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new IllegalStateException(name + ": " + e.getMessage());
        }
    }

    /** As a string of JSON that may stand in a script of a page. */
    static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            boolean plain = c >= ' ' && c < 127 && c != '"' && c != '\\' && c != '<';
            quoted.append(plain ? String.valueOf(c) : String.format(Locale.ROOT, "\\u%04x", (int) c));
        }
        return quoted.append('"').toString();
    }
}
