#!/bin/sh
# SPDX-License-Identifier: MIT
# overnight.sh - the campaign reports what toy targets break, each rule once, and takes no harm from
# targets that die, hang or print without end.
. tests/e2e/lib.sh

ROOM=$SCRATCH/room
CLANG=${FUZZ_CC:-clang}
mkdir -p "$ROOM/seeds"
printf 'b' >"$ROOM/seeds/one"
printf 'az' >"$ROOM/seeds/two"

# campaign NAME ARGUMENT... - leaves NAME.json, NAME.err and `status`.
# shellcheck disable=SC2034 # `exited` looks at the status
campaign() {
    ran=$1
    shift
    status=0
    "$PYTHON" fuzz/overnight.py --build "$ROOM" --seeds "$ROOM/seeds" --seed 1 --input-seconds 1 \
        --report "$SCRATCH/$ran.json" "$@" >"$SCRATCH/$ran.out" 2>"$SCRATCH/$ran.err" </dev/null ||
        status=$?
}

# shows WHAT NAME EXPRESSION - a Python expression about a report: t(NAME) is a target, rules(NAME)
# the rules that it breaks, f its findings.
shows() {
    check "$1" "$PYTHON" -c '
import json, sys
r = json.load(open(sys.argv[1]))
f = r["findings"]
t = lambda name: next(one for one in r["targets"] if one["name"] == name)
rules = lambda name: sorted(one["rule"] for one in f if one["target"] == name)
sys.exit(0 if eval("(%s)" % sys.argv[2]) else "%s: %s" % (sys.argv[2], json.dumps(r)))' "$SCRATCH/$2.json" "$3"
}

campaign unknown --targets toy_unknown
exited "an unknown target" 2
campaign hours --hours 0 --targets toy_fine
exited "no time at all" 2

if ! "$CLANG" -g -O1 -fsanitize=fuzzer,address -o "$ROOM/toy_fine" fuzz/overnight_toy.c \
    2>"$SCRATCH/clang"; then
    echo "ok campaign # SKIP no clang with libFuzzer"
    exit 0
fi
for mood in rules asan hangs floods dies stands; do
    cp "$ROOM/toy_fine" "$ROOM/toy_$mood"
done

# Side by side, since most of them sleep.
campaign all --hours 0.001 --jobs 7 \
    --targets "toy_fine,toy_rules,toy_asan,toy_floods,toy_dies,toy_stands,toy_hangs"
exited "there are findings" 1
check "the report fits its schema" \
    "$PYTHON" tests/e2e/valid.py reports/fuzz.schema.json "$SCRATCH/all.json"
shows "a target without fault" all 'rules("toy_fine") == [] and t("toy_fine")["executions"] > 1000'
shows "what was measured" all \
    't("toy_fine")["cpu_seconds"] > 0 and t("toy_fine")["features"] > 0 and
     t("toy_fine")["corpus"]["files"] > 0'
shows "a rule is found" all 'rules("toy_rules")[0] == "first"'
shows "an input is made small" all 'f[0]["size"] == 2 and f[0]["octets"][:2] == "61"'
shows "many crashes are one finding" all 'len(rules("toy_rules")) <= 2'
shows "what a sanitizer says" all \
    'rules("toy_asan") == ["asan:heap-buffer-overflow in LLVMFuzzerTestOneInput"]'
shows "a target that prints without end" all 'rules("toy_floods") == ["floods"]'
shows "a target that dies at once" all \
    'rules("toy_dies") == ["exit-3"] and "nothing to live for" in t("toy_dies")["why"]'
shows "a target that never begins" all 'rules("toy_stands") == ["hangs"]'
shows "an input that never ends" all 'rules("toy_hangs") == ["timeout"]'
shows "the state" all 'r["campaign"]["state"] == "done" and r["summary"]["dead"] == 2'
command=$("$PYTHON" -c 'import json, sys; print(next(
    f["command"] for f in json.load(open(sys.argv[1]))["findings"] if f["rule"] == "first"))' \
    "$SCRATCH/all.json")
check "the command repeats it" sh -c "! $command 2>'$SCRATCH/again' && grep -q first '$SCRATCH/again'"

# What is mended goes.
mkdir -p "$ROOM/findings/toy_fine"
printf 'ab' >"$ROOM/findings/toy_fine/old"
campaign fine --hours 0.0003 --jobs 1 --targets toy_fine
exited "nothing is found" 0
shows "a mended finding is gone" fine 'rules("toy_fine") == []'
check "but kept" test -f "$ROOM/findings/toy_fine/gone/old"

# Ctrl-C.
"$PYTHON" - "$ROOM" "$SCRATCH/stopped.json" >"$SCRATCH/stopped.out" 2>&1 <<'EOF'
import os
import signal
import subprocess
import sys
import time

room, report = sys.argv[1:]
process = subprocess.Popen(
    [sys.executable, "fuzz/overnight.py", "--build", room, "--hours", "1", "--jobs", "2",
     "--input-seconds", "1", "--report", report, "--targets", "toy_fine toy_rules"])
deadline = time.monotonic() + 20


def begun(target):
    """Fork mode is at work: all that was found before has been looked at."""
    scratch = os.path.join(room, "overnight", target, "scratch")
    return any(name.startswith("libFuzzerTemp") for name in os.listdir(scratch))


while not begun("toy_fine") or not begun("toy_rules"):
    assert time.monotonic() < deadline
    time.sleep(0.05)
process.send_signal(signal.SIGINT)
print("status", process.wait(20))
EOF
check "Ctrl-C ends it" grep -q "^status [01]" "$SCRATCH/stopped.out"
shows "with a report" stopped 'r["campaign"]["state"] == "stopped"'
check "which fits its schema" \
    "$PYTHON" tests/e2e/valid.py reports/fuzz.schema.json "$SCRATCH/stopped.json"
shows "what was found before is found again" stopped '"first" in rules("toy_rules")'
