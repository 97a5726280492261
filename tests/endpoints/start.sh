#!/bin/sh
# SPDX-License-Identifier: MIT
# start.sh NAME [--port N] [--host ADDRESS] - becomes the echo server NAME of this folder.
# start.sh --check NAME - exit status 0 if what NAME needs is installed and built.
# start.sh --list - prints the names. BUILD is the folder of all that was built, PYTHON a Python.
names='ws websockets aiohttp tornado libwebsockets gorilla beast driver tomcat jetty'
# shellcheck source=tests/endpoints/become.sh
. "$(dirname "$0")/become.sh"

java=/usr/share/java

# Jars of Debian; the versions are those that it has.
tomcat="$java/tomcat10-embed-core.jar:$java/tomcat10-embed-websocket.jar:$java/jakarta-annotation-api.jar"
jetty=$java/servlet-api.jar
for part in http io server servlet util websocket-api websocket-common websocket-server \
    websocket-servlet; do
    jetty=$jetty:$java/jetty9-$part.jar
done

# servlet CLASS JARS ARGUMENT... - Java, with options that halve the time that it takes to start.
servlet() {
    class=$1
    jars=$2
    shift 2
    become "$build/endpoints/$class.class" java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC \
        -cp "$build/endpoints:$jars" "$class" "$@"
}

case $name in
    ws) node_package ws "$here/ws-echo.js" "$@" ;;
    websockets | aiohttp | tornado) python "$name" "$here/$name-echo.py" "$@" ;;
    libwebsockets) built endpoints/lws-echo "$@" ;;
    gorilla | beast) built "endpoints/$name-echo" "$@" ;;
    driver) become /usr/lib/ruby/vendor_ruby/websocket/driver.rb ruby "$here/driver-echo.rb" "$@" ;;
    tomcat) servlet TomcatEcho "$tomcat" "$@" ;;
    jetty) servlet JettyEcho "$jetty" "$@" ;;
    *) unknown ;;
esac
