#!/bin/sh
# SPDX-License-Identifier: MIT
# talkers.sh - servers that do not echo, or not only: no finding that the same package has not as an
# echo server, a word on what was left out, and the one that dies is told of what.
. tests/e2e/lib.sh

KNOWN=tests/e2e/expected/ws.txt

# talker NAME [URL] -- COMMAND... - a run; all that it finds must be known of ws, whose frames and
# handshake they use.
talker() {
    tested=$1
    shift
    rm -f "$SCRATCH/$tested.json"
    run "$tested" server --seed 7 -o "$SCRATCH/$tested.json" "$@"
    could_run "$tested" || return
    findings "$tested"
    if strange=$(grep -vxF -f "$KNOWN" "$SCRATCH/$tested.txt"); then
        not_ok "$tested" "$(printf '%s\n' "$strange" | head -n 1)"
        printf '%s\n' "$strange" | sed 1d
    else
        ok "$tested: no false alarm"
    fi
    holds "$tested: no error" "$SCRATCH/$tested.json" 'ids("error") == []'
}

# profile NAME PROFILE GREETINGS BROADCASTS - what the probe made of it.
profile() {
    holds "$1: what the probe found" "$SCRATCH/$1.json" "(report['endpoint']['profile'],
        report['endpoint']['features']['greetings'],
        report['endpoint']['features']['broadcasts']) == ('$2', $3, $4)"
}

# half NAME - what needs an echo was left out for that reason alone, and nothing else was.
half() {
    holds "$1: the reason to skip" "$SCRATCH/$1.json" \
        '{diagnosis(i) for i in ids("skip")} == {"the endpoint does not return messages"}'
    holds "$1: most was asked" "$SCRATCH/$1.json" 'len(ids("skip")) < summary["total"] / 3'
    check "$1: says what was left out" grep -q '^SKIP .* the endpoint does not return messages' \
        "$SCRATCH/$1.out"
    check "$1: says what to do about it" grep -q 'say --profile echo' "$SCRATCH/$1.out"
}

# whole NAME - nothing was left out.
whole() {
    holds "$1: nothing was left out" "$SCRATCH/$1.json" 'ids("skip") == []'
}

for kind in fixed prefix greet broadcast silent; do
    talker "$kind" -- node tests/endpoints/ws-talker.js "$kind" --port '{port}'
done
for kind in fixed prefix; do
    profile "$kind" answer 0 False
    half "$kind"
done
profile silent sink 0 False
half silent
profile greet echo 1 False
whole greet
profile broadcast echo 0 True
whole broadcast

# Socket.IO speaks first, reads messages by a protocol of its own and drops what is not for its path.
KNOWN=$SCRATCH/known.txt
{
    cat tests/e2e/expected/ws.txt
    echo 'warn 10.7/handshake-dropped-without-status'
} >"$KNOWN"
talker socketio "ws://127.0.0.1:$(free_port)/socket.io/?EIO=4&transport=websocket" -- \
    node tests/endpoints/socketio.js --port '{port}'
profile socketio sink 1 False
half socketio

# It dies of all that is not JSON. One of these cases sends it.
run json server --seed 7 -o "$SCRATCH/json.json" --run '5.2/length-one*' --run '5.5*/*' \
    --run '7.*/*' -- node tests/endpoints/ws-talker.js json --port '{port}'
exited "json: it dies and is started again" 1
holds "json: the culprit is named" "$SCRATCH/json.json" 'ids("fail") == ["5.2/length-one-binary"]'
holds "json: how it died" "$SCRATCH/json.json" \
    "diagnosis('5.2/length-one-binary').startswith(
        'the endpoint dies of it: the process ended with exit status 1')"
holds "json: all others passed" "$SCRATCH/json.json" 'summary["pass"] == summary["total"] - 1'
