#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A driver with python3-aiohttp. WSCONFORM_URL says where; the argument is the agent's name."""
import asyncio
import os
import sys
import urllib.parse

import aiohttp

BASE = os.environ.get("WSCONFORM_URL", "ws://127.0.0.1:9001")
AGENT = urllib.parse.quote(sys.argv[1] if len(sys.argv) > 1 else "aiohttp")


async def ask(session, path):
    """Returns the last message of a connection that the suite closes."""
    said = None
    async with session.ws_connect(BASE + path) as socket:
        async for message in socket:
            said = message.data
    return said


async def echo(socket):
    async for message in socket:
        if message.type == aiohttp.WSMsgType.TEXT:
            await socket.send_str(message.data)
        elif message.type == aiohttp.WSMsgType.BINARY:
            await socket.send_bytes(message.data)


async def run(session, number):
    try:
        url = f"{BASE}/runCase?case={number}&agent={AGENT}"
        async with session.ws_connect(url, max_msg_size=0) as socket:
            await echo(socket)
    except (aiohttp.ClientError, OSError, ValueError, asyncio.TimeoutError):
        pass  # the case may well be about that


async def main():
    async with aiohttp.ClientSession() as session:
        count = int(await ask(session, "/getCaseCount"))
        for number in range(1, count + 1):
            await run(session, number)
        await ask(session, f"/updateReports?agent={AGENT}")


asyncio.run(main())
