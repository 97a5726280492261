#!/bin/sh
# SPDX-License-Identifier: MIT
# hostile.sh - servers that misbehave (tests/hostile): each run ends in time, in little memory, with
# the right verdicts. Time and memory are measured on the release build.
. tests/e2e/lib.sh

RELEASE=${RELEASE:-./wsconform}
SECONDS_MAX=60
MEMORY_MAX_KIB=65536

WORD=cebae1bdb9cf83cebcceb5 # in 8.1/valid-greek-word and in one case more
SEVEN=22736576656e22         # in 5.3/key-of-the-frame-before-used alone

# attack NAME MODE [ARGUMENT...] - a run against a mode of hostile.py.
attack() {
    attacked=$SCRATCH/$1
    shift
    "$PYTHON" tests/e2e/measure.py "$attacked" "$SECONDS_MAX" \
        "$RELEASE" server -o "$attacked.json" -- \
        "$PYTHON" tests/hostile/hostile.py --port '{port}' "$@"
}

# ended NAME STATUS - how its run ended, how long it took and what it needed.
ended() {
    read -r status seconds memory <"$SCRATCH/$1.measured"
    ran=$1
    exited "$1" "$2"
    check "$1: ends within $SECONDS_MAX s" test "$seconds" -lt "$SECONDS_MAX"
    check "$1: ${memory} KiB" test "$memory" -lt "$MEMORY_MAX_KIB"
}

# finds NAME STATUS EXPRESSION... - the same, and what its report holds.
finds() {
    found=$1
    ended "$1" "$2"
    shift 2
    for expression; do
        holds "$found: $expression" "$SCRATCH/$found.json" "$expression"
    done
}

# says NAME PATTERN - on stderr.
says() {
    check "$1: says why" grep -q "$2" "$SCRATCH/$1.err"
}

# --- those that wait run beside the others --------------------------------------------------------

waiting=
for mode in never-close-tcp never-close-at-all never-reads silent drip; do
    attack "$mode" "$mode" &
    waiting="$waiting $!"
done
# A plain run is over before the second in which this one dies, so it gets a longer one.
"$PYTHON" tests/e2e/measure.py "$SCRATCH/die-a-second-late" "$SECONDS_MAX" \
    "$RELEASE" server -j 1 --delivery slow --run '5.3/*' --run '5.4/*' --run '8.1/*' --run '10.4/*' \
    -o "$SCRATCH/die-a-second-late.json" -- \
    "$PYTHON" tests/hostile/hostile.py --port '{port}' die-late "$SEVEN" 1 &
waiting="$waiting $!"

# --- right in all but one thing -------------------------------------------------------------------

for mode in echo reset-unread late-pong-overtakes greeting broadcast prefix-answer fixed-answer \
    sink mask-all non-minimal no-close-frame limit-1000 drop-everything; do
    attack "$mode" "$mode"
done

ALL_PASS='ids("fail", "warn", "skip", "error") == []'
for mode in echo late-pong-overtakes greeting broadcast; do
    finds "$mode" 0 "$ALL_PASS" 'run["waits"] == 0'
done
finds reset-unread 0 'ids("fail", "skip", "error") == []'
for mode in prefix-answer fixed-answer sink; do
    finds "$mode" 0 'ids("fail", "warn", "error") == []' 'summary["pass"] > 600' \
        'len(ids("skip")) > 0 and all(diagnosis(i) == "the endpoint does not return messages" for i in ids("skip"))'
done
finds mask-all 1 'ids("fail") == ["5.1/server-masks-frames"]' 'ids("warn", "skip", "error") == []' \
    'run["waits"] == 0' '"of" in diagnosis("5.1/server-masks-frames")'
finds non-minimal 1 'ids("fail") == ["5.2/length-not-minimal"]' \
    'ids("warn", "skip", "error") == []' 'run["waits"] == 0'
finds no-close-frame 0 'ids("fail", "skip", "error") == []' \
    'ids("warn") == ["7.1.7/failure-without-close"]'
finds limit-1000 0 'ids("fail", "warn", "skip", "error") == []' 'summary["info"] > 10' \
    'report["endpoint"]["features"]["message_limit"] <= 1024'
