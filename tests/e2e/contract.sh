#!/bin/sh
# SPDX-License-Identifier: MIT
# contract.sh - what `wsconform client` promises to those who attach a client: how drivers are served
# and started again, that nobody spoils anything for anybody else, clients that are started for each
# case, what is known from Autobahn's test suite, and the exit status. The clients are our own.
. tests/e2e/lib.sh

set -f # the globs are wsconform's
GUEST="$PYTHON tests/clients/guest.py"
FEW="--run 5.5.2/*ping-of* --run 5.6/*" # each begins with a message or a ping
ONE="--run 5.6/json-text-refused"

# listen NAME OPTION... - starts wsconform without a command. `pid` and `url` are how to find it.
listen() {
    heard=$1
    shift
    rm -f "$SCRATCH/$heard.out"
    "$WSCONFORM" client --listen 127.0.0.1:0 -o "$SCRATCH/$heard.json" "$@" \
        >"$SCRATCH/$heard.out" 2>"$SCRATCH/$heard.err" </dev/null &
    pid=$!
    url=
    while [ -z "$url" ] && kill -0 "$pid" 2>/dev/null; do
        url=$(sed -n 's/^listening on //p' "$SCRATCH/$heard.out" 2>/dev/null)
        [ -n "$url" ] || sleep 0.05
    done
}

# ended - waits for the end of the last `listen`, and leaves `status`.
ended() {
    ran=$heard # for `exited`
    export ran
    status=0
    wait "$pid" || status=$?
}

# answers WHAT EXPECTED PATH... - what the service of the last `listen` says.
answers() {
    asked=$1
    wanted=$2
    shift 2
    said=$($GUEST "$url" ask "$@" 2>&1)
    if [ "$said" = "$wanted" ]; then
        ok "$asked"
    else
        not_ok "$asked" "$said"
    fi
}

# drive AGENT - a driver that is right visits the last `listen`.
drive() {
    "$WSCONFORM" echo --connect "$url" --driver --agent "$1" >"$SCRATCH/$1.driver" 2>&1
}

# says NAME PATTERN - on stderr.
says() {
    check "$1: says why" grep -q "$2" "$SCRATCH/$1.err"
}

# --- a driver that is started ---------------------------------------------------------------------

# started NAME OPTION... - a run with our own driver.
started() {
    driver=$1
    shift
    # shellcheck disable=SC2086 # options
    run "$driver" client $FEW -o "$SCRATCH/$driver.json" -- \
        sh -c "exec $GUEST \"\$WSCONFORM_URL\" driver $driver $*"
}

started plain
exited "a driver that is right" 0
holds "a driver: all passes" "$SCRATCH/plain.json" 'summary["pass"] == summary["total"] > 9'
holds "a driver has the name that it says" "$SCRATCH/plain.json" \
    'report["endpoint"]["agent"] == "plain"'

started tired --dies 3 9
exited "a driver that ends in the middle of a case" 1
holds "it is started again for what is left" "$SCRATCH/tired.json" 'ids("skip", "error") == []'
holds "the cases in whose middle it ended fail" "$SCRATCH/tired.json" \
    '{diagnosis(i).partition(" without ")[2] for i in ids("fail")} == {"a Close"}'

FEW="--run 5.5* --run 5.6/*" started careless --loses 3
holds "one that loses a case is started again for it" "$SCRATCH/careless.json" \
    'summary["total"] > 50 and ids("skip", "error") == []'
FEW="--run 5.5.2/*ping-of* --run 5.6/*" started lazy --loses 3
holds "one that leaves many is not" "$SCRATCH/lazy.json" 'len(ids("skip")) == 1'

started crashing --dies 3 SEGV
exited "a driver that crashes" 1
holds "the cases that it died of are named" "$SCRATCH/crashing.json" \
    'len(ids("fail")) == 4 and all("signal 11" in diagnosis(i) for i in ids("fail"))'
holds "the others pass" "$SCRATCH/crashing.json" 'summary["pass"] == summary["total"] - 4'

