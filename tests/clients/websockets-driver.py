#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A driver with python3-websockets. WSCONFORM_URL says where; the argument is the agent's name."""
import asyncio
import os
import sys
import urllib.parse

import websockets

BASE = os.environ.get("WSCONFORM_URL", "ws://127.0.0.1:9001")
AGENT = urllib.parse.quote(sys.argv[1] if len(sys.argv) > 1 else "websockets")
OPTIONS = {"max_size": None, "ping_interval": None, "close_timeout": 1}


async def ask(path):
    """Returns the message of a connection that the suite closes, if there is one."""
    async with websockets.connect(BASE + path, **OPTIONS) as socket:
        try:
            return await socket.recv()
        except websockets.ConnectionClosed:
            return None


async def run(number):
    try:
        url = f"{BASE}/runCase?case={number}&agent={AGENT}"
        async with websockets.connect(url, **OPTIONS) as socket:
            async for message in socket:
                await socket.send(message)
    except (websockets.WebSocketException, OSError, EOFError):
        pass  # the case may well be about that


async def main():
    count = int(await ask("/getCaseCount"))
    for number in range(1, count + 1):
        await run(number)
    await ask(f"/updateReports?agent={AGENT}")


asyncio.run(main())
