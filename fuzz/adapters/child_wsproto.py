#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""wsproto as a child of stdio.c:

    WSCONFORM_CHILD=fuzz/adapters/child_wsproto.py build/fuzz/adapter_stdio build/fuzz/corpus/wsproto
"""

import child
from wsproto import events
from wsproto.connection import Connection, ConnectionState, ConnectionType

PROFILE = "late loose-close-codes any-code utf8-by-message"


class Parser:
    """One connection of wsproto."""

    def __init__(self, is_server):
        self.connection = Connection(ConnectionType.SERVER if is_server else ConnectionType.CLIENT)
        self.pieces = []
        self.over = False

    def feed(self, octets):
        if self.over:
            return
        self.connection.receive_data(octets)
        for event in self.connection.events():
            yield from self.translate(event)

    def translate(self, event):
        if isinstance(event, events.Message):
            self.pieces.append(event.data)
            if event.message_finished:
                is_text = isinstance(event, events.TextMessage)
                yield (("text", "".join(self.pieces).encode()) if is_text
                       else ("binary", b"".join(self.pieces)))
                self.pieces = []
        elif isinstance(event, events.Ping):
            yield "ping", event.payload
        elif isinstance(event, events.Pong):
            yield "pong", event.payload
        elif self.connection.state is ConnectionState.OPEN:
            # A failure looks like a Close, but no Close has come.
            yield "fail", int(event.code)
            self.over = True
        else:
            code = None if event.code == 1005 else int(event.code)
            yield "close", code, (event.reason or "").encode()
            self.over = True

    def eof(self):
        return ()


if __name__ == "__main__":
    child.serve(PROFILE, Parser)
