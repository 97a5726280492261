#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""measure.py NAME SECONDS COMMAND... - runs it with NAME.out and NAME.err, for at most SECONDS, and
writes to NAME.measured: its exit status, the seconds that it took and the most memory that it, or a
process that it waited for, had at a time, in KiB."""

import os
import signal
import subprocess
import sys
import time


def main():
    name, seconds = sys.argv[1], int(sys.argv[2])
    start = time.monotonic()
    with open(name + ".out", "wb") as out, open(name + ".err", "wb") as err:
        child = subprocess.Popen(sys.argv[3:], stdin=subprocess.DEVNULL, stdout=out, stderr=err)
    signal.signal(signal.SIGALRM, lambda *_: child.send_signal(signal.SIGTERM))
    signal.alarm(seconds)
    _, status, usage = os.wait4(child.pid, 0)
    memory = usage.ru_maxrss // (1024 if sys.platform == "darwin" else 1)
    with open(name + ".measured", "w", encoding="ascii") as file:
        file.write(f"{os.waitstatus_to_exitcode(status)} {time.monotonic() - start:.0f} {memory}\n")


if __name__ == "__main__":
    main()
