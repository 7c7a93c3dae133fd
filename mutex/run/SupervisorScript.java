package mutex.run;

/**
 * What runs beside the command, in shells outside the JVM: whatever becomes of that, the command is stopped in time.
 *
 * <p>Two sessions: one of the supervisor, which waits for the command, and its guard, which reads what the JVM
 * writes; and one of the command, whose process group the guard stops when it is told to, when the time is up, or
 * when the JVM is gone, which closes the pipe. No bashism: POSIX, setsid(1), and sleep(1) with fractions.
 */
final class SupervisorScript {

    private SupervisorScript() {}

    /**
     * Arguments: a folder with a pipe "line" in it, hundredths of a second from TERM to KILL, the command. The
     * lines it reads: {@code go FENCE TERM KILL} first; then {@code until TERM KILL}, {@code signal NAME},
     * {@code stop}. It leaves a file "stopped" if it stopped the command, and "ended" when all is over; it removes
     * the folder when the JVM is gone.
     */
    static final String TEXT = """
            dir=$1 grace=$2
            shift 2
            exec 6>&2 2>/dev/null 8<>"$dir/line" 9<"$dir/line" 8>&-
            read -r word MUTEX_FENCE term kill <&9 || { rm -rf "$dir"; exit 0; }
            export MUTEX_FENCE

            now() {
                if read -r up rest </proc/uptime; then now=${up%.*}${up#*.}; else now=$(date +%s)00; fi
            }

            # Processes of the group that run; a dead one whose parent does not look is none.
            alive() {
                kill -s 0 -- "-$group" || return 1
                [ "$over" ] && [ -r /proc/self/stat ] || return 0
                for stat in /proc/[0-9]*/stat; do
                    read -r line <"$stat" && set -- ${line##*) } && [ "$3" = "$group" ] && [ "$1" != Z ] && return 0
                done
                return 1
            }

            # A line "tick" by itself, when it is time to look again.
            tick() {
                [ "$ticking" ] && return
                ticking=1
                left=$((term - now))
                most=100
                [ "$over" ] && most=10
                [ "$left" -gt "$most" ] && left=$most
                [ "$left" -lt 2 ] && left=2
                [ "$left" -lt 10 ] && left=0$left
                [ "$left" = 100 ] && left=1 || left=0.$left
                { sleep "$left"; echo tick 1<>"$dir/line"; } &
            }

            guard() {
                group= over= ticking= signals= alone=1
                while read -r word first second <&9; do
                    case $word in
                    group) group=$first; for name in $signals; do kill -s "$name" -- "-$group"; done ;;
                    until) term=$first kill=$second ;;
                    signal) if [ "$group" ]; then kill -s "$first" -- "-$group"; else signals="$signals $first"; fi ;;
                    tick) ticking= ;;
                    over) over=1 ;;
                    stop) alone= && break ;;
                    esac
                    now
                    [ "$now" -ge "$term" ] && alone= && break
                    [ "$over" ] && ! alive && return
                    tick
                done
                [ "$alone" ] && : >"$dir/alone"
                exec 9<>"$dir/line"
                while [ -z "$group$over" ]; do # it is just being started
                    read -r word first second <&9
                    [ "$word" = group ] && group=$first
                    [ "$word" = over ] && over=1
                done
                [ "$group" ] && alive || return
                : >"$dir/stopped"
                kill -s TERM -- "-$group"
                kill -s CONT -- "-$group"
                now
                [ "$kill" -gt $((now + grace)) ] && kill=$((now + grace))
                while alive && [ "$now" -lt "$kill" ]; do
                    sleep 0.02
                    now
                done
                kill -s KILL -- "-$group"
                over=1
                while alive; do
                    sleep 0.05
                done
            }

            now
            if [ "$now" -ge "$term" ]; then # this shell was stopped, perhaps: it does not begin what it would stop
                : >"$dir/stopped"
                : >"$dir/ended"
                exit 0
            fi
            guard </dev/null >/dev/null 6>&- &
            # In a subshell: what became of it is said on standard error, which must not be the command's.
            (exec setsid sh -c 'echo "group $$" 1<>"$1/line"; shift; trap "exit 69" EXIT; exec "$@"' \\
                sh "$dir" "$@" 2>&6 6>&- 9<&-)
            code=$?
            echo over 1<>"$dir/line"
            wait
            : >"$dir/ended"
            [ -e "$dir/alone" ] && rm -rf "$dir"
            exit "$code"
            """;
}
