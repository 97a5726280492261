#!/bin/sh
# SPDX-License-Identifier: MIT
# start.sh NAME [AGENT] - becomes the driver NAME of this folder.
# start.sh --check NAME - exit status 0 if what NAME needs is installed and built.
# start.sh --list - prints the names. BUILD is the folder of all that was built, PYTHON a Python.
names='ws websockets aiohttp websocket-client libwebsockets gorilla node deno bun'
# shellcheck source=tests/endpoints/become.sh
. "$(dirname "$0")/../endpoints/become.sh"

matrix=$build/matrix/node_modules
[ $# -gt 0 ] || set -- "$name"

# standard NAME OPTION... - a runtime that has a WebSocket itself: that of npm, or the first in PATH.
standard() {
    runtime=$1
    shift
    for candidate in "$matrix/node/bin/$runtime" "$matrix/.bin/$runtime" "$modules/.bin/$runtime" \
        "$runtime"; do
        command -v "$candidate" >/dev/null && break
    done
    # Node has one from version 22 on.
    [ "$runtime" != node ] || ! $checking || "$candidate" -e 'WebSocket' 2>/dev/null || exit 1
    become "$here" "$candidate" "$@"
}

case $name in
    ws) node_package ws "$here/ws-driver.js" "$@" ;;
    websockets | aiohttp) python "$name" "$here/$name-driver.py" "$@" ;;
    websocket-client) python websocket "$here/$name-driver.py" "$@" ;;
    libwebsockets) built clients/lws-driver "$@" ;;
    gorilla) built "clients/$name-driver" "$@" ;;
    node | bun) standard "$name" "$here/standard-driver.mjs" "$@" ;;
    deno) standard deno run --quiet --allow-net --allow-env "$here/standard-driver.mjs" "$@" ;;
    *) unknown ;;
esac
