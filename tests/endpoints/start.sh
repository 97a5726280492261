#!/bin/sh
# SPDX-License-Identifier: MIT
# start.sh NAME [--port N] [--host ADDRESS] - becomes the echo server NAME of this folder.
# start.sh --check NAME - exit status 0 if what NAME needs is installed and built.
# start.sh --list - prints the names. BUILD is the folder of all that was built, PYTHON a Python.
set -eu

here=$(dirname "$0")
build=${BUILD:-$here/../../build}
java=/usr/share/java

# Jars of Debian; the versions are those that it has.
tomcat="$java/tomcat10-embed-core.jar:$java/tomcat10-embed-websocket.jar:$java/jakarta-annotation-api.jar"
jetty=$java/servlet-api.jar
for part in http io server servlet util websocket-api websocket-common websocket-server \
    websocket-servlet; do
    jetty=$jetty:$java/jetty9-$part.jar
done

case ${1:-} in
    --list)
        echo ws websockets aiohttp tornado libwebsockets gorilla beast driver tomcat jetty
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

# servlet CLASS JARS ARGUMENT... - Java, with options that halve the time that it takes to start.
servlet() {
    class=$1
    jars=$2
    shift 2
    become "$build/endpoints/$class.class" java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC \
        -cp "$build/endpoints:$jars" "$class" "$@"
}

case $name in
    ws) become "${WSCONFORM_NODE_MODULES:-$build/node_modules}/ws" node "$here/ws-echo.js" "$@" ;;
    websockets | aiohttp | tornado) python "$name" "$here/$name-echo.py" "$@" ;;
    libwebsockets) become "$build/endpoints/lws-echo" "$build/endpoints/lws-echo" "$@" ;;
    gorilla | beast) become "$build/endpoints/$name-echo" "$build/endpoints/$name-echo" "$@" ;;
    driver) become /usr/lib/ruby/vendor_ruby/websocket/driver.rb ruby "$here/driver-echo.rb" "$@" ;;
    tomcat) servlet TomcatEcho "$tomcat" "$@" ;;
    jetty) servlet JettyEcho "$jetty" "$@" ;;
    *)
        echo "start.sh: no endpoint is called $name" >&2
        exit 2
        ;;
esac
