package mutex.run;

import mutex.text.ExitCode;

/** What the commands say about themselves. */
final class Help {

    static final String LOCK = """
            Usage: lock [OPTION...] NAME [--] COMMAND [ARGUMENT...]
                   lock [OPTION...] NAME -c TEXT
            Runs a command while this machine has the lock NAME, and stops it before anybody else may enter.

              -n, --nonblock     do not wait: give up at once where another has it, or within 2.5 s
              -w, --wait SECS    give up after so long, or 2.5 s later where a member does not answer; 0 is -n
              -E, --conflict-exit-code N
                                 exit code for that (default: 1)
              -c, --command TEXT run the text by a shell
              -k, --kill-after TIME
                                 if the lock is lost: from TERM to KILL (default: 5s)
                  --min-hold TIME
                                 keep the lock for so long at least
                  --once-per TIME
                                 run unless it was run anywhere within that time: keeps the lock for nine
                                 tenths of it, and leaves with 0 where another holds it
                  --peer HOST:PORT[,HOST:PORT...]
                                 the peer to ask, or several: the first that may use locks is taken,
                                 and a wait goes on at the next (default: MUTEX_PEER, or localhost:5000)
                  --tls-cert, --tls-key, --tls-ca FILE
                                 certificate, its key and the CA, where the peer wants TLS
              -h, --help         this text

            Times are seconds, as 5 or 0.5, or have a unit: 300ms, 5s, 2m, 1h. The command finds MUTEX_NAME,
            MUTEX_FENCE and MUTEX_PEER in its environment. INT, TERM and HUP are passed on to it. The lock is
            given back when its whole process group has ended.

            Exit codes: the command's own, 128 and the number of the signal that killed it
               1  not acquired (-n, -w); another with -E
              64  wrong usage
              69  the command cannot be executed
               70  a fault of lock itself
               75  no peer, no majority, or (-n) no answer from a member, before the lock was acquired
               76  the lock was lost, and the command stopped, or it says that it could not be
              78  the files of TLS cannot be used
             130, 143  interrupted while waiting
            """;

    static final String HOLD = """
            Usage: hold [OPTION...] NAME
            Holds the lock NAME until INT or TERM; prints its fence when it is held.

              -n, --nonblock     do not wait: give up at once where another has it, or within 2.5 s
              -w, --wait SECS    give up after so long, or 2.5 s later where a member does not answer; 0 is -n
              -E, --conflict-exit-code N
                                 exit code for that (default: 1)
                  --peer HOST:PORT[,HOST:PORT...]
                                 the peer to ask, or several: the first that may use locks is taken,
                                 and a wait goes on at the next (default: MUTEX_PEER, or localhost:5000)
                  --tls-cert, --tls-key, --tls-ca FILE
                                 certificate, its key and the CA, where the peer wants TLS
              -h, --help         this text

            Exit codes: 0 given back, 1 not acquired, 64 wrong usage, 75 no peer or no majority, 76 lost, 78 TLS files
            """;

    private Help() {}

    static int print(String text) {
        System.out.print(text);
        return System.out.checkError() ? ExitCode.OUTPUT : 0;
    }

    static int unusable(String verb, IllegalArgumentException wrong) {
        System.err.println(verb + ": " + wrong.getMessage());
        return ExitCode.CONFIGURATION;
    }

    static int wrong(String verb, IllegalArgumentException wrong) {
        System.err.println(verb + ": " + wrong.getMessage() + "; --help shows how it is used");
        return ExitCode.USAGE;
    }
}