started hopeless --dies 1 9
holds "a driver that dies in each case gets through" "$SCRATCH/hopeless.json" \
    'ids("skip", "error") == [] and summary["fail"] == 13'

run nobody client -- sh -c 'echo lost >&2; exit 7'
exited "a driver that does not connect" 3
says nobody 'exit status 7; its stderr: lost'
run missing client -- ./no-such-driver
exited "a driver that is not there" 3

# --- drivers that come by themselves --------------------------------------------------------------

# shellcheck disable=SC2086 # options
listen open $FEW
answers "getCaseCount" "13 1005" /getCaseCount
answers "getCaseInfo names the case" \
    '{"id": "5.5.2/ping-of-1-octets", "description": "Sends a ping of 1 octets. The ping is answered with the same data."} 1005' \
    '/getCaseInfo?case=1'
answers "requests that make no sense" "None 500
None 500
None 500
None 500
None 500
None 500
None 404" '/runCase?case=1' '/runCase?case=0&agent=a' '/runCase?case=14&agent=a' \
    '/runCase?casetuple=nonsense&agent=a' '/getCaseInfo?case=99' '/getCaseStatus?case=1&agent=b' /x
"$WSCONFORM" echo --connect "$url" --driver --agent quiet >"$SCRATCH/quiet.driver" 2>&1
check "none of them is a client" test ! -e "$SCRATCH/open.a.json"
answers "getCaseStatus says how it went" '{"behavior": "OK"} 1005' '/getCaseStatus?case=2&agent=quiet'
answers "getCaseStatus knows ids" '{"behavior": "OK"} 1005' \
    '/getCaseStatus?casetuple=5.6/json-text-refused&agent=quiet'
check "updateReports writes the report" test -s "$SCRATCH/open.json"

$GUEST "$url" rude >"$SCRATCH/rude.log" 2>&1 &
rude=$!
drive polite
rude_status=0
wait "$rude" || rude_status=$?
check "rude visitors are turned away: $(tail -n 1 "$SCRATCH/rude.log")" test "$rude_status" -eq 0
drive late
answers "stopServer" " 1005" /stopServer
ended
for agent in polite late; do
    holds "the rude spoil nothing for $agent" "$SCRATCH/open.$agent.json" \
        'summary["pass"] == summary["total"] == 14'
done
check "nothing that a visitor sends is a bug" test "$status" -le 1

# shellcheck disable=SC2086 # options
listen complete $ONE
drive first
answers "shutdownOnComplete" " 1005" '/updateReports?agent=first&shutdownOnComplete=true'
ended
exited "shutdownOnComplete ends it" 0

# shellcheck disable=SC2086 # options
listen once $ONE --once
drive only
ended
exited "--once ends with the first client" 0
holds "--once: its report" "$SCRATCH/once.json" 'summary["pass"] == 1'

# shellcheck disable=SC2086 # options
listen idle $ONE --idle 0.5
drive idler
ended
exited "--idle ends when nobody comes any more" 0
run lonely client --listen 127.0.0.1:0 --idle 0.2
exited "--idle ends when nobody comes at all" 3
says lonely 'no client came'

# shellcheck disable=SC2086 # options
listen interrupted $ONE
drive busy
kill -INT "$pid"
ended
exited "SIGINT" 130
holds "SIGINT leaves a report" "$SCRATCH/interrupted.json" 'summary["pass"] == 1'

listen taken
run second client --idle 5 --listen "${url#ws://}"
exited "a port that is taken" 3
kill -TERM "$pid"
ended

# --- a client for each case -----------------------------------------------------------------------

# each NAME SCRIPT - a run with a client that is a shell script; its argument is the URL.
each() {
    # shellcheck disable=SC2086 # options
    run "$1" client $FEW --timeout 1 -o "$SCRATCH/$1.json" -- sh -c "$2" client '{url}'
}
GO="exec $WSCONFORM echo --connect \"\$1\""

