#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""autobahn.py INDEX AGENT[:COUNT]... - exit status 0 if the index.json holds these agents and no
other, each with cases (as many as COUNT says) in the shape that scripts know from Autobahn's test
suite, all of them right."""

import json
import os
import re
import sys

BEHAVIORS = {"OK", "NON-STRICT", "INFORMATIONAL"}
CLOSES = {"OK", "INFORMATIONAL", "UNCLEAN", "WRONG CODE", "FAILED BY CLIENT"}


def is_case(folder, agent, case, entry):
    code = entry["remoteCloseCode"]
    return (re.fullmatch(r"\d+(\.\d+)+", case)
            and set(entry) >= {"behavior", "behaviorClose", "remoteCloseCode", "duration", "reportfile"}
            and entry["behavior"] in BEHAVIORS and entry["behaviorClose"] in CLOSES
            and (code is None or 1000 <= code < 5000)
            and isinstance(entry["duration"], int)
            and os.path.getsize(os.path.join(folder, entry["reportfile"])) > 0)


def main():
    path, wanted = sys.argv[1], dict((name.split(":") + [""])[:2] for name in sys.argv[2:])
    with open(path, encoding="utf-8") as file:
        index = json.load(file)
    if set(index) != set(wanted):
        sys.exit("there are %s" % sorted(index))
    for agent, cases in index.items():
        for case, entry in cases.items():
            if not is_case(os.path.dirname(path), agent, case, entry):
                sys.exit("%s, case %s: %s" % (agent, case, entry))
        if len(cases) != int(wanted[agent] or len(cases)) or not cases:
            sys.exit("%s has %d cases" % (agent, len(cases)))


if __name__ == "__main__":
    main()
