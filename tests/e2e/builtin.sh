#!/bin/sh
# SPDX-License-Identifier: MIT
# builtin.sh - the built-in server conforms, the reports are what their schema says, and a seed
# repeats a run.
. tests/e2e/lib.sh

one=$SCRATCH/one.json
two=$SCRATCH/two.json
url=ws://127.0.0.1:$(free_port)/chat

run one server --seed 7 -o "$one" "$url" -- "$WSCONFORM" echo --listen '127.0.0.1:{port}'
exited "the built-in server passes" 0
holds "all verdicts are pass" "$one" 'ids("fail", "warn", "info", "skip", "error") == []'
holds "there are cases" "$one" 'summary["total"] > 900 and summary["total"] == len(cases)'
holds "no deadline was waited out" "$one" 'run["waits"] == 0'
holds "the seed is in the report" "$one" 'run["seed"] == "7"'
check "one line is the tally" grep -q '^[0-9]* cases: [0-9]* pass' "$SCRATCH/one.out"

run two server --seed 7 -o "$two" "$url" -- "$WSCONFORM" echo --listen '127.0.0.1:{port}'
check "the same seed sends the same octets" "$PYTHON" tests/e2e/report.py --same "$one" "$two"
run three server --seed 8 -o "$SCRATCH/three.json" "$url" -- \
    "$WSCONFORM" echo --listen '127.0.0.1:{port}'
refute "another seed sends others" \
    "$PYTHON" tests/e2e/report.py --same "$one" "$SCRATCH/three.json"

run ipv6 server -q -o "$SCRATCH/ipv6.json" "ws://[::1]:$(free_port)/" -- \
    "$WSCONFORM" echo --listen '[::1]:{port}'
exited "IPv6" 0
holds "IPv6 is in the Host field" "$SCRATCH/ipv6.json" \
    '"Host: [::1]:" in cases["5.5.2/text-ping-unanswered"]["transcript"][0]["text"]'

run report schema report
run case schema case
check "the report fits its schema" \
    "$PYTHON" tests/e2e/valid.py "$SCRATCH/report.out" "$one" "$SCRATCH/ipv6.json"
check "the case files fit theirs" "$PYTHON" tests/e2e/valid.py "$SCRATCH/case.out" cases/*.json
run check cases check
exited "the built-in cases have no mistake" 0
run folder cases check cases
exited "nor have those of the folder" 0
check "both are the same" cmp "$SCRATCH/check.out" "$SCRATCH/folder.out"
