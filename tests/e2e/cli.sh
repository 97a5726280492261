#!/bin/sh
# SPDX-License-Identifier: MIT
# cli.sh - exit statuses, and one clear sentence for whatever can go wrong on the command line.
. tests/e2e/lib.sh

FREE=$(free_port)
URL=ws://127.0.0.1:$FREE/

# refuses WHAT STATUS PATTERN ARGUMENT... - wsconform ends with STATUS, says nothing on stdout and
# one sentence on stderr, which fits PATTERN; a usage error may add where to read on.
refuses() {
    what=$1
    wanted=$2
    pattern=$3
    shift 3
    run refuses "$@"
    said=$(head -n 1 "$SCRATCH/refuses.err")
    rest=$(sed 1d "$SCRATCH/refuses.err" | grep -v "^Try 'wsconform .*--help'\.$")
    if [ "$status" -ne "$wanted" ]; then
        not_ok "$what" "exit status $status, not $wanted: $said"
    elif [ -s "$SCRATCH/refuses.out" ]; then
        not_ok "$what" "it prints $(head -n 1 "$SCRATCH/refuses.out")"
    elif [ -n "$rest" ]; then
        not_ok "$what" "it says more than one sentence: $rest"
    elif ! printf '%s\n' "$said" | grep -q "$pattern"; then
        not_ok "$what" "it says '$said'"
    else
        ok "$what"
    fi
}

# serve NAME ARGUMENT... - `run` of the command `server` against the built-in server.
serve() {
    served=$1
    shift
    run "$served" server "$@" -- "$WSCONFORM" echo --listen '127.0.0.1:{port}'
}

# --- usage ----------------------------------------------------------------------------------------

run none
exited "no arguments" 2
check "no arguments: the usage is on stderr" grep -q '^Usage: wsconform COMMAND' "$SCRATCH/none.err"
refuses "unknown command" 2 "no command 'nonsense'" nonsense
refuses "unknown option" 2 "'--nope'" server --nope "$URL"
refuses "option without its value" 2 "'-j'" server -j
refuses "no URL" 2 "URL" server
refuses "two URLs" 2 "'ws://b/'" server ws://a/ ws://b/
refuses "-- without a command" 2 "'--'" server --
for number in 0 -1 1.5 257 many ''; do
    refuses "-j '$number'" 2 "whole number" server -j "$number" "$URL"
done
refuses "--seed that is too large" 2 "whole number" server --seed 18446744073709551616 "$URL"
refuses "--timeout 0" 2 "seconds" server --timeout 0 "$URL"
refuses "--timeout nan" 2 "seconds" server --timeout nan "$URL"
refuses "unknown --level" 2 "'may'" server --level may "$URL"
refuses "unknown --fail-on" 2 "'info'" server --fail-on info "$URL"
refuses "unknown --profile" 2 "'x'" server --profile x "$URL"
refuses "-H without a colon" 2 "NAME: VALUE" server -H nonsense "$URL"
refuses "not a WebSocket URL" 2 "no WebSocket URL" server http://127.0.0.1/
refuses "port that is none" 2 "'99999'" server ws://127.0.0.1:99999/
refuses "wss://" 2 "TLS" server wss://127.0.0.1/
refuses "URL with a fragment" 2 "fragment" server 'ws://127.0.0.1/#here'
refuses "cases without what" 2 "list" cases
refuses "unknown schema" 2 "report, case or fuzz" schema nonsense
refuses "echo at no place" 2 "HOST:PORT" echo --listen nowhere
refuses "echo in a folder" 2 "no argument" echo here

run help --help
exited "--help" 0
for command in server cases echo schema; do
    run help "$command" --help
    exited "$command --help" 0
    check "$command --help shows the usage" \
        grep -q "^Usage: wsconform $command" "$SCRATCH/help.out"
done
run version --version
check "--version" grep -q '^wsconform [0-9]*\.[0-9]*\.[0-9]*$' "$SCRATCH/version.out"

# --- files ----------------------------------------------------------------------------------------

refuses "output in no folder" 2 "none/x.json" server -o "$SCRATCH/none/x.json" "$URL"
refuses "output of no known kind" 2 "x.pdf" server -o "$SCRATCH/x.pdf" "$URL"
refuses "no such folder of cases" 2 "none" server --cases "$SCRATCH/none" "$URL"
refuses "no such folder to check" 2 "none" cases check "$SCRATCH/none"
mkdir "$SCRATCH/syntax" "$SCRATCH/sense"
printf '{ "section": "5.5",\n  "title": "x"\n  "cases": [] }\n' >"$SCRATCH/syntax/a.json"
refuses "case file with bad syntax" 2 "syntax/a.json:3: " cases check "$SCRATCH/syntax"
refuses "the same in a run" 2 "syntax/a.json:3: " server --cases "$SCRATCH/syntax" "$URL"
sed 's/"outcome": "[^"]*"/"outcome": "explode"/' cases/5.5.3.json >"$SCRATCH/sense/b.json"
refuses "case file without sense" 2 "b.json.*5.5.3/.*explode" cases check "$SCRATCH/sense"

# --- endpoints ------------------------------------------------------------------------------------

