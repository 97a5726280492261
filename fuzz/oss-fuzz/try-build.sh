#!/bin/bash -eu
# SPDX-License-Identifier: MIT
# try-build.sh [address|undefined|memory]... - runs build.sh here with the variables that OSS-Fuzz sets,
# without its container, and looks at what it leaves: each target runs its seeds and fuzzes a little,
# and the target's seeds, dictionary and options are what they should be.

cd "$(dirname "$0")/../.."
for tool in clang clang++ zip unzip; do
    command -v "$tool" >/dev/null || {
        echo "try-build: $tool is missing" >&2
        exit 2
    }
done
root=${OSS_TRY:-${BUILD:-build}/fuzz/oss-try}
mkdir -p "$root"
root=$(cd "$root" && pwd)
failed=0

fail() {
    echo "not ok $1: $2"
    failed=1
}

# As the base image sets them.
flags_for() {
    case $1 in
        address) echo "-fsanitize=address -fsanitize-address-use-after-scope" ;;
        undefined) echo "-fsanitize=array-bounds,bool,builtin,enum,integer-divide-by-zero,null,object-size,return,returns-nonnull-attribute,shift,signed-integer-overflow,unreachable,vla-bound,vptr -fno-sanitize-recover=all" ;;
        memory) echo "-fsanitize=memory -fsanitize-memory-track-origins" ;;
    esac
}

build() {
    rm -rf "$root/out"
    mkdir -p "$root/src" "$root/work-$1" "$root/out"
    ln -sfn "$PWD" "$root/src/wsconform"
    local flags
    flags="-O1 -fno-omit-frame-pointer -gline-tables-only $(flags_for "$1") -fsanitize=fuzzer-no-link"
    env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS -u BUILD \
        CC=clang CXX=clang++ CFLAGS="$flags" CXXFLAGS="$flags" SANITIZER="$1" \
        FUZZING_ENGINE=libfuzzer LIB_FUZZING_ENGINE=-fsanitize=fuzzer ARCHITECTURE=x86_64 \
        SRC="$root/src" WORK="$root/work-$1" OUT="$root/out" \
        bash fuzz/oss-fuzz/build.sh >"$root/build-$1.log" 2>&1 || {
        fail "$1" "build.sh failed: $(tail -n 1 "$root/build-$1.log")"
        return 1
    }
}

# look_at SANITIZER PROGRAM
look_at() {
    local name seeds dictionary
    local options=(-runs=2000 -seed=1 -timeout=10)
    name=$(basename "$2")
    seeds=$root/seeds/$name
    rm -rf "$seeds"
    mkdir -p "$seeds"
    if ! unzip -q -o -d "$seeds" "$2_seed_corpus.zip" || [ -z "$(ls "$seeds")" ]; then
        fail "$1 $name" "no seeds"
        return
    fi
    # A runner has none of the libraries that we linked.
    if ldd "$2" | grep -E 'jansson|libcrypto|libz\.|wslay'; then
        fail "$1 $name" "needs a library that the runners do not have"
        return
    fi
    grep -q '^max_len = ' "$2.options" || {
        fail "$1 $name" "no options"
        return
    }
    dictionary=$(sed -n 's/^dict = //p' "$2.options")
    if [ -n "$dictionary" ]; then
        [ -s "$root/out/$dictionary" ] || {
            fail "$1 $name" "the dictionary of its options is not there"
            return
        }
        options+=("-dict=$root/out/$dictionary")
    fi
    if "$2" "${options[@]}" "$seeds" >"$root/$name.log" 2>&1; then
        echo "ok $1 $name"
    else
        fail "$1 $name" "$(grep -m 1 -E '^\{|ERROR|error' "$root/$name.log")"
    fi
}

[ $# -gt 0 ] || set -- address undefined memory
for sanitizer; do
    build "$sanitizer" || continue
    count=0
    for program in "$root"/out/*.options; do
        [ -e "$program" ] || continue
        look_at "$sanitizer" "${program%.options}"
        count=$((count + 1))
    done
    [ "$count" -gt 0 ] || fail "$sanitizer" "no target was built"
done
exit "$failed"
