#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A driver with python3-websocket. WSCONFORM_URL says where; the argument is the agent's name."""
import os
import sys
import urllib.parse

import websocket

BASE = os.environ.get("WSCONFORM_URL", "ws://127.0.0.1:9001")
AGENT = urllib.parse.quote(sys.argv[1] if len(sys.argv) > 1 else "websocket-client")


def open_case(path):
    return websocket.create_connection(BASE + path, timeout=20)


def ask(path):
    """Returns the first message of a connection, if there is one."""
    socket = open_case(path)
    opcode, data = socket.recv_data()
    socket.close()
    return data if opcode == websocket.ABNF.OPCODE_TEXT else None


def run(number):
    socket = None
    try:
        socket = open_case(f"/runCase?case={number}&agent={AGENT}")
        opcode, data = socket.recv_data()
        while opcode != websocket.ABNF.OPCODE_CLOSE:
            socket.send(data, opcode)
            opcode, data = socket.recv_data()
        socket.close()
    except (websocket.WebSocketException, OSError, ValueError):
        if socket is not None:  # the library leaves the connection to the application
            socket.shutdown()


for i in range(1, int(ask("/getCaseCount")) + 1):
    run(i)
ask(f"/updateReports?agent={AGENT}")
