# SPDX-License-Identifier: MIT
"""A small echo server that conforms to RFC 6455; hostile.py derives its misdeeds from it.

One thread a connection, blocking sockets. Whatever a mode does wrong is an override of one method
of Echo, so that the rest stays right.
"""

import base64
import codecs
import hashlib
import re
import socket
import struct
import threading

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, 1.3
VERSION = "13"  # 4.1 item 9
CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
CONTROL_MAX = 125  # 5.5
HEAD_MAX = 64 << 10
MESSAGE_MAX = 64 << 20
DRAIN_SECONDS = 10

TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
QUOTED_TOKEN = rb'"(?:\\?[!#$%&\'*+.^_`|~0-9A-Za-z-])+"'
PARAMETER = TOKEN.pattern + rb"(?:[ \t]*=[ \t]*(?:" + TOKEN.pattern + rb"|" + QUOTED_TOKEN + rb"))?"
EXTENSION = re.compile(TOKEN.pattern + rb"(?:[ \t]*;[ \t]*" + PARAMETER + rb")*")
URI_TEXT = rb"(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*"
HOST = rb"(?:\[[0-9A-Fa-f:.]+\]|(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+)(?::[0-9]*)?"
TARGET = re.compile(rb"(?:/|(?i:https?)://" + HOST + rb"(?![^/?]))" + URI_TEXT)
REASONS = {400: "Bad Request", 403: "Forbidden", 405: "Method Not Allowed",
           426: "Upgrade Required", 505: "HTTP Version Not Supported"}


class Gone(Exception):
    """The client has closed the connection or reset it."""


class Refuse(Exception):
    """The request deserves an HTTP error: its status."""


class Fail(Exception):
    """The client broke a rule of the framing: the close code."""


def accept_of(key):
    return base64.b64encode(hashlib.sha1(key + GUID).digest())


def members(values):
    """The members of a comma-separated list that may be spread over several fields."""
    for value in values:
        for member in value.split(b","):
            if member.strip(b" \t"):
                yield member.strip(b" \t")


