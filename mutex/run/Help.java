package mutex.run;

import mutex.text.ExitCode;

/** What the commands say about themselves. */
final class Help {

    static final String LOCK = """
            Usage: lock [OPTION...] NAME[,NAME...] [--] COMMAND [ARGUMENT...]
                   lock [OPTION...] NAME[,NAME...] -c TEXT
            Run a command while holding the lock NAME, on one machine at a time (mutual
            exclusion), and stop it before anybody else can acquire the lock. Several locks
            are acquired, released and lost together. A name may have a mode of its own:
            a:shared, a:exclusive, a:kind=KIND, or a:W/K for W units of a pool of K.

            %s
            A time is in seconds, as 5 or 0.5, or has a unit: 300ms, 5s, 2m, 1h. The command
            finds MUTEX_NAME, MUTEX_PEER and MUTEX_FENCE in its environment; the fence is a
            fencing token, a number that grows with every acquisition. INT, TERM and HUP are
            passed on to the command. The lock is released when its whole process group has
            ended.

            Exit codes: the command's own, 128 + N if signal N killed it, and
              1     not acquired (-n, -w); another code with -E
              64    wrong usage
              69    the command cannot be executed
              70    a fault in lock itself
              75    not acquired: no peer, no majority (quorum), or no answer from a member
              76    the lock was lost; the command was stopped, or else it says so
              78    the TLS files cannot be used
              129, 130, 143
                    HUP, INT or TERM while waiting
            """.replace("%s\n", LockOption.help(false) + "\n");

    static final String HOLD = """
            Usage: hold [OPTION...] NAME[,NAME...]
            Hold the lock NAME until INT or TERM; several are acquired, released and lost
            together, and may have modes as with lock: a,b:shared,c:2/8. Prints the fence
            when the lock is held: a fencing token, a number that grows with every
            acquisition.

            %s
            Exit codes:
              0     released
              1     not acquired (-n, -w); another code with -E
              64    wrong usage
              70    a fault in hold itself
              74    the fence cannot be written
              75    not acquired: no peer, no majority (quorum), or no answer from a member
              76    the lock was lost
              78    the TLS files cannot be used
              129, 130, 143
                    HUP, INT or TERM while waiting
            """.replace("%s\n", LockOption.help(true) + "\n");

    private Help() {}

    static int print(String verb, String text) {
        System.out.print(text);
        return PrintedOutput.code(verb);
    }

    static int unusable(String verb, IllegalArgumentException wrong) {
        System.err.println(verb + ": " + wrong.getMessage());
        return ExitCode.CONFIGURATION;
    }

    static int wrong(String verb, IllegalArgumentException wrong) {
        System.err.println(verb + ": " + wrong.getMessage() + "; see --help");
        return ExitCode.USAGE;
    }
}
