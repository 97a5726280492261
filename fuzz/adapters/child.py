# SPDX-License-Identifier: MIT
"""The child's half of stdio.c, for parsers written in Python. serve(profile, make) answers the
driver until it goes away; make(is_server) returns a parser with two methods that yield events:

    feed(octets)    octets came
    eof()           the other side ended TCP

Events are tuples: ("text", octets), ("binary", octets), ("ping", octets), ("pong", octets),
("close", code or None, reason octets), ("fail", code or None). An exception that leaves a parser
is a finding.
"""

import os
import struct

KINDS = {"text": b"T", "binary": b"B", "ping": b"P", "pong": b"Q", "close": b"X", "fail": b"!"}


class Wire:
    """Messages over standard input and output. What is said leaves when there is nothing to hear."""

    def __init__(self):
        self.heard = b""
        self.at = 0
        self.said = []

    def say(self, kind, body=b""):
        self.said.append(kind + struct.pack(">I", len(body)) + body)

    def send(self):
        octets = b"".join(self.said)
        self.said = []
        while octets:
            octets = octets[os.write(1, octets):]

    def take(self, count):
        """The next octets; None at the end."""
        while len(self.heard) - self.at < count:
            self.send()
            more = os.read(0, 1 << 16)
            if not more:
                return None
            self.heard = self.heard[self.at:] + more
            self.at = 0
        self.at += count
        return self.heard[self.at - count:self.at]

    def hear(self):
        """The next question: kind and body; None at the end."""
        head = self.take(5)
        if head is None:
            return None
        kind, length = struct.unpack(">cI", head)
        return kind, self.take(length)


def tell(wire, event):
    name, value = event[:2]
    if name in ("close", "fail"):
        value = b"" if value is None else struct.pack(">H", value) + b"".join(event[2:])
    wire.say(KINDS[name], bytes(value))


def serve(profile, make):
    wire = Wire()
    wire.say(b"H", profile.encode())
    parser = None
    while (question := wire.hear()) is not None:
        kind, body = question
        try:
            if kind == b"O":
                parser = make(body == b"server")
            elif kind in b"FE":
                for event in parser.feed(body) if kind == b"F" else parser.eof():
                    tell(wire, event)
        except Exception as error:  # whatever it is, it is what we look for
            wire.say(b"D", ("%s: %s" % (type(error).__name__, error)).encode("ascii", "replace"))
        wire.say(b".")
