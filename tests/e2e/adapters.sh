#!/bin/sh
# SPDX-License-Identifier: MIT
# adapters.sh - other people's parsers under our oracles: nothing is said of our own, and what is
# known to be wrong in others is found, in this process and in another.
. tests/e2e/lib.sh

PLAIN=$BUILD/fuzz/plain
CORPUS=fuzz/corpus/ws_message

# octets NAME HEX - an input.
octets() {
    "$PYTHON" -c 'import sys; open(sys.argv[1], "wb").write(bytes.fromhex(sys.argv[2]))' \
        "$SCRATCH/$1" "$2"
}

# says WHAT RULE COMMAND... - the command ends with one violation, that of the rule.
says() {
    what=$1
    wanted="^{\"rule\":\"$2\","
    shift 2
    if "$@" >"$SCRATCH/out" 2>"$SCRATCH/err" </dev/null; then
        not_ok "$what" "nothing was found"
    elif [ "$(grep -c '^{' "$SCRATCH/err")" -eq 1 ] && grep -q "$wanted" "$SCRATCH/err"; then
        ok "$what"
    else
        not_ok "$what" "$(grep -m 1 . "$SCRATCH/err")"
    fi
}

skip() {
    echo "ok $1 # SKIP $2"
}

octets message 81850102030469676f686e
octets fragments 018100000000c389810000000070808100000000a9
octets close 88820102030402ea
octets reason-cut 88850102030402ea6b6cc3
octets rsv c1850102030469676f686e
octets odd-pong 018100000000618a8100000000ff80810000000062
GOOD="$SCRATCH/message $SCRATCH/fragments $SCRATCH/close $SCRATCH/rsv"

# --- our own ---------------------------------------------------------------------------------

check "ws: the corpus" "$PLAIN/adapter_ws" "$CORPUS"/*
check "ws: what the mutator makes of it" "$PLAIN/adapter_ws" --seconds 2 "$CORPUS"

# --- in this process ---------------------------------------------------------------------------

# shellcheck disable=SC2086 # a list of names without blanks
if [ -x "$PLAIN/adapter_wslay" ]; then
    check "wslay: nothing is said of good answers" "$PLAIN/adapter_wslay" $GOOD
    says "wslay: a reason that is cut" chunk-invariance \
        "$PLAIN/adapter_wslay" "$SCRATCH/reason-cut"
    says "wslay: the mutator finds it" chunk-invariance \
        "$PLAIN/adapter_wslay" --out "$SCRATCH/found" --seconds 20 "$CORPUS"
    says "wslay: what was found is kept" chunk-invariance "$PLAIN/adapter_wslay" "$SCRATCH/found"
else
    skip wslay "libwslay-dev was not there when it was built"
fi

# shellcheck disable=SC2086 # a list of names without blanks
if [ -x "$PLAIN/adapter_libwebsockets" ]; then
    check "libwebsockets: nothing is said of good answers" "$PLAIN/adapter_libwebsockets" $GOOD
    says "libwebsockets: a pong in a text" reference \
        "$PLAIN/adapter_libwebsockets" "$SCRATCH/odd-pong"
else
    skip libwebsockets "libwebsockets-dev was not there when it was built"
fi

# --- in another process ------------------------------------------------------------------------

# child NAME COMMAND - a child that is fine.
child() {
    WSCONFORM_CHILD=$2
    export WSCONFORM_CHILD
    # shellcheck disable=SC2086 # a list of names without blanks
    check "$1: nothing is said of good answers" "$PLAIN/adapter_stdio" $GOOD
    check "$1: what the mutator makes of them" "$PLAIN/adapter_stdio" --seconds 2 "$CORPUS"
}

if "$PYTHON" -c 'import wsproto' 2>/dev/null; then
    child wsproto "exec $PYTHON fuzz/adapters/child_wsproto.py"
else
    skip wsproto "Python has no wsproto"
fi

if command -v node >/dev/null && [ -d "$WSCONFORM_NODE_MODULES/ws" ]; then
    child ws.js "exec node fuzz/adapters/child_ws.js"
else
    skip ws.js "no node, or no package ws"
fi

# A child that is wrong in the way that its argument says.
cat >"$SCRATCH/child.py" <<'EOF'
import os
import sys

sys.path.insert(0, "fuzz/adapters")
import child

way = sys.argv[1]


class Parser:
    def __init__(self, is_server):
        self.fed = 0

    def feed(self, octets):
        self.fed += 1
        if way == "dies":
            os._exit(7)
        if way == "raises":
            raise ValueError("no")
        if way == "babbles":
            os.write(1, b"?\0\0\0\0")
        if way == "counts" and self.fed == 1:
            yield "ping", b"%d" % len(octets)
        if way == "goes-on":
            yield "fail", 1002
            yield "ping", b""

    def eof(self):
        if way == "invents":
            yield "text", b"what?"


child.serve(sys.argv[2] if len(sys.argv) > 2 else "", Parser)
EOF

# wrong WHAT RULE WAY
wrong() {
    WSCONFORM_CHILD="exec $PYTHON $SCRATCH/child.py $3"
    export WSCONFORM_CHILD
    says "a child that $1" "$2" "$PLAIN/adapter_stdio" "$SCRATCH/message"
}

wrong "is deaf" reference deaf
wrong "dies" child-died dies
wrong "raises an exception" "child-mistake ValueError" raises
wrong "says what is no event" child-protocol babbles
wrong "tells of chunks" reference counts
wrong "goes on behind a failure" reference goes-on
wrong "invents a message at the end" reference invents

WSCONFORM_CHILD="exec $PYTHON $SCRATCH/child.py deaf nonsense"
"$PLAIN/adapter_stdio" "$SCRATCH/message" >"$SCRATCH/out" 2>"$SCRATCH/err"
check "an unknown word in a profile is refused" grep -q nonsense "$SCRATCH/err"
