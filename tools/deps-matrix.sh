#!/bin/sh
# SPDX-License-Identifier: MIT
# deps-matrix.sh - installs what the echo servers of `make matrix` and `make stable` need beyond
# `make deps`: Go, Java, C++ and Ruby with a WebSocket library each, close to 1 GB in all.
set -eu

PACKAGES="python3-tornado
    golang-go golang-github-gorilla-websocket-dev
    g++ libboost-dev
    ruby ruby-websocket-driver
    default-jdk-headless libtomcat10-embed-java libjakarta-annotation-api-java
    libjetty9-java libjetty9-extra-java"

command -v apt-get >/dev/null || {
    echo "deps-matrix: only Debian has all of these as packages: $PACKAGES"
    exit 1
}
as_root=
[ "$(id -u)" -eq 0 ] || as_root=sudo
echo "deps-matrix: apt-get install $PACKAGES"
$as_root apt-get update -q
# shellcheck disable=SC2086 # a list of packages
$as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -q -y --no-install-recommends $PACKAGES </dev/null
