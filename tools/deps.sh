#!/bin/sh
# SPDX-License-Identifier: MIT
# deps.sh - installs what building and testing wsconform needs, and says what it does.
# deps.sh --check - installs nothing; says what building and the demo lack and exits 1 if they do.
set -eu

# Without these nothing is built; --check looks for them.
BUILD_PACKAGES="gcc libc6-dev make pkg-config libuv1-dev libssl-dev libjansson-dev zlib1g-dev"
# These build and run the tests, among them endpoints written with other people's libraries.
TEST_PACKAGES="libcmocka-dev python3 python3-jsonschema python3-websockets python3-aiohttp
    python3-wsproto libwebsockets-dev libwslay-dev ca-certificates"
# These are what `make check` calls, and clang's sanitizers.
CHECK_PACKAGES="clang libclang-rt-dev clang-format clang-tidy cppcheck shellcheck git"

NPM_MANIFEST=tests/endpoints/package.json
NPM_FOLDER=${BUILD:-build}

say() {
    echo "deps: $*"
}

have() {
    command -v "$1" >/dev/null 2>&1
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

# can_include HEADER PACKAGE - true if pkg-config knows the package or the compiler the header.
can_include() {
    { have pkg-config && pkg-config --exists "$2"; } ||
        echo "#include <$1>" | "${CC:-cc}" -fsyntax-only -x c - 2>/dev/null
}

npm_done() {
    [ -f "$NPM_MANIFEST" ] || return 0
    [ -d "$NPM_FOLDER/node_modules" ] && cmp -s "$NPM_MANIFEST" "$NPM_FOLDER/package.json"
}

check() {
    lacking=
    have "${CC:-cc}" || lacking="$lacking compiler"
    can_include uv.h libuv || lacking="$lacking libuv"
    can_include openssl/evp.h libcrypto || lacking="$lacking libcrypto"
    can_include jansson.h jansson || lacking="$lacking jansson"
    can_include zlib.h zlib || lacking="$lacking zlib"
    have node || lacking="$lacking node"
    npm_done || lacking="$lacking npm-packages"
    [ -z "$lacking" ] || {
        say "missing:$lacking"
        return 1
    }
}

is_installed() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

install_debian() {
    wanted="$BUILD_PACKAGES $TEST_PACKAGES $CHECK_PACKAGES"
    # Node and npm often come from elsewhere; Debian's would replace them or clash.
    have node || wanted="$wanted nodejs"
    have npm || wanted="$wanted npm"
    lacking=
    for package in $wanted; do
        is_installed "$package" || lacking="$lacking $package"
    done
    [ -n "$lacking" ] || {
        say "all Debian packages are there"
        return
    }
    say "apt-get install$lacking"
    as_root apt-get update -q
    # shellcheck disable=SC2086 # a list of packages
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -q -y --no-install-recommends $lacking </dev/null
}

install_npm() {
    [ -f "$NPM_MANIFEST" ] || return 0
    npm_done && {
        say "all npm packages are there"
        return
    }
    say "npm install of $NPM_MANIFEST into $NPM_FOLDER/node_modules"
    mkdir -p "$NPM_FOLDER"
    rm -rf "$NPM_FOLDER/node_modules" "$NPM_FOLDER/package.json" "$NPM_FOLDER/package-lock.json"
    cp "$NPM_MANIFEST" "$NPM_FOLDER/package.json"
    npm install --prefix "$NPM_FOLDER" --no-audit --no-fund --no-package-lock --omit=dev \
        </dev/null || {
        # The copy says that the install is done.
        rm -f "$NPM_FOLDER/package.json"
        exit 1
    }
}

if [ "${1:-}" = --check ]; then
    check
    exit
fi

case $(uname -s) in
    Darwin)
        say "on macOS this is yours to do; with Homebrew:"
        say "  brew install pkg-config libuv openssl@3 jansson cmocka llvm cppcheck shellcheck node libwebsockets"
        say "  python3 -m pip install jsonschema websockets aiohttp"
        ;;
    *)
        if have apt-get; then
            install_debian
        else
            say "no apt-get here: install a C compiler, pkg-config, libuv, OpenSSL, Jansson, zlib,"
            say "cmocka, python3, node and npm (all with their headers) in your system's way"
        fi
        ;;
esac
install_npm
