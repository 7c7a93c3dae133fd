package mutex.run;

/**
 * What starts the command and stays beside it, outside the JVM: a Perl program, for Perl is on nearly every Unix and can
 * do what a shell cannot: make a process group without setsid(1), wait for several things at once without helpers,
 * hand the terminal over and back, tell "not permitted" from "gone", and leave bytes, descriptors and signals alone.
 *
 * <p>It is one process. It and the JVM watch each other: either stops the group when the other is silent or gone.
 */
final class PerlSupervisor {

    private PerlSupervisor() {}

    /**
     * Arguments: the folder with the pipes "to" and "from" it, and hundredths of a second from TERM to KILL; or only
     * the latter, with {@code $from}, {@code $to} and {@code $jvm} set by the launcher.
     *
     * <p>It reads {@code argv HEX...}, {@code env HEX HEX}, {@code fd N}, {@code close N} and {@code go FENCE TERM
     * KILL}; then {@code until TERM KILL}, {@code signal NAME}, {@code continued}, {@code stop}. It writes
     * {@code ready}, {@code group PGID}, {@code until TERM} when it has taken that in, {@code suspended},
     * {@code resumed}, {@code stopping}, {@code left} when it is not permitted to stop the group, {@code ended CODE}.
     */
    static final String TEXT = """
            use POSIX ();
            our ($from, $to, $jvm, $rest);
            my $job = getpgrp;
            my $parent = getppid;
            unless ($jvm) {
                my $folder = shift;
                open my $both, '+<', "$folder/to" or exit 69; # beside it neither end waits for a JVM that was killed just now
                open $from, '<', "$folder/to" or exit 69;
                open $both, '+<', "$folder/from" or exit 69;
                open $to, '>', "$folder/from" or exit 69;
                unlink "$folder/to", "$folder/from", "$folder/own"; # no file is needed from here on
                rmdir $folder;
                setpgrp; # Ctrl-C and Ctrl-Z are for the JVM, which says what to do
            }
            my $grace = shift;
            my %given; # what the launcher was started with, and Java has changed
            push @{$given{$1}}, $2 while ($ENV{AFTERYOU_GIVEN} // '') =~ /(\\w+)=(\\w+)/g;
            delete @ENV{'AFTERYOU_GIVEN', @{$given{unset} // []}};
            my ($group, $term, $kill, $code, $over, $told, $stopping, $suspended, $halted, $left, $gone, $final);
            my (@argv, @fds, @closed, %place);
            my $buffer = $rest // '';
            my %was = map { $_ => $SIG{$_} } qw(CHLD PIPE INT TERM HUP);
            my $ttou = POSIX::SigSet->new(&POSIX::SIGTTOU);
            open my $uptime, '<', '/proc/uptime';
            open my $tty, '+<', '/dev/tty';
            pipe my $woken, my $wake;
            fcntl $wake, &POSIX::F_SETFL, &POSIX::O_NONBLOCK;
            $SIG{CHLD} = sub { syswrite $wake, '.' };
            $SIG{PIPE} = 'IGNORE';

            sub now {
                return time . '00' unless $uptime;
                sysseek $uptime, 0, 0;
                sysread $uptime, my $text, 64;
                return $text =~ /^(\\d+)\\.(\\d\\d)/ ? $1 . $2 : time . '00';
            }
            sub report { syswrite $to, "@_\\n" }
            sub complain { syswrite STDERR, "lock: [$ENV{MUTEX_NAME}] @_\\n" }

            # Whether a process of the group runs. What cannot be told for certain to be gone is there: /proc may hide
            # those of others, or we have no descriptor left. A zombie does not count.
            my ($looked, $seen) = (0, 1);
            sub alive {
                my $denied = !kill 0, -$group;
                return 0 if $denied && $! != &POSIX::EPERM;
                return 1 unless $over && $uptime;
                return $seen if now() - $looked < ($stopping ? 5 : 100);
                ($looked, $seen) = (now(), 1);
                my ($any, $dead);
                local $/; # a name may have lines
                for my $stat (glob '/proc/[0-9]*/stat') {
                    open my $file, '<', $stat or next;
                    $any = 1;
                    (<$file> // '') =~ /.*\\) (\\S) \\d+ (\\d+)/s && $2 == $group or next;
                    return 1 if $1 ne 'Z' && $1 ne 'X';
                    $dead = 1;
                }
                return $seen = !$any || $denied && !$dead;
            }

            sub front { return $tty ? POSIX::tcgetpgrp(fileno $tty) // 0 : 0 }
            sub give {
                my $was = POSIX::SigSet->new;
                POSIX::sigprocmask(&POSIX::SIG_BLOCK, $ttou, $was);
                POSIX::tcsetpgrp(fileno $tty, $_[0]) if $tty;
                POSIX::sigprocmask(&POSIX::SIG_SETMASK, $was);
            }

            # What the JVM has changed in itself, as far as Linux shows it: the launcher has no need of this.
            sub as_the_jvm_was {
                my $status = '';
                if (open my $file, '<', "/proc/$parent/status") { local $/; $status = <$file> }
                my $mask = POSIX::SigSet->new;
                if ($status =~ /SigBlk:\\s*([0-9a-f]+)/) {
                    my $bits = reverse unpack 'B64', pack 'H16', $1;
                    $mask->addset($_) for grep { substr($bits, $_ - 1, 1) } 1 .. 31;
                }
                POSIX::sigprocmask(&POSIX::SIG_SETMASK, $mask);
                $SIG{$_} = 'IGNORE' for @{$given{ignored} // []};
                my ($caller) = %given ? () : $status =~ /PPid:\\s*(\\d+)/; # without the launcher: as ours was started, most likely
                if ($caller && open my $file, '<', "/proc/$caller/status") {
                    local $/;
                    $SIG{PIPE} = 'IGNORE' if <$file> =~ /SigIgn:\\s*([0-9a-f]+)/ && hex(substr $1, -8) & 1 << 12;
                }
                return unless $^O eq 'linux';
                my $pidfd = syscall 434, $parent + 0, 0; # pidfd_open, pidfd_getfd
                my ($spare) = sort { $b <=> $a } 30, map { $_ + 1 } @fds; # theirs may have the numbers of ours: first all out of the way, then into their places
                for my $n (@fds) {
                    my $fd = $pidfd < 0 ? -1 : syscall 438, $pidfd, $n + 0, 0;
                    my $file;
                    if ($fd < 0) {
                        next if -f "/proc/$parent/fd/$n" && -w _; # opened anew it would have another place in the file
                        open $file, -r _ ? '<' : '>', "/proc/$parent/fd/$n" or next;
                        $fd = fileno $file;
                    }
                    POSIX::dup2($fd, $spare) and $place{$n} = $spare++;
                    $file ? close $file : POSIX::close($fd);
                }
                my ($soft) = @{$given{nofile} // []};
                if ($caller && open my $file, '<', "/proc/$caller/limits") {
                    local $/;
                    ($soft) = <$file> =~ /Max open files\\s+(\\d+)/;
                }
                my $call = {x86_64 => 302, aarch64 => 261}->{(POSIX::uname())[4]};
                if ($call && ($soft // '') =~ /^\\d+$/) {
                    my $limit = pack 'QQ', 0, 0;
                    my (undef, $hard) = syscall($call, 0, 7, 0, $limit) == 0 ? unpack 'QQ', $limit : (0, 0);
                    my $new = pack 'QQ', $soft, $hard;
                    syscall($call, 0, 7, $new, 0) if $soft < $hard;
                }
            }

            sub start {
                pipe my $gate, my $opener;
                my $pid = fork;
                defined $pid or complain("cannot fork: $!"), report('ended 69'), exit 69;
                unless ($pid) {
                    close $opener;
                    setpgrp;
                    sysread $gate, my $go, 1 or POSIX::_exit(69); # the supervisor has died meanwhile
                    $SIG{$_} = $was{$_} eq 'IGNORE' ? 'IGNORE' : 'DEFAULT' for keys %was;
                    as_the_jvm_was() unless $jvm;
                    for my $n (keys %place) { # here, where no file of ours is closed by leaving a block
                        POSIX::dup2($place{$n}, $n + 0);
                        POSIX::close($place{$n});
                    }
                    POSIX::close($_ + 0) for @closed;
                    $^W = 0;
                    exec { $argv[0] } @argv;
                    syswrite STDERR, "lock: cannot execute \\"$argv[0]\\": $!\\n";
                    POSIX::_exit(69);
                }
                POSIX::setpgid($pid, $pid);
                $group = $pid;
                report("group $pid"); # before it can do anything: whoever is left knows what to stop
                give($group) if -t STDIN && -t STDOUT && front() == $job;
                syswrite $opener, 'x';
            }

            sub resume {
                return unless $suspended;
                $suspended = 0;
                return if $gone || now() >= $term; # it is stopped for good, and must not do a step
                give($group) if front() == $job;
                kill CONT => -$group;
                report('resumed');
            }

            # The command was stopped: by Ctrl-Z, if it has the terminal; else it may have asked for the terminal.
            sub halted {
                if ($tty && front() == $group) {
                    kill STOP => -$group;
                    ($halted, $suspended) = (0, 1);
                    report('suspended');
                    kill TSTP => -$job;
                    resume() if $jvm; # we were stopped, too
                } elsif ($tty && front() == $job) {
                    $halted = 0;
                    give($group);
                    kill CONT => -$group;
                }
            }

            sub hear {
                my ($word, @more) = split ' ', shift;
                if ($word eq 'argv') { @argv = map { pack 'H*', substr $_, 1 } @more; report('ready') }
                elsif ($word eq 'env') { $ENV{pack 'H*', substr $more[0], 1} = pack 'H*', substr $more[1], 1 }
                elsif ($word eq 'fd') { push @fds, $more[0] }
                elsif ($word eq 'close') { push @closed, $more[0] }
                elsif ($word eq 'go' && !$group) {
                    (my $fence, $term, $kill) = @more;
                    if (now() >= $term) { report('stopping'); report('ended 76'); $over = $final = 1 }
                    else { $ENV{MUTEX_FENCE} = $fence; start() }
                }
                elsif ($word eq 'until') { ($term, $kill) = @more; report("until $term") }
                elsif ($word eq 'signal') { kill $more[0] => -$group if $group }
                elsif ($word eq 'continued') { resume() }
                elsif ($word eq 'stop') { $told = 1 }
                elsif ($word eq 'exit') { $final = 1; $code = $more[0] }
                else { syswrite STDERR, "@_\\n" }
            }

            if ($jvm) {
                for my $name (qw(INT TERM HUP)) {
                    next if $was{$name} eq 'IGNORE';
                    $SIG{$name} = sub { $group && !$over ? kill $name => -$group : report("signal $name") };
                }
            }
            sub lines {
                while ($buffer =~ s/^([^\\n]*)\\n//) {
                    my $line = $1;
                    if (!$jvm) { hear($line) }
                    elsif ($line =~ s/^\\x1e//) { hear($line) }
                    else { syswrite STDERR, "$line\\n" } # a thread dump, say
                }
            }
            lines();
            my $reported;
            until ($final) {
                if ($group && !$over) {
                    while ((my $pid = waitpid $group, 3) > 0) { # WNOHANG | WUNTRACED
                        if ($? == 0 && (kill(0, $pid) || $! == &POSIX::EPERM)) { $halted = 1 } # it is there, so it only stopped
                        else { $code = $? & 127 ? 128 + ($? & 127) : $? >> 8; $over = 1; last }
                    }
                }
                halted() if $halted && !$over && !$stopping && !$suspended;
                my $now = now();
                if ($group && !$reported) {
                    if ($over && !alive()) {
                        give($job) if front() == $group;
                        $reported = 1;
                        report("ended $code");
                        last unless $jvm && !$gone;
                    } elsif (!$stopping && ($told || $gone || $now >= $term)) {
                        $stopping = 1;
                        report('stopping');
                        $kill = $now + $grace if $kill > $now + $grace;
                        if ($now < $kill) {
                            kill TERM => -$group;
                            kill CONT => -$group;
                        }
                    }
                    if ($stopping && $now >= $kill && !kill(KILL => -$group) && $! == &POSIX::EPERM && !$left) {
                        $left = 1;
                        report('left');
                        complain('LOST: lock was killed; the command could not be stopped (it runs as another user)') if $gone;
                    }
                }
                last if $gone && (!$group || $reported);
                my $wait = $stopping ? 0.02 : $over || $halted ? 0.1 : 1;
                $wait = ($term - $now) / 100 if $group && !$stopping && ($term - $now) / 100 < $wait;
                vec(my $bits = '', fileno $woken, 1) = 1;
                vec($bits, fileno $from, 1) = 1 unless $gone;
                next if select($bits, undef, undef, $wait < 0.01 ? 0.01 : $wait) <= 0; # interrupted: the bits say nothing
                sysread $woken, my $dots, 512 if vec $bits, fileno $woken, 1;
                if (!$gone && vec $bits, fileno $from, 1) {
                    my $n = sysread $from, $buffer, 65536, length $buffer;
                    $gone = 1 if defined $n && $n == 0;
                    lines();
                }
            }
            complain('LOST: lock was killed; the command was stopped first') if $gone && $stopping && !$left;
            """;
}
