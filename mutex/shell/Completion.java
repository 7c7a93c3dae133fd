package mutex.shell;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import mutex.status.Snapshot;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;
import org.jline.reader.impl.completer.SystemCompleter;

/** Completes commands and options, and the names of locks, addresses and members that are known here. */
final class Completion implements Completer {

    private static final Set<String> NAMING_A_LOCK = Set.of("request", "release", "cancel", "why", "pass");

    private final Session session;
    private final SystemCompleter commands;

    Completion(Session session, SystemCompleter commands) {
        this.session = session;
        this.commands = commands;
        commands.compile();
    }

    @Override
    public void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
        commands.complete(reader, line, candidates);
        if (line.wordIndex() == 0) {
            return;
        }
        Snapshot now = session.peer.snapshot().join();
        if (NAMING_A_LOCK.contains(line.words().get(0))) {
            session.requests().forEach(request -> candidates.add(new Candidate(request.lock)));
            now.node().locks().forEach(lock -> candidates.add(new Candidate(lock.name())));
        } else if (line.words().get(0).equals("remove") && now.node().group() != null) {
            now.node().group().othersThan(session.id()).forEach(id -> candidates.add(new Candidate(id.toString())));
        } else if (line.words().get(0).equals("fault")) {
            fault(line, now).forEach(word -> candidates.add(new Candidate(word)));
        } else if (line.words().get(0).equals("add")) {
            now.peers().stream().filter(other -> now.node().group() != null
                            && !now.node().group().members().containsKey(other.id()))
                    .forEach(other -> candidates.add(new Candidate(other.endpoint())));
        }
    }

    private static List<String> fault(ParsedLine line, Snapshot now) {
        String kind = line.words().get(1);
        return line.wordIndex() == 1 ? FaultCommand.KINDS
                : kind.equals("pause") || kind.equals("delay") && line.wordIndex() == 2 ? List.of("2s", "10s")
                : kind.equals("delay") && line.wordIndex() == 3 ? List.of("to")
                : Stream.concat(FaultCommand.known(now).stream().map(String::valueOf), Stream.of("all")).toList();
    }
}