def mask(payload, key):
    """Masks or unmasks all at once, as one big number."""
    keys = (key * (len(payload) // 4 + 1))[: len(payload)]
    number = int.from_bytes(payload, "big") ^ int.from_bytes(keys, "big")
    return number.to_bytes(len(payload), "big")


def parse_head(head):
    """The request line and a dictionary of lists of values; raises Refuse."""
    lines = head.split(b"\r\n")
    if b"\n" in b"".join(lines) or b"\r" in b"".join(lines):
        raise Refuse(400)
    fields = {}
    for line in lines[1:]:
        name, colon, value = line.partition(b":")
        if not colon or not TOKEN.fullmatch(name):
            raise Refuse(400)
        value = value.strip(b" \t")
        if re.search(rb"[\x00-\x08\x0a-\x1f\x7f]", value):
            raise Refuse(400)
        fields.setdefault(name.lower(), []).append(value)
    return lines[0], fields


def check_request_line(line):
    """RFC 6455, 4.2.1 item 1."""
    found = re.fullmatch(rb"([^ ]+) ([^ ]+) HTTP/([0-9])\.([0-9])", line)
    if not found:
        raise Refuse(400)
    method, target, major, minor = found.groups()
    if method != b"GET":
        raise Refuse(405)
    if (int(major), int(minor)) < (1, 1):
        raise Refuse(505)
    if not TARGET.fullmatch(target):
        raise Refuse(400)


def check_key(values):
    """RFC 6455, 4.2.1 item 5: base64 of 16 octets, once."""
    if len(values) != 1 or not re.fullmatch(rb"[A-Za-z0-9+/]{22}==", values[0]):
        raise Refuse(400)
    if base64.b64encode(base64.b64decode(values[0])) != values[0]:
        raise Refuse(400)
    return values[0]


def check_fields(fields):
    """RFC 6455, 4.2.1 items 2 to 9. Returns the key."""
    hosts = fields.get(b"host", [])
    if len(hosts) != 1 or not re.fullmatch(HOST, hosts[0]):
        raise Refuse(400)
    if b"websocket" not in [m.lower() for m in members(fields.get(b"upgrade", []))]:
        raise Refuse(400)
    if b"upgrade" not in [m.lower() for m in members(fields.get(b"connection", []))]:
        raise Refuse(400)
    key = check_key(fields.get(b"sec-websocket-key", []))
    # RFC 9110, 7.8: a body would have to be read before the protocol changes.
    if b"transfer-encoding" in fields or fields.get(b"content-length", [b"0"]) != [b"0"]:
        raise Refuse(400)
    versions = fields.get(b"sec-websocket-version", [])
    if len(versions) > 1:
        raise Refuse(400)
    if versions != [VERSION.encode()]:
        raise Refuse(426)
    for name in (b"sec-websocket-protocol", b"sec-websocket-extensions"):
        if name in fields and not list(members(fields[name])):
            raise Refuse(400)
    protocols = list(members(fields.get(b"sec-websocket-protocol", [])))
    if len(set(protocols)) != len(protocols) or not all(map(TOKEN.fullmatch, protocols)):
        raise Refuse(400)
    if not all(map(EXTENSION.fullmatch, members(fields.get(b"sec-websocket-extensions", [])))):
        raise Refuse(400)
    return key


def check_close(payload):
    """RFC 6455, 5.5.1 and 7.4: raises Fail if the body of a Close is not right."""
    if len(payload) == 0:
        return
    if len(payload) == 1:
        raise Fail(1002)
    code = struct.unpack("!H", payload[:2])[0]
    if not (1000 <= code <= 1003 or 1007 <= code <= 1014 or 3000 <= code <= 4999):
        raise Fail(1002)
    try:
        payload[2:].decode("utf-8")
    except UnicodeDecodeError:
        raise Fail(1007) from None


class Stream:
    """The octets of one connection, read in pieces of any size."""

    def __init__(self, sock):
        self.sock = sock
        self.buffer = bytearray()

    def fill(self):
        try:
            data = self.sock.recv(1 << 16)
        except OSError:
            raise Gone from None
        if not data:
            raise Gone
        self.buffer += data

    def take(self, count):
        data = bytes(self.buffer[:count])
        del self.buffer[:count]
        return data

    def read(self, count):
        while len(self.buffer) < count:
            self.fill()
        return self.take(count)

    def read_some(self, most):
        """At least one octet, at most `most`."""
        if not self.buffer:
            self.fill()
        return self.take(most)

    def read_head(self):
        while (end := self.buffer.find(b"\r\n\r\n")) < 0:
            if len(self.buffer) > HEAD_MAX or re.search(rb"(?<!\r)\n", self.buffer):
                raise Refuse(400)
            self.fill()
            while self.buffer.startswith(b"\r\n"):  # RFC 9112, 2.2
                del self.buffer[:2]
        return self.take(end + 4)[:-4]

    def write(self, data):
        try:
            self.sock.sendall(data)
        except OSError:
            raise Gone from None


class Echo:
    """One connection of the conforming server."""

    message_max = MESSAGE_MAX

    def __init__(self, server, sock):
        self.server = server
        self.sock = sock
        self.stream = Stream(sock)
        self.lock = threading.Lock()  # around writes: other threads may send too
        self.opcode = None  # of the message that is being received
        self.message = bytearray()
        self.decoder = None

    def run(self):
        try:
            self.handshake()
            self.opened()
            while self.read_frame():
                pass
        except Refuse as refusal:
            self.refuse(refusal.args[0])
        except Fail as failure:
            self.fail(failure.args[0])

    # --- the opening handshake ---

    def read_request(self):
        """Reads the request and returns the answer that it deserves."""
        line, fields = parse_head(self.stream.read_head())
        check_request_line(line)
        key = check_fields(fields)
        return (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                b"Connection: Upgrade\r\nSec-WebSocket-Accept: " + accept_of(key) + b"\r\n\r\n")

    def handshake(self):
        self.stream.write(self.read_request())

    def opened(self):
        """The handshake is done."""

    def refuse(self, status):
        lines = [f"HTTP/1.1 {status} {REASONS[status]}", "Content-Length: 0"]
        if status == 405:
            lines.append("Allow: GET")
        if status == 426:
            lines += ["Upgrade: websocket", "Connection: Upgrade, close",
                      f"Sec-WebSocket-Version: {VERSION}"]
        else:
            lines.append("Connection: close")
        self.stream.write("\r\n".join(lines + ["", ""]).encode())
        self.finish()

    # --- frames in ---

    def read_length(self, short):
        """RFC 6455, 5.2: "the minimal number of bytes MUST be used to encode the length"."""
        if short < 126:
            return short
        size, smallest = (2, 126) if short == 126 else (8, 1 << 16)
        length = int.from_bytes(self.stream.read(size), "big")
        if length < smallest or length >> 63:
            raise Fail(1002)
        return length

    def read_frame(self):
        """Reads one frame and does what it asks for. False after a Close."""
        first, second = self.stream.read(2)
        fin, opcode, short = first >> 7, first & 15, second & 127
        if first & 0x70 or opcode not in (CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG):
            raise Fail(1002)
        if not second & 0x80:
            raise Fail(1002)
        if opcode >= CLOSE and (not fin or short > CONTROL_MAX):
            raise Fail(1002)
        length = self.read_length(short)
        if opcode < CLOSE:
            self.check_sequence(opcode, length)
        key = self.stream.read(4)
        if opcode >= CLOSE:
            return self.control(opcode, mask(self.stream.read(length), key))
        self.read_data(length, key)
        if fin:
            self.end_message()
        return True

    def check_sequence(self, opcode, length):
        """RFC 6455, 5.4. A message over the limit is refused before it is read."""
        if (opcode == CONTINUATION) == (self.opcode is None):
            raise Fail(1002)
        if opcode != CONTINUATION:
            self.opcode = opcode
            self.message = bytearray()
            self.decoder = codecs.getincrementaldecoder("utf-8")()
        if len(self.message) + length > self.message_max:
            raise Fail(1009)

    def read_data(self, length, key):
        while length > 0:
            piece = mask(self.stream.read_some(length), key)
            length -= len(piece)
            turn = len(piece) % 4
            key = key[turn:] + key[:turn]
            self.message += piece
            self.check_text(piece, False)

    def check_text(self, piece, final):
        """RFC 6455, 8.1, as early as it can be known."""
        if self.opcode != TEXT:
            return
        try:
            self.decoder.decode(piece, final)
        except UnicodeDecodeError:
            raise Fail(1007) from None

    def end_message(self):
        self.check_text(b"", True)
        opcode, self.opcode = self.opcode, None
        self.on_message(opcode, bytes(self.message))

    def control(self, opcode, payload):
        if opcode == PING:
            self.on_ping(payload)
        if opcode != CLOSE:
            return True
        check_close(payload)
        self.on_close(payload[:2])
        return False

    # --- answers ---

    def on_message(self, opcode, payload):
        self.send(opcode, payload)

    def on_ping(self, payload):
        self.send(PONG, payload)

    def on_close(self, code):
        """RFC 6455, 5.5.1: the same code, or none for none; then the server ends TCP (7.1.1)."""
        self.send(CLOSE, code)
        self.finish()

    def fail(self, code):
        """RFC 6455, 7.1.7; nothing behind the fault is processed."""
        self.send(CLOSE, struct.pack("!H", code))
        self.finish()

    def header(self, opcode, length):
        if length < 126:
            return struct.pack("!BB", 0x80 | opcode, length)
        if length < 1 << 16:
            return struct.pack("!BBH", 0x80 | opcode, 126, length)
        return struct.pack("!BBQ", 0x80 | opcode, 127, length)

    def send(self, opcode, payload):
        with self.lock:
            self.stream.write(self.header(opcode, len(payload)) + payload)

    # --- the end ---

    def finish(self):
        """A FIN, and then the client's: closing with octets unread would reset the connection."""
        try:
            self.sock.shutdown(socket.SHUT_WR)
            self.sock.settimeout(DRAIN_SECONDS)
        except OSError:
            return
        self.drain()

    def drain(self):
        try:
            while self.sock.recv(1 << 16):
                pass
        except OSError:
            pass

    def reset(self):
        """An RST, at once."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()


class Server:
    """Accepts for ever and runs `kind(self, sock).run()` in a thread for each connection."""

    def __init__(self, host, port, kind):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.kind = kind
        self.count = 0
        self.listener = socket.create_server((host, port), family=family, backlog=1024)

    def accepted(self, count):
        """Connection number `count` has come."""

    def serve(self):
        while True:
            sock, _ = self.listener.accept()
            self.count += 1
            self.accepted(self.count)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self.attend, args=(sock,), daemon=True).start()

    def attend(self, sock):
        with sock:
            try:
                self.kind(self, sock).run()
            except (Gone, OSError):
                pass