each right "$GO"
exited "a client for each case" 0
holds "it is called what it is" "$SCRATCH/right.json" 'report["endpoint"]["agent"] == "sh"'
holds "all passes" "$SCRATCH/right.json" 'summary["pass"] == summary["total"] == 14'

each unable "case \$1 in *ping*) echo no pings >&2; exit 127 ;; esac; $GO"
exited "exit status 127" 0
holds "127 skips the case" "$SCRATCH/unable.json" 'len(ids("skip")) == 3 and summary["pass"] == 11'
holds "and its reason is kept" "$SCRATCH/unable.json" \
    '"no pings" in diagnosis("5.5.2/ping-of-1-octets")'

each killed "case \$1 in */json-text*) $WSCONFORM echo --connect \"\$1\"; kill -SEGV \$\$ ;; esac; $GO"
exited "a client that crashes" 1
holds "the culprit" "$SCRATCH/killed.json" 'ids("fail") == ["5.6/json-text-refused"]'
holds "and how" "$SCRATCH/killed.json" '"signal 11" in diagnosis("5.6/json-text-refused")'

each absent 'exit 4'
exited "a client that never connects" 3
says absent 'opened no connection: .*exit status 4'

each shy "case \$1 in */json-text*) exit 4 ;; esac; $GO"
exited "a client that once does not connect" 1
holds "that is no finding" "$SCRATCH/shy.json" 'ids("error") == ["5.6/json-text-refused"]'

each asleep "case \$1 in */json-text*) exec sleep 100 ;; esac; $GO"
exited "a client that hangs before it connects" 1
holds "it is ended" "$SCRATCH/asleep.json" \
    'diagnosis("5.6/json-text-refused") == "the client did not connect"'

each lingering "$WSCONFORM echo --connect \"\$1\"; case \$1 in */json-text*) exec sleep 100 ;; esac"
exited "a client that stays when its connection is over" 0

# --- the exit status ------------------------------------------------------------------------------

run faulty client --run '5.5.2/*' -- \
    "$WSCONFORM" echo --connect '{url}' --fault "$("$WSCONFORM" echo --list-faults --connect ws://a/ |
        awk -F '\t' '$1 == "fault" && $3 ~ /5\.5\.2/ { print $2; exit }')"
exited "a client that breaks a rule" 1
run wrong client --no-such-option
exited "an option that there is not" 2
run selected client --run 'no/such-case'
exited "a selection that matches nothing" 4

# --- what is known from Autobahn's test suite -----------------------------------------------------

INDEX=$SCRATCH/autobahn/index.json
listen autobahn --autobahn-cases --autobahn-out "$SCRATCH/autobahn"
drive one &
one=$!
drive two
wait "$one"
answers "the server is stopped" " 1005" /stopServer
ended
exited "two at once" 0
check "index.json has Autobahn's shape" "$PYTHON" tests/e2e/autobahn.py "$INDEX" one two

cat >"$SCRATCH/fuzzingserver.json" <<END
{ "url": "ws://127.0.0.1:$(free_port)", "outdir": "$SCRATCH/spec/deep",
  "cases": ["1.*", "2.10", "7.7.1"], "exclude-cases": ["1.1.2"],
  "exclude-agent-cases": {"pick*": ["1.2.*"]} }
END
"$WSCONFORM" client --spec "$SCRATCH/fuzzingserver.json" >"$SCRATCH/spec.out" 2>"$SCRATCH/spec.err" &
pid=$!
heard=spec
url=$(sed -n 's/.*"url": "\([^"]*\)".*/\1/p' "$SCRATCH/fuzzingserver.json")
until grep -q '^listening' "$SCRATCH/spec.out" || ! kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
drive picky
drive other
answers "a spec file selects" "17 1005" /getCaseCount
answers "stopServer again" " 1005" /stopServer
ended
exited "a spec file" 0
check "exclude-agent-cases" "$PYTHON" tests/e2e/autobahn.py "$SCRATCH/spec/deep/index.json" \
    picky:9 other:17
