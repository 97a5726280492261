#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""aiohttp-echo.py [--port N] [--host ADDRESS] - an echo server with the package aiohttp."""

import argparse
import logging
import os

from aiohttp import WSMsgType, web

MESSAGE_MAX = 64 << 20  # the default is 4 MiB


async def echo(request):
    connection = web.WebSocketResponse(max_msg_size=MESSAGE_MAX)
    await connection.prepare(request)
    async for message in connection:
        if message.type == WSMsgType.TEXT:
            await connection.send_str(message.data)
        elif message.type == WSMsgType.BINARY:
            await connection.send_bytes(message.data)
    return connection


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "9001")))
    parser.add_argument("--host", default="127.0.0.1")
    args = parser.parse_args()
    logging.disable(logging.CRITICAL)
    application = web.Application()
    application.router.add_get("/{path:.*}", echo)
    web.run_app(application, host=args.host, port=args.port, print=None, access_log=None)


if __name__ == "__main__":
    main()
