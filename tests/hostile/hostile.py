#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""hostile.py --port N [--host ADDRESS] [--state FILE] MODE [ARGUMENT...]

Servers that misbehave, for the end-to-end tests: some are broken, some are hostile, some are right
in all but one thing that would fool a naive harness. `hostile.py --list` says what each one does.
"""

import argparse
import os
import queue
import random
import resource
import signal
import struct
import sys
import threading
import time

sys.dont_write_bytecode = True

from core import BINARY, CLOSE, TEXT, Echo, Gone, Refuse, Server, mask  # noqa: E402

GIGABYTE = 1 << 30
PIECE = 1 << 16


# --- servers that never get as far as echoing -----------------------------------------------------


class RefuseHttp(Echo):
    """Answers each request with 403."""

    def handshake(self):
        self.stream.read_head()
        raise Refuse(403)


class Silent(Echo):
    """Accepts, reads and says nothing."""

    def run(self):
        self.drain()


class ResetOnAccept(Echo):
    """Resets each connection at once."""

    def run(self):
        self.reset()


class ResetAfterRequest(Echo):
    """Resets the connection when the request has come."""

    def handshake(self):
        self.stream.read_head()
        self.reset()
        raise Gone


class ResetAfter101(Echo):
    """Resets the connection behind a valid 101."""

    def opened(self):
        self.reset()
        raise Gone


class Garbage(Echo):
    """Answers the request with random octets (the same each time)."""

    def handshake(self):
        self.stream.read_head()
        self.stream.write(random.Random(6455).randbytes(4096))
        self.finish()
        raise Gone


class EndlessHeaders(Echo):
    """Answers with a 101 whose head never ends."""

    def handshake(self):
        self.stream.read_head()
        self.stream.write(b"HTTP/1.1 101 Switching Protocols\r\n")
        while True:
            self.stream.write(b"X-Filler: " + b"x" * 1000 + b"\r\n")


class GigabyteInAnswer(Echo):
    """Refuses with a body of 1 GiB."""

    def handshake(self):
        self.stream.read_head()
        self.stream.write(b"HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\n"
                          b"Content-Length: %d\r\n\r\n" % GIGABYTE)
        for _ in range(GIGABYTE // PIECE):
            self.stream.write(b"x" * PIECE)
        self.finish()
        raise Gone


class Drip(Echo):
    """Sends its (valid) 101 at one octet a second."""

    def handshake(self):
        for octet in self.read_request():
            self.stream.write(bytes([octet]))
            time.sleep(1)


class Gigabyte(Echo):
    """Sends a valid 101 and then 1 GiB in binary messages, whatever the client says."""

    def opened(self):
        threading.Thread(target=self.drain, daemon=True).start()
        for _ in range(GIGABYTE // PIECE):
            self.send(BINARY, b"x" * PIECE)
        self.finish()
        raise Gone


class NeverReads(Echo):
    """Sends a valid 101 and never reads again."""

    def opened(self):
        while True:
            time.sleep(3600)


# --- servers that die -----------------------------------------------------------------------------


class Deadly(Server):
    """Ends with status 3 at connection number `last`; `state` is a file that keeps it dead."""

    last = 3
    state = None

    def accepted(self, count):
        if count < self.last:
            return
        if self.state:
            with open(self.state, "w", encoding="ascii") as file:
                file.write("dead\n")
        os._exit(3)


def crash():
    os.kill(os.getpid(), signal.SIGSEGV)


class DieOnPayload(Echo):
    """Crashes when the payload of a message contains the octets HEX."""

    poison = b""
    delay = 0.0

    def on_message(self, opcode, payload):
        if self.poison in payload:
            if self.delay == 0:
                crash()
            threading.Timer(self.delay, crash).start()
        super().on_message(opcode, payload)


class DieThird(Echo):
    """Ends with status 3 at the third connection."""


class DieLate(DieOnPayload):
    """Crashes SECONDS after a message contained the octets HEX, having gone on serving."""


class DieForGood(Echo):
    """Ends with status 3 at connection N and, by a mark in --state FILE, at once when restarted."""


# --- servers that would fool a naive harness: right in all but one thing --------------------------


class DropEverything(Echo):
    """Sends a valid 101 and ends TCP at the first octet of a frame."""

    def read_frame(self):
        self.stream.read(1)
        self.finish()
        return False


class MaskAll(Echo):
    """Masks the frames that it sends."""

    def send(self, opcode, payload):
        key = b"\x12\x34\x56\x78"
        first, second, *rest = self.header(opcode, len(payload))
        with self.lock:
            self.stream.write(bytes([first, second | 0x80, *rest]) + key + mask(payload, key))


class NeverCloseTcp(Echo):
    """Sends its Close frames, but never ends TCP."""

    HOLD_SECONDS = 60  # longer than any client waits; for ever would use up the descriptors

    def finish(self):
        self.drain()
        time.sleep(self.HOLD_SECONDS)


class NeverCloseAtAll(NeverCloseTcp):
    """At bad input it stops processing: no Close, no end of TCP."""

    def fail(self, code):
        NeverCloseTcp.finish(self)

    def finish(self):
        Echo.finish(self)


class ResetUnread(Echo):
    """At bad input it sends a Close and resets the connection with input unread."""

    def fail(self, code):
        self.send(CLOSE, struct.pack("!H", code))
        self.reset()


class LatePongOvertakes(Echo):
    """Sends echoes 5 ms late and pongs at once, so that a pong overtakes the echoes before it."""

    DELAY_SECONDS = 0.005

    def opened(self):
        self.echoes = queue.Queue()
        threading.Thread(target=self.send_late, daemon=True).start()

    def send_late(self):
        while True:
            due, opcode, payload = self.echoes.get()
            time.sleep(max(0, due - time.monotonic()))
            try:
                self.send(opcode, payload)
            except Gone:
                pass
            self.echoes.task_done()

    def on_message(self, opcode, payload):
        self.echoes.put((time.monotonic() + self.DELAY_SECONDS, opcode, payload))

    def on_close(self, code):
        self.echoes.join()
        super().on_close(code)

    def fail(self, code):
        self.echoes.join()
        super().fail(code)


class Greeting(Echo):
    """Sends the text "hello", quotes included, before anything else."""

    def opened(self):
        self.send(TEXT, b'"hello"')


class PrefixAnswer(Echo):
    """Answers a text with `You said: ` and the text."""

    def on_message(self, opcode, payload):
        self.send(opcode, b"You said: " + payload if opcode == TEXT else payload)


class FixedAnswer(Echo):
    """Answers each message with the text {"ok":true}."""

    def on_message(self, opcode, payload):
        self.send(TEXT, b'{"ok":true}')


class Broadcast(Echo):
    """Sends each message to all connections."""

    everyone = set()
    guard = threading.Lock()

    def opened(self):
        with self.guard:
            self.everyone.add(self)

    def run(self):
        try:
            super().run()
        finally:
            self.leave()

    def leave(self):
        with self.guard:
            self.everyone.discard(self)

    def on_message(self, opcode, payload):
        with self.guard:
            for connection in list(self.everyone):
                try:
                    connection.send(opcode, payload)
                except Gone:
                    self.everyone.discard(connection)

    def on_close(self, code):
        self.leave()
        super().on_close(code)

    def fail(self, code):
        self.leave()
        super().fail(code)


class Sink(Echo):
    """Never answers a data message; pings and Closes are answered."""

    def on_message(self, opcode, payload):
        pass


class NonMinimal(Echo):
    """Writes the length of each frame in 64 bits."""

    def header(self, opcode, length):
        return struct.pack("!BBQ", 0x80 | opcode, 127, length)


class NoCloseFrame(Echo):
    """Fails a connection with a FIN and no Close."""

    def fail(self, code):
        self.finish()


class Limit1000(Echo):
    """Refuses messages of more than 1000 octets with 1009."""

    message_max = 1000


# Each mode: its class and the names of its arguments.
MODES = {
    "echo": (Echo, ()),
    "refuse-http": (RefuseHttp, ()),
    "silent": (Silent, ()),
    "reset-on-accept": (ResetOnAccept, ()),
    "reset-after-request": (ResetAfterRequest, ()),
    "reset-after-101": (ResetAfter101, ()),
    "garbage": (Garbage, ()),
    "endless-headers": (EndlessHeaders, ()),
    "gigabyte": (Gigabyte, ()),
    "gigabyte-in-answer": (GigabyteInAnswer, ()),
    "drip": (Drip, ()),
    "never-reads": (NeverReads, ()),
    "die-third": (DieThird, ()),
    "die-on-payload": (DieOnPayload, ("HEX",)),
    "die-late": (DieLate, ("HEX", "SECONDS")),
    "die-for-good": (DieForGood, ("N",)),
    "drop-everything": (DropEverything, ()),
    "mask-all": (MaskAll, ()),
    "never-close-tcp": (NeverCloseTcp, ()),
    "never-close-at-all": (NeverCloseAtAll, ()),
    "reset-unread": (ResetUnread, ()),
    "late-pong-overtakes": (LatePongOvertakes, ()),
    "greeting": (Greeting, ()),
    "prefix-answer": (PrefixAnswer, ()),
    "fixed-answer": (FixedAnswer, ()),
    "broadcast": (Broadcast, ()),
    "sink": (Sink, ()),
    "non-minimal": (NonMinimal, ()),
    "no-close-frame": (NoCloseFrame, ()),
    "limit-1000": (Limit1000, ()),
}


def server_of(args, kind):
    """Gives the arguments of the mode to the classes that want them; returns the server's class."""
    if issubclass(kind, DieOnPayload):
        kind.poison = bytes.fromhex(args.arguments[0])
    if kind is DieLate:
        kind.delay = float(args.arguments[1])
    if kind is DieForGood:
        Deadly.last = int(args.arguments[0])
        Deadly.state = args.state
        if args.state and os.path.exists(args.state):
            sys.exit(3)
    return Deadly if kind in (DieThird, DieForGood) else Server


def parse():
    parser = argparse.ArgumentParser(description="Servers that misbehave.")
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "9001")))
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--state", metavar="FILE", help="the mark of die-for-good")
    parser.add_argument("--list", action="store_true", help="say what each mode does")
    parser.add_argument("mode", choices=MODES, nargs="?", metavar="MODE")
    parser.add_argument("arguments", nargs="*", metavar="ARGUMENT")
    args = parser.parse_args()
    if args.list:
        for name, (kind, names) in MODES.items():
            print(" ".join((name,) + names) + ": " + kind.__doc__)
        sys.exit(0)
    if not args.mode:
        parser.error("no MODE")
    names = MODES[args.mode][1]
    if len(args.arguments) != len(names):
        parser.error(f"{args.mode} takes {len(names)} arguments: {' '.join(names)}")
    return args


def main():
    args = parse()
    # Connections that never end need descriptors.
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    wanted = 65536 if hard == resource.RLIM_INFINITY else min(hard, 65536)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    # A crash is meant: no core file of it.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    kind = MODES[args.mode][0]
    server_of(args, kind)(args.host, args.port, kind).serve()


if __name__ == "__main__":
    main()
