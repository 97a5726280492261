#!/bin/bash -eu
# SPDX-License-Identifier: MIT
# build.sh - what OSS-Fuzz and ClusterFuzzLite run in their containers: leaves in $OUT each target
# with its seeds, dictionary and options. Compilers, flags and engine come from them: CC, CXX, CFLAGS,
# CXXFLAGS, LIB_FUZZING_ENGINE, FUZZING_ENGINE, SANITIZER.

cd "$SRC/wsconform"

# Their compilers are newer than ours and may warn of what nobody has seen yet.
make -j"$(nproc)" BUILD="$WORK/build" WERROR= V="${V:-}" fuzz-oss

for program in "$WORK"/build/fuzz/oss/*; do
    [ -x "$program" ] || continue
    name=$(basename "$program")
    cp "$program" "$OUT/$name"

    seeds=()
    for folder in "fuzz/corpus/$name" "fuzz/regress/$name"; do
        [ ! -d "$folder" ] || seeds+=("$folder")
    done
    rm -f "$OUT/${name}_seed_corpus.zip"
    if [ "${#seeds[@]}" -gt 0 ]; then
        zip -q -j -r "$OUT/${name}_seed_corpus.zip" "${seeds[@]}"
    fi

    for dictionary in "$name" "${name%%_*}"; do
        if [ -f "fuzz/dictionaries/$dictionary.dict" ]; then
            cp "fuzz/dictionaries/$dictionary.dict" "$OUT/$name.dict"
            break
        fi
    done

    {
        echo "[libfuzzer]"
        echo "max_len = 4096"
        echo "timeout = 10"
        [ ! -f "$OUT/$name.dict" ] || echo "dict = $name.dict"
    } >"$OUT/$name.options"
done
