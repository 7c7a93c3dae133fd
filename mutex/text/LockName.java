package mutex.text;

/** Which names a lock can have. */
public final class LockName {

    /** The lock that is meant when none is named. */
    public static final String DEFAULT = "default";
    /** Held by whoever changes the group. */
    public static final String GROUP = ".group";
    /** Before the name of a lock: held by whoever makes a new token for it. */
    private static final String TOKEN = ".token/";
    private static final int LONGEST = 128;

    private LockName() {}

    /** 1 to 128 of {@code A-Z a-z 0-9 . _ : / -}; also asked of every message, so no regular expression. */
    public static boolean legal(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            // The ten digits and the colon are neighbours in ASCII, and so are - . / and the digits.
            boolean ok = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '-' && c <= ':' || c == '_';
            if (!ok) {
                return false;
            }
        }
        return !name.isEmpty() && name.length() <= LONGEST + (name.startsWith(TOKEN) ? TOKEN.length() : 0);
    }

    /** L2: whether it is one of the group's own, which run Ricart-Agrawala whatever the others do. */
    public static boolean reserved(String name) {
        return name.startsWith(".");
    }

    /** T7: the lock under which a new token is made for that one. */
    public static String token(String lock) {
        return TOKEN + lock;
    }

    /**
     * The name, if a person or program may use it.
     *
     * @throws IllegalArgumentException in one line that says what to write instead
     */
    public static String check(String name) {
        if (!legal(name)) {
            throw new IllegalArgumentException("lock name " + Printable.quoted(name)
                    + ": use 1 to 128 of a-z A-Z 0-9 . _ : / -");
        }
        if (reserved(name)) {
            throw new IllegalArgumentException("lock name \"" + name + "\": names with a dot first are the group's own");
        }
        return name;
    }
}
