#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""tornado-echo.py [--port N] [--host ADDRESS] - an echo server with the package tornado."""

import argparse
import asyncio
import logging
import os

import tornado.web
import tornado.websocket

MESSAGE_MAX = 64 << 20  # the default is 10 MiB


class Echo(tornado.websocket.WebSocketHandler):
    async def on_message(self, message):
        await self.write_message(message, binary=isinstance(message, bytes))


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "9001")))
    parser.add_argument("--host", default="127.0.0.1")
    args = parser.parse_args()
    logging.disable(logging.CRITICAL)
    # permessage-deflate is off by default.
    application = tornado.web.Application(
        [(r".*", Echo)], websocket_max_message_size=MESSAGE_MAX
    )
    application.listen(args.port, args.host)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
