#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""valid.py SCHEMA FILE... - exit status 0 if the JSON files fit the JSON Schema."""

import json
import sys

import jsonschema


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        schema = json.load(file)
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    validator = kind(schema)
    for path in sys.argv[2:]:
        with open(path, encoding="utf-8") as file:
            for error in validator.iter_errors(json.load(file)):
                sys.exit(f"{path}: {error.json_path}: {error.message[:200]}")


if __name__ == "__main__":
    main()
