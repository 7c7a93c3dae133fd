package mutex.group;

/**
 * A line of a peer's start list.
 *
 * @param endpoint {@code host:port} as it was written
 * @param id the peer found there; 0 while unknown
 */
public record Seed(String endpoint, int id) {

    /** The same peer, as far as both sides know. */
    boolean matches(Seed other) {
        return id != 0 && other.id != 0 ? id == other.id : endpoint.equals(other.endpoint);
    }

    @Override
    public String toString() {
        return id == 0 ? endpoint : endpoint + " (peer " + id + ")";
    }
}
