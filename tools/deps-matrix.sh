#!/bin/sh
# SPDX-License-Identifier: MIT
# deps-matrix.sh - installs what the servers and clients of `make matrix`, `make matrix-clients`, `make
# browsers` and `make stable` need beyond `make deps`: Go, Java, C++ and Ruby with a WebSocket library
# each, two browsers, Node 22 and Deno, close to 3 GB in all.
set -eu

PACKAGES="python3-tornado
    golang-go golang-github-gorilla-websocket-dev
    g++ libboost-dev
    ruby ruby-websocket-driver
    default-jdk-headless libtomcat10-embed-java libjakarta-annotation-api-java
    libjetty9-java libjetty9-extra-java
    python3-websocket chromium firefox-esr"
NPM_PACKAGES="node@22.23.3 deno@2.9.6 bun@1.4.5"

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

# In a folder of their own, which `make deps` does not sweep.
folder=${BUILD:-build}/matrix
echo "deps-matrix: npm install $NPM_PACKAGES into $folder"
mkdir -p "$folder"
[ -f "$folder/package.json" ] || echo '{"private": true}' >"$folder/package.json"
# shellcheck disable=SC2086 # a list of packages
npm install --prefix "$folder" --no-audit --no-fund --no-package-lock --foreground-scripts \
    $NPM_PACKAGES </dev/null
