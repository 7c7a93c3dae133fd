package mutex.group;

/**
 * A line of a peer's start list.
 *
 * @param endpoint {@code host:port} as it was written
 * @param id the peer found there; 0 while unknown
 */
public record Listed(String endpoint, int id) {

    /** The same peer, as far as both sides know. */
    boolean matches(Listed other) {
        return id != 0 && other.id != 0 ? id == other.id : endpoint.equals(other.endpoint);
    }

    @Override
    public String toString() {
        return id == 0 ? endpoint : endpoint + " (peer " + id + ")";
    }
}
