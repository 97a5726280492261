#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""case-seeds.py FOLDER FILE... - writes each case of the files as a case file of its own, a seed for
the target case_load, which knows the catalogue's row RFC6455-5.5-03 only."""
import json
import os
import sys

LARGEST = 2048

folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)
for path in sys.argv[2:]:
    with open(path, encoding="utf-8") as file:
        loaded = json.load(file)
    for case in loaded["cases"]:
        case["requires"] = ["RFC6455-5.5-03"]
        text = json.dumps({**loaded, "cases": [case]})
        if len(text) <= LARGEST:
            name = "".join(c if c.isalnum() or c in "-." else "." for c in case["id"])
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(text)
