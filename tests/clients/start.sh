#!/bin/sh
# SPDX-License-Identifier: MIT
# start.sh NAME [AGENT] - becomes the driver NAME of this folder.
# start.sh --check NAME - exit status 0 if what NAME needs is installed and built.
# start.sh --list - prints the names. BUILD is the folder of all that was built, PYTHON a Python.
set -eu

here=$(dirname "$0")
build=${BUILD:-$here/../../build}
modules=${WSCONFORM_NODE_MODULES:-$build/node_modules}
matrix=$build/matrix/node_modules

case ${1:-} in
    --list)
        echo ws websockets aiohttp websocket-client libwebsockets gorilla node deno bun
        exit
        ;;
    --check)
        checking=true
        shift
        ;;
    *) checking=false ;;
esac
name=${1:-}
[ $# -eq 0 ] || shift
[ $# -gt 0 ] || set -- "$name"

# become FILE COMMAND... - with --check, says whether FILE is there; otherwise, becomes COMMAND.
become() {
    needed=$1
    shift
    if $checking; then
        command -v "$1" >/dev/null && [ -e "$needed" ]
        exit
    fi
    exec "$@"
}

# python MODULE FILE ARGUMENT... - with a Python that has the module: PYTHON, the system's, or the
# first in PATH.
python() {
    module=$1
    shift
    has="import importlib.util as u, sys; sys.exit(u.find_spec('$module') is None)"
    for candidate in ${PYTHON:+"$PYTHON"} /usr/bin/python3 python3; do
        "$candidate" -c "$has" 2>/dev/null && break
        candidate=
    done
    if $checking; then
        [ -n "$candidate" ]
        exit
    fi
    exec "${candidate:-python3}" "$@"
}

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
    ws) NODE_PATH=$modules become "$modules/ws" node "$here/ws-driver.js" "$@" ;;
    websockets | aiohttp) python "$name" "$here/$name-driver.py" "$@" ;;
    websocket-client) python websocket "$here/$name-driver.py" "$@" ;;
    libwebsockets) become "$build/clients/lws-driver" "$build/clients/lws-driver" "$@" ;;
    gorilla) become "$build/clients/$name-driver" "$build/clients/$name-driver" "$@" ;;
    node | bun) standard "$name" "$here/standard-driver.mjs" "$@" ;;
    deno) standard deno run --quiet --allow-net --allow-env "$here/standard-driver.mjs" "$@" ;;
    *)
        echo "start.sh: no driver is called $name" >&2
        exit 2
        ;;
esac
