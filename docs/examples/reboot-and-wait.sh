#!/bin/sh
# Reboots a machine, and ends when it runs again: reboot-and-wait.sh MACHINE CHECK
# CHECK is a command that succeeds there once the machine does its work. Before the reboot it has to succeed, too.
# Each line goes through ssh. That a connection breaks says nothing; that the boot id is another one does.
[ $# = 2 ] || { echo "reboot-and-wait: give it MACHINE CHECK" >&2; exit 64; }
there() { ssh -o BatchMode=yes -o ConnectTimeout=5 -o ServerAliveInterval=5 "$1" "$2" </dev/null; }

there "$1" "$2" >/dev/null || { echo "reboot-and-wait: $1 is not well, and stays as it is" >&2; exit 1; }
before=$(there "$1" 'cat /proc/sys/kernel/random/boot_id') && [ -n "$before" ] || exit 1
echo "reboot-and-wait: $1 reboots"
there "$1" 'sudo systemctl reboot'
code=$?
[ $code = 0 ] || [ $code = 255 ] || { echo "reboot-and-wait: $1 refuses to reboot" >&2; exit 1; } # 255: the connection broke
until now=$(there "$1" 'cat /proc/sys/kernel/random/boot_id' 2>/dev/null) && [ -n "$now" ] && [ "$now" != "$before" ] \
    && there "$1" "$2" >/dev/null 2>&1; do
    sleep "${PAUSE:-5}"
done
echo "reboot-and-wait: $1 is back"
