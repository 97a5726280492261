#!/bin/sh
# SPDX-License-Identifier: MIT
# a room includes only the rooms, and opens only the libraries, that tools/rooms.mk allows
set -eu

# Tests obey the table too; besides, they may include cmocka, any library, and headers in tests/.
sources=$(find harness tests -name '*.[ch]' | sort)

# shellcheck disable=SC2086 # a list of file names without blanks
awk '
    function complain(text) {
        print FILENAME ":" FNR ": " text
        bad = 1
    }

    function matches(text, patterns,    list, n, i, expression) {
        n = split(patterns, list, " ")
        for (i = 1; i <= n; i++) {
            expression = list[i]
            gsub(/[.]/, "[.]", expression)
            gsub(/[*]/, ".*", expression)
            if (text ~ ("^" expression "$"))
                return 1
        }
        return 0
    }

    function judge_room_header(header,    target) {
        if (header !~ /\//) {
            if (!is_test)
                complain("\"" header "\" does not name its room")
            return
        }
        target = header
        sub(/\/.*/, "", target)
        if (!(target in is_room))
            complain("\"" header "\" is in no room")
        else if (target != room && index(" " uses[room] " ", " " target " ") == 0)
            complain(room " must not include " target " (\"" header "\")")
    }

    function judge_library(header,    name) {
        if (is_test)
            return
        if (header == "cmocka.h")
            complain("cmocka is for tests")
        for (name in door)
            if (index(header, name) == 1 && !matches(path, door[name]))
                complain("<" header "> belongs to " door[name])
    }

    BEGIN {
        for (i = 1; i < ARGC; i++)
            exists[ARGV[i]] = 1
    }

    FILENAME == "tools/rooms.mk" {
        if ($1 == "ROOMS")
            for (i = 3; i <= NF; i++)
                is_room[$i] = 1
        value = $0
        sub(/^[^=]*= */, "", value)
        if ($1 ~ /^USES_/)
            uses[substr($1, 6)] = value
        if ($1 ~ /^DOOR_/)
            door[substr($1, 6)] = value
        next
    }

    FNR == 1 {
        is_test = FILENAME ~ /^tests/
        path = FILENAME
        sub(/^[a-z]*\//, "", path)
        room = path
        sub(/\/.*/, "", room)
        if (!is_test && !(room in is_room))
            complain("lies in no room")
        own = path
        sub(/[.]c$/, ".h", own)
        own_comes_first = !is_test && own != path && (("harness/" own) in exists)
    }

    room in is_room && /^[ \t]*#[ \t]*include/ {
        header = $0
        sub(/^[^<"]*[<"]/, "", header)
        sub(/[>"].*/, "", header)
        if (own_comes_first && header != own)
            complain("includes " header " before its own header")
        own_comes_first = 0
        if ($0 ~ /"/)
            judge_room_header(header)
        else
            judge_library(header)
    }

    END { exit bad }
' tools/rooms.mk $sources
