#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""terminal.py COMMAND... - runs it with a terminal as its stdout and prints what arrives there."""

import os
import pty
import sys


def main():
    pid, master = pty.fork()
    if pid == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        os.execvp(sys.argv[1], sys.argv[1:])
    try:
        while data := os.read(master, 4096):
            os.write(1, data)
    except OSError:
        pass  # how Linux says that the other side of the terminal is closed
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


if __name__ == "__main__":
    main()