# Whoever drops all that comes has not failed a connection for its fault.
finds drop-everything 1 'summary["fail"] > 0' \
    '[i for i in ids("pass") if "fail(" in (cases[i]["outcome"] or "")] == []' \
    'cases["5.5.2/text-ping-unanswered"]["verdict"] == "fail"'

# --- no connection --------------------------------------------------------------------------------

for mode in refuse-http reset-on-accept reset-after-request garbage endless-headers \
    gigabyte-in-answer reset-after-101 gigabyte; do
    attack "$mode" "$mode"
done
for mode in refuse-http reset-on-accept reset-after-request garbage endless-headers \
    gigabyte-in-answer; do
    ended "$mode" 3
done
says refuse-http "answers a plain handshake with 403"
says reset-on-accept "closes the connection without an answer"
says reset-after-request "closes the connection without an answer"
says garbage "not HTTP"
says endless-headers "not HTTP"
says gigabyte-in-answer "answers a plain handshake with 403"
for mode in reset-after-101 gigabyte; do
    finds "$mode" 1 'summary["fail"] > 0' \
        '[i for i in ids("pass") if "fail(" in (cases[i]["outcome"] or "")] == []'
done

# --- deaths ---------------------------------------------------------------------------------------

attack die-on-payload die-on-payload "$WORD"
finds die-on-payload 1 \
    'ids("fail") == ["8.1/valid-greek-word", "8.1/valid-greek-word-in-fragments-of-one-octet"]' \
    'all("signal 11" in diagnosis(i) for i in ids("fail"))' 'ids("skip", "error") == []'
attack die-late die-late "$SEVEN" 0.1
finds die-late 1 '"signal 11" in diagnosis("5.3/key-of-the-frame-before-used")' \
    'cases["5.3/key-of-the-frame-before-used"]["verdict"] == "fail"' 'ids("skip", "error") == []'
attack die-for-good --state "$SCRATCH/dead" die-for-good 100
finds die-for-good 3 'summary["pass"] > 20' 'summary["skip"] > 500' \
    '"gone for good" in run["ended_early"]' '"10.7/endpoint-dies" in ids("fail")'
says die-for-good "gone for good.*exit status 3"

# The third connection is one of the probe's: no case is to blame.
attack die-third die-third
finds die-third 3 'ids("fail", "error") == []' '"died while it was probed" in run["ended_early"]'
says die-third "exit status 3"

# --- hangs ----------------------------------------------------------------------------------------

for pid in $waiting; do
    wait "$pid"
done
finds die-a-second-late 1 '"signal 11" in diagnosis("5.3/key-of-the-frame-before-used")' \
    'set(ids("fail")) == {"5.3/key-of-the-frame-before-used"}' 'ids("skip", "error") == []'
finds never-close-tcp 1 'ids("warn", "skip", "error") == []' \
    'ids("fail") == ["5.5.1/tcp-left-open-after-close", "7.1.7/tcp-left-open-after-failure"]'
# No sentence says what to do with a control frame of a longer length form, so that is a warning.
finds never-close-at-all 1 'all("-length-in-" in i for i in ids("warn"))' \
    'ids("skip", "error") == []' 'summary["fail"] > 300' \
    'all("stays open" in diagnosis(i) for i in ids("fail"))' 'summary["pass"] > 400'
finds never-reads 1 'summary["fail"] > 0' \
    '[i for i in ids("pass") if "fail(" in (cases[i]["outcome"] or "")] == []'
ended silent 3
says silent "did not answer a plain handshake"
ended drip 3
says drip "did not answer a plain handshake"

# --- once more, under the sanitizers --------------------------------------------------------------

for mode in reset-on-accept reset-after-request reset-after-101 garbage endless-headers \
    gigabyte-in-answer drop-everything non-minimal; do
    run "asan-$mode" server --run '5.*' -- "$PYTHON" tests/hostile/hostile.py --port '{port}' "$mode"
    refute "$mode: no sanitizer complains" \
        grep -E "Sanitizer|runtime error|bug in wsconform" "$SCRATCH/asan-$mode.err"
done
