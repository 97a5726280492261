# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# become.sh - what start.sh of this folder and of tests/clients share. They say their names
# in `names`, source this, which reads `--list`, `--check NAME` or `NAME ARGUMENT...`, and become
# what `name` says, or, with --check, say whether they could. BUILD is the folder of all that was
# built, PYTHON a Python.
set -eu

here=$(dirname "$0") # of who sources it
build=${BUILD:-$here/../../build}
modules=${WSCONFORM_NODE_MODULES:-$build/node_modules}
checking=false

case ${1:-} in
    --list)
        echo "${names:?}"
        exit
        ;;
    --check)
        checking=true
        shift
        ;;
esac
name=${1:-}
[ $# -eq 0 ] || shift

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

# built FILE ARGUMENT... - a program of its own, BUILD/FILE.
built() {
    program=$build/$1
    shift
    become "$program" "$program" "$@"
}

# node_package PACKAGE FILE ARGUMENT... - a script that needs a package of npm.
node_package() {
    package=$1
    shift
    NODE_PATH=$modules become "$modules/$package" node "$@"
}

unknown() {
    echo "start.sh: there is no $name here" >&2
    exit 2
}
