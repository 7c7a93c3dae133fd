package mutex.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * {@link PerlSupervisor} in sh, where there is no Perl: busybox, for one. It speaks the same lines, and stops the
 * command as surely. Not handed on are descriptors above 2, variables that a shell cannot name (on a command line
 * everybody would see them), bytes that the locale cannot say, and with setsid(1) the terminal.
 *
 * <p>A shell can wait for one thing at a time, so three helpers write lines into one pipe: what the JVM says, a tick
 * ten times a second, and the end of the command. The one that reads them decides; whichever helper is killed or
 * stopped, what is left stops the command in time. No bashism: POSIX, and sleep(1) with fractions.
 */
final class ShellSupervisor {

    private ShellSupervisor() {}

    /**
     * @return null where a process group cannot be made
     */
    static List<String> command(String folder, String grace, List<String> command) {
        boolean setsid = Program.find("setsid").isPresent();
        Optional<String> shell = setsid ? Optional.of("sh") // bash and ksh have job control without a terminal, dash and busybox have not
                : Stream.of("bash", "ksh").filter(name -> Program.find(name).isPresent()).findFirst();
        if (shell.isEmpty()) {
            return null;
        }
        List<String> words = new ArrayList<>(List.of(shell.get(), "-c", TEXT, "lock", folder, grace, setsid ? "setsid" : ""));
        words.addAll(command);
        return words;
    }

