#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""websockets-echo.py [--port N] [--host ADDRESS] - an echo server with the package websockets."""

import argparse
import asyncio
import logging
import os

import websockets

MESSAGE_MAX = 64 << 20  # the default is 1 MiB


async def echo(connection):
    try:
        async for message in connection:
            await connection.send(message)
    except websockets.ConnectionClosed:
        pass


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "9001")))
    parser.add_argument("--host", default="127.0.0.1")
    args = parser.parse_args()
    logging.disable(logging.CRITICAL)
    async with websockets.serve(echo, args.host, args.port, max_size=MESSAGE_MAX):
        await asyncio.Future()


if __name__ == "__main__":
    asyncio.run(main())
