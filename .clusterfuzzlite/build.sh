#!/bin/bash -eu
# SPDX-License-Identifier: MIT
# Built as for OSS-Fuzz.
exec bash "$SRC/wsconform/fuzz/oss-fuzz/build.sh"