refuses "nobody listens" 3 "nothing answers at $URL" server --timeout 0.2 "$URL"
refuses "unknown host" 3 "nowhere.invalid" server ws://nowhere.invalid/
refuses "no such command" 3 "'/no/such'" server -- /no/such
refuses "command that ends at once" 3 "exit status 7: *\|exit status 7; its stderr: oh no" \
    server -- sh -c 'echo oh no >&2; exit 7'
refuses "command that is killed" 3 "signal 9" server -- sh -c 'kill -9 $$'
refuses "command that never listens" 3 "nothing answers" server --timeout 0.2 -- sleep 60
"$WSCONFORM" echo --listen "127.0.0.1:$FREE" >"$SCRATCH/echo.out" 2>&1 &
echo_pid=$!
run running server -q "$URL" # waits until it answers
exited "a server that runs already" 0
refuses "something listens already" 3 "answers at $URL already" \
    server "$URL" -- "$WSCONFORM" echo --listen '127.0.0.1:{port}'
refuses "echo where somebody listens" 2 "." echo --listen "127.0.0.1:$FREE"
kill "$echo_pid"
wait "$echo_pid"
check "echo ends in good order" test $? -eq 0

# --- the selection --------------------------------------------------------------------------------

refuses "--run that matches nothing" 4 "'zzz\*'" server --run 'zzz*' "$URL"
refuses "--skip of all" 4 "matches no case" server --skip '*' "$URL"
refuses "cases list of nothing" 4 "'zzz\*'" cases list --run 'zzz*'
refuses "cases show of nothing" 4 "'zzz'" cases show zzz
serve run --run '5.5.2/*' --skip '*-cut-*' -o "$SCRATCH/run.json"
exited "--run and --skip" 0
holds "they select" "$SCRATCH/run.json" 'len(cases) > 5 and all(i.startswith("5.5.2/") and "-cut-" not in i for i in cases)'
serve must --level must --run '5.*' --run '7.*' -o "$SCRATCH/must.json"
holds "--level must" "$SCRATCH/must.json" 'len(cases) > 100 and {c["level"] for c in cases.values()} == {"must", "derived"}'
serve should --level should --run '5.*' --run '7.*' -o "$SCRATCH/should.json"
holds "--level should" "$SCRATCH/should.json" '{c["level"] for c in cases.values()} == {"must", "derived", "should"}'
run show cases show 5.5/ping-126-octets
check "cases show: the octets" grep -q 'ping' "$SCRATCH/show.out"
run list cases list --run '5.5/*'
check "cases list" grep -q '^5.5/ping-126-octets ' "$SCRATCH/list.out"

# --- the result -----------------------------------------------------------------------------------

run warned server --run '7.1.7/*' -o "$SCRATCH/warned.json" -- \
    "$PYTHON" tests/hostile/hostile.py --port '{port}' no-close-frame
exited "a warning alone is no failure" 0
holds "but it is there" "$SCRATCH/warned.json" 'len(ids("warn")) > 0 and ids("fail") == []'
run fail_on server --fail-on warn --run '7.1.7/*' -- \
    "$PYTHON" tests/hostile/hostile.py --port '{port}' no-close-frame
exited "--fail-on warn" 1
serve quiet -q --run '5.5.2/*'
check "-q: one line" test "$(wc -l <"$SCRATCH/quiet.out")" -eq 1
serve verbose -v --run '5.5.2/*'
check "-v: what passed, too" grep -q '5.5.2/empty-ping-unanswered' "$SCRATCH/verbose.out"
check "nothing on stderr in a pipe" test ! -s "$SCRATCH/verbose.err"

escape=$(printf '\033')
set -- server --run '5.1/*' -- "$PYTHON" tests/hostile/hostile.py --port '{port}' mask-all
env -u NO_COLOR TERM=xterm "$PYTHON" tests/e2e/terminal.py "$WSCONFORM" "$@" >"$SCRATCH/color"
check "colours on a terminal" grep -q "$escape" "$SCRATCH/color"
NO_COLOR=1 TERM=xterm "$PYTHON" tests/e2e/terminal.py "$WSCONFORM" "$@" >"$SCRATCH/plain"
refute "none with NO_COLOR" grep -q "$escape" "$SCRATCH/plain"
check "the finding is there without colours" grep -q '5.1/server-masks-frames' "$SCRATCH/plain"
run piped "$@"
refute "none in a pipe" grep -q "$escape" "$SCRATCH/piped.out"

# --- interrupted ----------------------------------------------------------------------------------

# interrupt SIGNAL - in the middle of a run that waits a lot.
interrupt() {
    "$WSCONFORM" server -o "$SCRATCH/$1.json" -- \
        "$PYTHON" tests/hostile/hostile.py --port '{port}' never-close-at-all \
        >"$SCRATCH/$1.out" 2>"$SCRATCH/$1.err" &
    pid=$!
    sleep 3
    kill "-$1" "$pid"
    wait "$pid"
    status=$?
    ran=$1
    exited "SIG$1" 130
    check "SIG$1: it says so" grep -q interrupted "$SCRATCH/$1.err"
    holds "SIG$1: the report holds what was measured" "$SCRATCH/$1.json" \
        'summary["pass"] > 50 and summary["skip"] > 50 and run["ended_early"] == "interrupted"'
}
interrupt INT
interrupt TERM
