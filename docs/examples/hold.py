#!/usr/bin/env python3
"""Runs a command while it holds a lock: hold.py localhost:5001 backup rsync ...  Needs only python3-grpcio.

Several peers have commas between them: hold.py a:5001,b:5001 backup rsync ..."""
import queue
import subprocess
import sys
import threading
import time

import grpc


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


addresses, lock, *command = sys.argv[1:]
addresses = addresses.split(",")
# HoldRequest: field 1 is the lock (encoded for names shorter than 128 letters); field 4 is notice_millis, 5,000: how long
# the lock is kept when the stream breaks, so that the command can stop. Without it the lock goes back at once.
request = b"\x0a" + bytes([len(lock)]) + lock.encode() + b"\x20\x88\x27"
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
                sys.exit("hold.py: " + error.details())
            time.sleep(0.2)


requests, hold, fence = wait()
print("hold.py: inside, fence", fence, flush=True)
child = subprocess.Popen(command)


def watch():
    """The lock is LOST, or will be: the stream ends, or says that the peer is LEAVING (kind 4). 4 s are less than 5."""
    try:
        next((event for event in map(fields, hold) if event[1] == 4), None)
    except grpc.RpcError:
        pass
    child.terminate()  # does nothing once it has ended
    try:
        child.wait(4)
    except subprocess.TimeoutExpired:
        child.kill()


threading.Thread(target=watch, daemon=True).start()
code = child.wait()
requests.put(None)
sys.exit(code if code >= 0 else 128 - code)
