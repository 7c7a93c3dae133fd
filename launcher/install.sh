# ./jbang install DIR: the program in a folder, with a launcher that needs no JBang.
#   $1 the jbang of this project, $2 DIR
# For cron and units: a start reads classes that are checked and laid out already (an archive of the JVM, made here for
# this Java; from Java 25 on an AOT cache, which also knows what was used often), so a lock is taken in a fraction of what ./jbang needs. DIR is changed by one rename, when all is there.

fail() {
    printf 'jbang: install: %s\n' "$@" >&2
    exit 69 # EX_UNAVAILABLE
}

wrong() {
    printf 'jbang: install: %s\n' "$1" "write for example: ./jbang install /opt/afteryou" >&2
    exit 64 # EX_USAGE
}

jbang=$1
root=${jbang%/*}
shift
[ $# -gt 0 ] && [ -n "$1" ] || wrong "the folder to install into is missing"
case $1 in -*) wrong "there is no option $1" ;; esac
[ $# = 1 ] || wrong "one folder is enough, and \"$2\" is another"
case $1 in *"
"*) wrong "the folder has a line break in its name" ;; esac
case $1 in /*) dir=$1 ;; *) dir=$PWD/$1 ;; esac
case $dir in *:*) wrong "a class path cannot name $dir, as it has a colon" ;; esac
new='' peer='' other=''

# The peers that were started to try it. A signal may be heard after a start and before the next line of this script.
endPeers() {
    [ "$peer" != starting ] || peer=$!
    [ "$other" != starting ] || other=$!
    [ -z "$peer$other" ] || { kill -9 $peer $other; wait $peer $other; } 2>/dev/null
    peer='' other=''
}
trap 'rm -rf "$new"' EXIT # before there is anything to remove
trap 'endPeers; exit 143' HUP INT TERM
mkdir -p "$1/lib" 2>/dev/null && dir=$(CDPATH='' cd -- "$1" && pwd) && new=$(mktemp -d "$dir/lib/XXXXXX" 2>/dev/null) \
    || fail "cannot write to $1; name a folder of yours, or become who may"
chmod 755 "$new" || exit

echo "jbang: install: compiling ..." >&2
said=$("$jbang" export portable -C=-J-XX:TieredStopAtLevel=1 --force -O "$new/peer.jar" "$root/Peer.java" 2>&1 </dev/null) && [ -s "$new/peer.jar" ] \
    || fail "JBang could not make the jar; it said:" "$said"

# What is written into DIR/afteryou: what ./jbang has for a command under a lock, and then Java.
java=${JAVA_HOME:+$JAVA_HOME/bin/java}
[ -x "$java" ] || java=$(command -v java) || fail "no Java found"
quiet="-Xlog:disable -Xlog:all=error:stderr -Xlog:cds=off:stderr" # what Java makes of the archive, or another Java does not, is no news
options="--enable-native-access=ALL-UNNAMED -XX:+UseSerialGC -XX:+DisplayVMOutputToStderr $quiet"

version=$("$java" -version 2>&1 | sed -n 's/.*version "\([^"]*\)".*/\1/p')
echo "jbang: install: laying the classes out for Java $version ..." >&2
kind=jsa make=ArchiveClassesAtExit turns=1
[ "${version%%[!0-9]*}" -lt 25 ] || kind=aot make=AOTCacheOutput turns=1000
# Peer with these words, in place of the shell that calls it; what it has loaded is archived in that file, if one is named.
# shellcheck disable=SC2086 # several options in one word
run() {
    cd "$new" || exit # away from any peers.txt
    archive=$1
    shift
    set -- -cp "$new/peer.jar" Peer "$@"
    [ -z "$archive" ] || set -- "-XX:$make=$new/$archive.$kind" "$@"
    AFTERYOU_GIVEN='' HOME=$new XDG_STATE_HOME=$new/state exec "$java" $options "$@"
}

# Finds the port that a peer says it listens on: the process, and the file that it writes into. Not in a substitution, where a dead one is not noticed.
listens() {
    port=
    patience=60 # seconds; a sleep in the background would outlive us, with our output open
    while [ -z "$port" ] && [ $patience -gt 0 ] && kill -0 "$1" 2>/dev/null; do
        sleep 1
        patience=$((patience - 1))
        port=$(sed -n 's/.* listens on localhost:\([0-9]*\).*/\1/p' "$2" | head -n 1)
    done
    [ -n "$port" ]
}

failed() {
    endPeers
    fail "a peer that was started to try it did not work ($1); it said:" "$(grep -v AOT "$2" | tail -n 3)"
}

# Two of them, as a peer alone dials nobody and asks nobody: an archive without that makes the first request a third slower.
mkfifo -m 600 "$new/typed" && exec 8<>"$new/typed" || fail "cannot write to $new"
peer=starting
run peer --id 1 --port 0 <&8 >"$new/said" 2>&1 &
peer=$!
listens $peer "$new/said" || failed 1 "$new/said"
other=starting
run '' --id 2 --port 0 --no-shell "localhost:$port" </dev/null >"$new/said2" 2>&1 &
other=$!
listens $other "$new/said2" || failed 2 "$new/said2"
(run lock lock --peer "localhost:$port" -w 20 install -- true) >>"$new/said2" 2>&1 || failed $? "$new/said2"
while [ $turns -gt 0 ]; do
    printf '%s\n' 'request install' 'release install'
    turns=$((turns - 1))
done >&8
printf '%s\n' status quit >&8
patience=30 # seconds
while [ $patience -gt 0 ] && kill -0 $peer 2>/dev/null; do
    sleep 1
    patience=$((patience - 1))
done
endPeers
rm -rf "$new/state" "$new/said" "$new/said2" "$new/typed"
[ -s "$new/peer.$kind" ] && [ -s "$new/lock.$kind" ] || fail "Java made no archive of the classes"

{
    printf '%s\n' '#!/bin/sh' '# After You, as ./jbang has it: afteryou lock NAME -- COMMAND, afteryou --id 1 --port 5001, ...' \
        '# Made by ./jbang install. The folder may be moved with all that is in it.' \
        '' 'fail() {' "    printf 'afteryou: %s\\n' \"\$@\" >&2" '    exit 69 # EX_UNAVAILABLE' '}' ''
    sed -n -e '/^# A command under a lock is to get/,/^fi$/p' -e '/^# Java that does not start/,/^}$/p' "$jbang"
    cat <<END

at=\$0
[ ! -L "\$at" ] || at=\$(readlink -f "\$at")
case \$at in */*) at=\${at%/*} ;; *) at=\$(command -v "\$at") && at=\${at%/*} ;; esac
at=\$at/lib/${new##*/}
java=\${JAVA_HOME:+\$JAVA_HOME/bin/java}
[ -x "\$java" ] || java=\$(command -v java) || fail "no Java found, neither in JAVA_HOME (\${JAVA_HOME:-not set}) nor on the PATH; install Java 17 or newer"
END
    sed -n '/^# The release file beside a JDK/,/^    "$java is Java/p' "$jbang"
    cat <<END
[ -r "\$at/peer.jar" ] || fail "\$at/peer.jar is missing; run ./jbang install again"
# A peer runs for long, and is worth the better compiler; whoever only asks one is not.
fast=-XX:TieredStopAtLevel=1 archive=peer
case \${1-} in
    lock | hold) archive=lock ;;
    [a-z]*) ;;
    *) fast= ;;
esac
laid=-XX:SharedArchiveFile=\$at/\$archive.jsa quiet= # made for another Java it is ignored
[ "\$major" -lt 25 ] || [ ! -r "\$at/\$archive.aot" ] || laid=-XX:AOTCache=\$at/\$archive.aot quiet=-Xlog:aot=off:stderr
set -- \$fast \$quiet "\$laid" -cp "\$at/peer.jar" Peer "\$@"
[ "\$(ulimit -Sn)" -lt 256 ] 2>/dev/null && set -- -XX:-MaxFDLimit "\$@"
[ -z "\$verb" ] || java_starts "\$java"
exec "\$java" $options -Xms8m "\$@"
END
} >"$new/afteryou" && chmod 755 "$new/afteryou" && mv -f "$new/afteryou" "$dir/afteryou" || fail "cannot write $dir/afteryou"
trap - EXIT HUP INT TERM

# What older installations left, but for the last one: peers may still run from that.
kept=0
ls -dt "$dir"/lib/*/ | while IFS= read -r old; do # the newest first
    kept=$((kept + 1))
    [ $kept -le 2 ] || rm -rf "$old"
done
echo "installed $dir/afteryou; try: $dir/afteryou lock --help"
