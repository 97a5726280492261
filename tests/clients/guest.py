#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""guest.py URL ACTION [ARGUMENT...] - a small client of our own, to try the service with.

ask PATH...         prints for each what came: the message and the code of the Close, or the status
                    of an answer that is no 101
rude                sends what is no request, half a request, nothing, and 100 connections at once;
                    fails unless all that is answered is answered with an HTTP error or the end
driver AGENT        runs all cases and asks for the reports
  --dies N HOW      but ends in the middle of each Nth case: HOW is an exit status or SEGV
  --loses N         but does not ask for case N if there are more
  --stays           but goes on living when all is done
"""

import os
import signal
import socket
import struct
import sys
import time
import urllib.parse

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
SECONDS = 20


class Ended(Exception):
    """The connection is over."""


class Connection:
    def __init__(self, url, path):
        place = urllib.parse.urlsplit(url)
        self.socket = socket.create_connection((place.hostname, place.port), timeout=SECONDS)
        self.unread = b""
        self.send_all(("GET %s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                       "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                       "Sec-WebSocket-Version: 13\r\n\r\n" % (path, place.netloc)).encode())
        while b"\r\n\r\n" not in self.unread:
            self.read_more()
        head, self.unread = self.unread.split(b"\r\n\r\n", 1)
        self.status = int(head.split()[1])

    def send_all(self, octets):
        try:
            self.socket.sendall(octets)
        except OSError as error:
            raise Ended from error

    def read_more(self):
        try:
            octets = self.socket.recv(65536)
        except OSError as error:
            raise Ended from error
        if octets == b"":
            raise Ended
        self.unread += octets

    def take(self, count):
        while len(self.unread) < count:
            self.read_more()
        octets, self.unread = self.unread[:count], self.unread[count:]
        return octets

    def read(self):
        """A frame: (final, opcode, payload)."""
        first, length = self.take(2)
        if length == 126:
            length, = struct.unpack(">H", self.take(2))
        elif length == 127:
            length, = struct.unpack(">Q", self.take(8))
        return first & 0x80 != 0, first & 0x0f, self.take(length)

    def write(self, opcode, payload):
        key = os.urandom(4)
        size = len(payload)
        if size < 126:
            head = struct.pack(">BB", 0x80 | opcode, 0x80 | size)
        elif size < 65536:
            head = struct.pack(">BBH", 0x80 | opcode, 0x80 | 126, size)
        else:
            head = struct.pack(">BBQ", 0x80 | opcode, 0x80 | 127, size)
        keys = (key * (size // 4 + 1))[:size]
        masked = int.from_bytes(payload, "big") ^ int.from_bytes(keys, "big")
        self.send_all(head + key + masked.to_bytes(size, "big"))

    def messages(self):
        """Answers what is to be answered and gives back messages. At the end it returns the code of
        the Close."""
        kind, parts = 0, []
        while True:
            final, opcode, payload = self.read()
            if opcode == PING:
                self.write(PONG, payload)
            elif opcode == CLOSE:
                self.write(CLOSE, payload)
                self.socket.close()
                return struct.unpack(">H", payload[:2])[0] if payload else 1005
            elif opcode <= BINARY:
                kind = opcode or kind
                parts.append(payload)
                if final:
                    yield kind, b"".join(parts)
                    parts = []


def ask(url, path):
    """The last message and the code of the Close, or the status of a refusal."""
    connection = Connection(url, path)
    if connection.status != 101:
        return None, connection.status
    messages, said = connection.messages(), ""
    try:
        while True:
            said = next(messages)[1].decode()
    except StopIteration as end:
        return said, end.value
    except Ended:
        return said, None


def die(how):
    if how == "SEGV":
        signal.signal(signal.SIGSEGV, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGSEGV)
    os._exit(int(how))


def run(url, agent, number, how):
    """Returns messages until the connection ends, or dies with the first."""
    try:
        connection = Connection(url, "/runCase?case=%d&agent=%s" % (number, agent))
        if connection.status == 101:
            for kind, payload in connection.messages():
                if how is not None:
                    die(how)
                connection.write(kind, payload)
    except Ended:
        pass


def drive(url, agent, *options):
    every, how = (int(options[1]), options[2]) if "--dies" in options else (0, None)
    lost = int(options[1]) if "--loses" in options else 0
    count = int(ask(url, "/getCaseCount")[0])
    for number in range(1, count + 1):
        if number == lost and count > lost:
            continue
        run(url, agent, number, how if every and number % every == 0 else None)
    ask(url, "/updateReports?agent=" + agent)
    if "--stays" in options:
        time.sleep(SECONDS * SECONDS)


def is_refused(connection):
    """An HTTP error, or the end of TCP, must come."""
    try:
        answer = connection.recv(4096)
    except ConnectionError:
        return True
    return answer == b"" or answer.startswith((b"HTTP/1.1 4", b"HTTP/1.1 5"))


def be_rude(url):
    place = urllib.parse.urlsplit(url)

    def open_socket(octets):
        connection = socket.create_connection((place.hostname, place.port), timeout=SECONDS)
        try:
            connection.sendall(octets)
        except ConnectionError:
            pass  # turned away before all of it was sent
        return connection

    garbage = [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(300), b"\0" * 70000,
               b"\r\n\r\n\r\n\r\n", b"FROBNICATE\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n",
               b"GET /runCase?case=1&agent=rude HTTP/1.1\r\n" + b"A: b\r\n" * 20000]
    open_for_good = [open_socket(b""), open_socket(b"GET /runCase?case=1&agent="),
                     open_socket(b"GET /getCaseCount HTTP/1.1\r\nUpgrade: websocket\r\n")]
    strangers = [(octets, open_socket(octets)) for octets in garbage]
    crowd = [Connection(url, "/runCase?case=%d&agent=crowd-%d" % (i % 4 + 1, i % 8))
             for i in range(100)]
    if not {connection.status for connection in crowd} <= {101, 409}:
        sys.exit("a crowd is answered with %s" % {connection.status for connection in crowd})
    for octets, connection in strangers:
        if not is_refused(connection):
            sys.exit("not refused: %r" % octets[:40])
    return open_for_good, crowd


def main():
    url, action, arguments = sys.argv[1], sys.argv[2], sys.argv[3:]
    if action == "ask":
        for path in arguments:
            print(*ask(url, path))
    elif action == "rude":
        be_rude(url)
    else:
        drive(url, *arguments)


if __name__ == "__main__":
    main()