    /**
     * Arguments: the folder with the pipes "to", "from" and "own", hundredths of a second from TERM to KILL, setsid or
     * nothing, the command. Its variables have names that nobody else uses: an exported one keeps its value.
     */
    static final String TEXT = """
            ay_dir=$1 ay_grace=$2 ay_new=$3
            shift 3
            ay_given=${AFTERYOU_GIVEN-}
            unset AFTERYOU_GIVEN
            # A trap with an action would interrupt read; and ksh could not take it back for the command.
            [ "${KSH_VERSION-}" ] || trap '' INT QUIT TERM HUP TSTP
            trap : PIPE # when the JVM is gone, nobody reads what we report; not ignored, or the command would have it so
            # Each end is opened beside one that has both, and does not wait for a JVM that was killed just now.
            exec 5<&0 6>&1 7>&2 3<>"$ay_dir/to" 8<"$ay_dir/to" 3<>"$ay_dir/from" 9>"$ay_dir/from" 3<&- 4<>"$ay_dir/own" </dev/null >/dev/null 2>/dev/null
            rm -f "$ay_dir/own" "$ay_dir/to" "$ay_dir/from"
            rmdir "$ay_dir"

            ay_now() {
                if read -r ay_up ay_rest </proc/uptime; then ay_now=${ay_up%.*}${ay_up#*.}; else ay_now=$(date +%s)00; fi
            }

            # No "--" before a group: busybox takes it for a process, and fails though the signal was sent.
            # What cannot be told for certain to be gone is there; a dead one whose parent does not look is not.
            ay_alive() {
                ay_said=$(LC_ALL=C; export LC_ALL; kill -0 "-$ay_group" 2>&1) || case $ay_said in
                *[Nn]"o such process"*) return 1 ;;
                esac
                [ "$ay_over" ] && [ -r /proc/self/stat ] || return 0
                ay_look=$((ay_look + 1))
                [ "$ay_stopping" ] || [ $((ay_look % 10)) = 1 ] || return 0
                for ay_stat in /proc/[0-9]*/stat; do
                    { read -r ay_line && while read -r ay_more; do ay_line=$ay_more; done; } <"$ay_stat" || continue # a name may have lines
                    ay_line=${ay_line##*") "}
                    case $ay_line in
                    *" $ay_group "*)
                        ay_state=${ay_line%% *} ay_line=${ay_line#* } ay_line=${ay_line#* }
                        [ "${ay_line%% *}" = "$ay_group" ] || continue
                        case $ay_state in Z|X) ay_said= ;; *) return 0 ;; esac ;;
                    esac
                done
                [ "$ay_said" ] # not permitted, and nothing seen: /proc hides the processes of others
            }

            # Ctrl-C, Ctrl-Z and a signal to our whole job are for the JVM, which says what to do.
            ay_deaf() { trap '' INT QUIT TERM HUP TSTP; }
            ay_forward() { ay_deaf; while read -r ay_line; do echo "$ay_line" >&4; done <&8; echo gone >&4; }
            ay_tick() { ay_deaf; while sleep 0.1 && kill -s 0 $$; do echo tick >&4; done; }

            ay_run() {
                trap : TERM HUP TSTP # for the command they are not ignored, unless they were for us
                ay_inner='echo "group $$" >&9; echo "group $$" >&4; kill -s 0 "$1" || exit 69
                    for ay_one in $2; do
                        case $ay_one in
                        ignored=*) trap "" "${ay_one#*=}" ;;
                        unset=*) unset "${ay_one#*=}" ;;
                        nofile=*) ulimit -Sn "${ay_one#*=}" ;;
                        esac
                    done
                    shift 2; exec <&5 >&6 2>&7 4<&- 5<&- 6<&- 7<&- 8<&- 9<&-; trap "exit 69" EXIT; exec "$@"'
                if [ "$ay_new" ]; then
                    setsid sh -c "$ay_inner" sh $$ "$ay_given" "$@" &
                else
                    set -m
                    sh -c "$ay_inner" sh $$ "$ay_given" "$@" 4>&4 5<&5 6>&6 7>&7 9>&9 & # ksh closes what it does not see named
                fi
                ay_job=$!
                while wait $ay_job; ay_code=$?; kill -s 0 $ay_job; do sleep 0.1; done # a signal to us interrupts wait
                echo "over $ay_code" >&4
            }

            ay_term_now() {
                ay_stopping=1
                echo stopping >&9
                [ "$ay_kill" -gt $((ay_now + ay_grace)) ] && ay_kill=$((ay_now + ay_grace))
                [ "$ay_group" ] && [ "$ay_now" -lt "$ay_kill" ] || return
                kill -TERM "-$ay_group"
                kill -CONT "-$ay_group"
            }

            ay_group= ay_over= ay_stopping= ay_told= ay_gone= ay_code= ay_left=0 ay_look=0 ay_begun= ay_waits= ay_dead= ay_silent=0
            ay_forward 5<&- 6>&- 7>&- 9>&- & # whoever reads the command's output must not wait for them
            ay_helpers=$!
            ay_tick 5<&- 6>&- 7>&- 8<&- 9>&- &
            ay_helpers="$ay_helpers $!"
            echo ready >&9
            while read -r ay_word ay_first ay_second ay_third <&4; do
                case $ay_word in
                go)
                    MUTEX_FENCE=$ay_first ay_term=$ay_second ay_kill=$ay_third
                    export MUTEX_FENCE
                    ay_now
                    [ "$ay_now" -ge "$ay_term" ] && echo stopping >&9 && echo ended 76 >&9 && break
                    ay_begun=1
                    ay_run "$@" & ;;
                group) ay_group=$ay_first; for ay_name in $ay_waits; do kill "-$ay_name" "-$ay_group"; done ;;
                over) ay_over=1 ay_code=$ay_first ;;
                until)
                    ay_term=$ay_first ay_kill=$ay_second
                    echo "until $ay_first" >&9
                    ay_silent=$((ay_silent + 1)) # without a tick we would not see that the time is up
                    [ "$ay_silent" -gt 20 ] && ay_told=1 ;;
                tick)
                    ay_silent=0
                    if [ "$ay_group" ] && [ -z "$ay_over" ] && ! ay_alive; then
                        [ "$ay_dead" ] && ay_told=1 ay_over=1 ay_code=76 # what its parent had said was read before this tick
                        ay_dead=1
                    fi ;;
                signal) if [ "$ay_group" ]; then kill "-$ay_first" "-$ay_group"; else ay_waits="$ay_waits $ay_first"; fi ;;
                stop) ay_told=1 ;;
                gone) ay_gone=1 ;;
                esac
                [ "$ay_begun" ] || { [ "$ay_gone" ] && break || continue; }
                ay_now
                if [ "$ay_over" ] && { [ -z "$ay_group" ] || ! ay_alive; }; then
                    [ "$ay_dead" ] && [ "$ay_code" = 76 ] && echo stopping >&9
                    echo "ended $ay_code" >&9
                    break
                fi
                [ -z "$ay_stopping" ] && { [ "$ay_told$ay_gone" ] || [ "$ay_now" -ge "$ay_term" ]; } && ay_term_now
                if [ "$ay_stopping" ] && [ "$ay_group" ] && [ "$ay_now" -ge "$ay_kill" ]; then
                    ay_said=$(LC_ALL=C; export LC_ALL; kill -KILL "-$ay_group" 2>&1) || case $ay_said in
                    *[Nn]"o such process"*) ;;
                    *) ay_left=$((ay_left + 1)); [ "$ay_left" = 3 ] && echo left >&9 ;; # not by one answer that is odd
                    esac
                fi
            done
            if [ "$ay_gone" ] && [ "$ay_stopping" ]; then
                [ "$ay_left" -gt 2 ] && ay_said='could not be stopped (it runs as another user)' || ay_said='was stopped first'
                echo "lock: [$MUTEX_NAME] LOST: lock was killed; the command $ay_said" >&7
            fi
            kill -s KILL $ay_helpers
            exit 0
            """;
}
