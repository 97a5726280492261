#!/bin/sh
# SPDX-License-Identifier: MIT
# browsers.sh [chromium | firefox]... - the browsers that are installed run all cases, without a
# window. BUILD/browsers keeps for each its report and pictures of the page with its verdicts, in a
# wide and in a narrow window. Exit status 1 if a browser could not be tested.
set -u

BUILD=${BUILD:-build}
WSCONFORM=${WSCONFORM:-./wsconform}
case $BUILD in /*) ;; *) BUILD=$(pwd)/$BUILD ;; esac
OUT=$BUILD/browsers
SECONDS_MAX=600
mkdir -p "$OUT"
server=
browser=

# shellcheck disable=SC2317 # the trap calls it
clean() {
    [ -z "$browser" ] || kill "$browser" 2>/dev/null
    [ -z "$server" ] || kill "$server" 2>/dev/null
    rm -rf "$OUT/profile"
}
trap clean EXIT
trap 'exit 1' INT TERM

# become NAME ARGUMENT... - turns a subshell into the browser, with a new profile.
become() {
    which=$1
    shift
    rm -rf "$OUT/profile"
    mkdir -p "$OUT/profile"
    if [ "$which" = chromium ]; then
        # Its sandbox refuses to run as root, as in containers.
        sandbox=
        [ "$(id -u)" -ne 0 ] || sandbox=--no-sandbox
        exec chromium --headless=new --disable-gpu $sandbox --no-first-run --hide-scrollbars \
            --user-data-dir="$OUT/profile" "$@"
    fi
    # It puts off what follows a failed connection by up to a minute (RFC 6455, 7.2.3), and many
    # cases are failed connections.
    echo 'user_pref("network.websocket.delay-failed-reconnects", false);' >"$OUT/profile/user.js"
    exec firefox-esr --headless --no-remote --profile "$OUT/profile" "$@"
}

# start NAME - listens; leaves `server` and `page`.
start() {
    rm -f "$OUT/$1.json" "$OUT/$1.txt"
    "$WSCONFORM" client --browser --listen 127.0.0.1:0 -o "$OUT/$1.json" >"$OUT/$1.txt" </dev/null &
    server=$!
    page=
    while [ -z "$page" ] && kill -0 "$server" 2>/dev/null; do
        page=$(sed -n 's/^open \(http[^ ]*\) .*/\1/p' "$OUT/$1.txt" 2>/dev/null)
        sleep 0.1
    done
}

# picture NAME PAGE SIZE FILE
picture() {
    rm -f "$4"
    (become "$1" --window-size="$3" --screenshot="$4" "$2" >/dev/null 2>&1 </dev/null)
}

# run_all NAME - the browser runs all cases; the report is written when it is through with them.
run_all() {
    become "$1" "$page" >/dev/null 2>&1 </dev/null &
    browser=$!
    waited=0
    while [ ! -s "$OUT/$1.json" ] && [ "$waited" -lt "$SECONDS_MAX" ]; do
        sleep 1
        waited=$((waited + 1))
    done
    kill "$browser"
    wait "$browser" 2>/dev/null
    browser=
    [ -s "$OUT/$1.json" ]
}

# try NAME
try() {
    start "$1"
    run_all "$1" || {
        echo "$1: not through after $SECONDS_MAX s"
        return 1
    }
    agent=$(sed -n 's/.*"agent": *"\([^"]*\)".*/\1/p' "$OUT/$1.json" | head -n 1)
    picture "$1" "$page?show=$agent" 1280,1600 "$OUT/$1-wide.png"
    case=$(awk -F '"' '$2 == "id" { id = $4 } $2 == "verdict" && $4 == "fail" { print id; exit }' \
        "$OUT/$1.json")
    picture "$1" "$page?show=$agent#$case" 500,1600 "$OUT/$1-narrow.png"
    kill -INT "$server"
    wait "$server" 2>/dev/null
    server=
    echo "$1 ($agent): $(tail -n 1 "$OUT/$1.txt")"
    ls "$OUT/$1.json" "$OUT/$1.txt" "$OUT/$1-wide.png" "$OUT/$1-narrow.png"
}

status=0
[ $# -gt 0 ] || set -- chromium firefox
for name; do
    program=$name
    [ "$name" != firefox ] || program=firefox-esr
    if command -v "$program" >/dev/null; then
        try "$name" || status=1
        rm -rf "$OUT/profile"
    else
        echo "$name is not installed (apt-get install $program)"
        status=1
    fi
done
exit "$status"
