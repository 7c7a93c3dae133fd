#!/usr/bin/env python3
"""Runs a command while it holds a lock: hold.py localhost:5001 backup rsync ...  Needs only python3-grpcio.

Several peers have commas between them: hold.py a:5001,b:5001 backup rsync ...
So have several locks, each with a mode if it is not exclusive: hold.py a:5001 db,config:shared,side:kind=left,gpu:2/8 train ...
Who ends it (Ctrl-C, TERM) ends the command, and the lock is given back once that has stopped."""
import ctypes
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time

try:
    import grpc
except ImportError:
    sys.exit("hold.py: needs grpcio: install python3-grpcio, or run: pip install grpcio")


def fields(message):
    """The numbers in a protobuf message, by field; other values are skipped."""
    found, at = {}, 0

    def varint():
        nonlocal at
        value, shift = 0, 0
        while True:
            byte, at = message[at], at + 1
            value, shift = value | (byte & 127) << shift, shift + 7
            if byte < 128:
                return value

    while at < len(message):
        key = varint()
        value = varint()  # of a text or message inside: its length
        at += value if key & 7 == 2 else 0
        found[key >> 3] = value
    return found


if len(sys.argv) < 4:
    sys.exit("hold.py: give it HOST:PORT LOCK COMMAND ...")
addresses, lock, *command = sys.argv[1:]
addresses = addresses.split(",")
child = ended_by = problem = None
starting = False
started = threading.Event()  # or it failed


def leave(code, line=None):
    """At once: where Python ends in order, grpc may hang."""
    if line:
        print("hold.py: " + line, file=sys.stderr, flush=True)
    os._exit(code)


def end(number, frame):
    """Whoever wants this to end ends the command first; while it waits there is none."""
    global ended_by
    ended_by = number
    if not starting:
        leave(128 + number)
    threading.Thread(target=stop, daemon=True).start()


def stop():
    """Lets the command end, within 4 s: less than notice_millis."""
    started.wait()
    if child is None:
        return
    child.terminate()  # does nothing once it has ended
    try:
        child.wait(4)
    except subprocess.TimeoutExpired:
        child.kill()


for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, end)


def number(value):
    return bytes([value]) if value < 128 else bytes([value & 127 | 128]) + number(value >> 7)


def part(field, value):
    """A text or message inside a message."""
    return number(field << 3 | 2) + number(len(value)) + value


def wanted(text):
    """A LockMode: field 1 is the lock, field 2 its Mode, in which shared is field 1, a kind 2, and take (1) of (2) units 3."""
    name, how = re.fullmatch(r"(.*?)(?::(exclusive|shared|kind=[^:]*|\d{1,9}/\d{1,9}))?", text).groups(default="exclusive")
    mode = b""
    if how == "shared":
        mode = part(1, b"")
    elif how.startswith("kind="):
        mode = part(2, how[5:].encode())
    elif "/" in how:
        take, of = how.split("/")
        mode = part(3, b"\x08" + number(int(take)) + b"\x10" + number(int(of)))
    return part(1, name.encode()) + part(2, mode)


# HoldRequest: field 1 is the lock, or field 60 each of several, or of one in a mode (and then something in field 1 that an
# older peer refuses); field 4 is notice_millis, 5,000: how long the lock is kept when the stream breaks, so that the
# command can stop. Without it the lock goes back at once.
locks = [wanted(one) for one in lock.split(",")]
plain = locks == [part(1, lock.encode()) + part(2, b"")]
request = part(1, lock.encode()) if plain else part(1, b"?") + b"".join(part(60, one) for one in locks)
request += b"\x20\x88\x27"
options = [("grpc.keepalive_time_ms", 5000), ("grpc.keepalive_timeout_ms", 2000),  # a peer whose machine died says nothing
           ("grpc.http2.max_pings_without_data", 0)]


def serves(address):
    """Whether the peer there may use locks."""
    check = grpc.insecure_channel(address).unary_unary("/grpc.health.v1.Health/Check")
    try:
        return fields(check(b"", timeout=2)).get(1) == 1  # SERVING
    except grpc.RpcError:
        return False


def wait():
    """Waits at the first peer that may use locks; when that one is gone while we wait, at the next."""
    gone = 0  # one after the other
    while True:
        address = next(filter(serves, addresses), addresses[gone])
        requests = queue.Queue()  # the stream is open, and the lock held, until None is put in
        requests.put(request)
        hold = grpc.insecure_channel(address, options).stream_stream("/mutex.v1.Mutex/Hold")(iter(requests.get, None))
        try:
            for event in map(fields, hold):
                gone = 0
                if event[1] == 2:  # HoldEvent: kind HELD
                    return requests, hold, event[3]
        except grpc.RpcError as error:
            requests.put(None)
            gone += 1
            if error.code() is not grpc.StatusCode.UNAVAILABLE or gone == len(addresses):
                leave(1, error.details())
            time.sleep(0.2)


requests, hold, fence = wait()
print("hold.py: inside, fence", fence, flush=True)


def die_with_us():
    """Where nothing can be done any more, as we are killed, Linux kills the command: another may be inside 5 s later."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def watch():
    """The lock is LOST, or will be: the stream ends, or says that the peer is LEAVING (kind 4)."""
    try:
        next((event for event in map(fields, hold) if event[1] == 4), None)
    except grpc.RpcError:
        pass
    stop()


starting = True
try:
    child = subprocess.Popen(command, preexec_fn=die_with_us)
except OSError as error:
    problem = f"{command[0]}: {error.strerror}"
started.set()
watcher = threading.Thread(target=watch, daemon=True)
watcher.start()
code = child.wait() if child else 0
requests.put(None)
watcher.join(2)  # the peer ends the stream when it has the lock back; a stream that just broke would keep it for 5 s
leave(1 if problem else 128 + ended_by if ended_by else code if code >= 0 else 128 - code, problem)
