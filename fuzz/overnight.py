#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""overnight.py [--hours H] [--jobs N] [--targets A,B] [...] - a campaign of the fuzz targets.

Gives the targets their turns, each in libFuzzer's fork mode, until the time is up. What crashes is
run again to learn its rule; of each rule one input is kept, made small, in build/fuzz/findings. At
the end the working corpora are merged. The report (reports/fuzz.schema.json) is written anew every
minute, so that a campaign that is cut off leaves one too; Ctrl-C ends the campaign and keeps all.

A target is the name of a program in build/fuzz, or a path to any program made with -fsanitize=fuzzer.
The exit status is 1 if there is a finding, 2 if the command line is wrong, otherwise 0.
"""

import argparse
import collections
import datetime
import json
import os
import random
import re
import select
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import time
import traceback

SCHEMA = "wsconform-fuzz/1"
TURN_SECONDS = 300
MINIMISE_SECONDS = 30
MINIMISE_RUNS = 100000  # for each octet less
MERGE_SECONDS = 600
REPORT_SECONDS = 60     # between two intermediate reports, and two progress lines in a pipe
CROWD = 200             # so many crashes end a turn: more of them would say nothing new
LOOKED_AT = 40          # crashes of one turn that are run again, half of them the smallest
SEED_FAILURES = 20      # committed inputs that may fail before the rest is left out
FLOOD = 16 << 20        # octets that a run of one input may print
LINE = 4096             # octets of a line that are looked at
TAIL = 60               # lines that are kept to say why a target died

# To try an input that breaks these rules takes too long for making it smaller.
SLOW = {"timeout", "hangs", "floods"}

# Frames of a stack that are nobody's fault.
RUNTIME = re.compile(r"_*(sanitizer|interceptor|asan|ubsan|lsan|msan|assert|libc|GI)_|fuzzer::|_start$"
                     r"|(raise|gsignal|abort|pthread_kill|main|oracle_violation)$|_*(m|c|re)alloc$")
FRAME = re.compile(r"^\s*#\d+ 0x[0-9a-f]+ in (\S+)")
STATUS = re.compile(r"^#(\d+):? .*?cov: (\d+) ft: (\d+)")


class Usage(Exception):
    """A command line that cannot be carried out."""


class Reading:
    """What a fuzzer printed, taken apart line by line and in bounded memory."""

    def __init__(self):
        self.rest = b""
        self.octets = 0
        self.tail = collections.deque(maxlen=TAIL)
        self.violation = None   # the first line of JSON that names a rule
        self.summary = None
        self.said = None        # an assertion, or what UBSan has to say
        self.frame = None
        self.running = None     # the last file of which libFuzzer said that it runs it
        self.status = None      # (executions, coverage, features)

    def feed(self, octets):
        self.octets += len(octets)
        lines = (self.rest + octets).split(b"\n")
        self.rest = lines.pop()
        if len(self.rest) > LINE:
            lines.append(self.rest)
            self.rest = b""
        for line in lines:
            self.line(line[:LINE].decode("utf-8", "replace"))

    def line(self, line):
        self.tail.append(line)
        if line.startswith("{") and self.violation is None:
            self.violation = violation(line)
        elif line.startswith("SUMMARY: ") and self.summary is None:
            self.summary = line[len("SUMMARY: "):]
        elif line.startswith("Running: "):
            self.running = line[len("Running: "):]
        elif STATUS.match(line):
            self.status = tuple(int(number) for number in STATUS.match(line).groups())
        elif "runtime error: " in line or "Assertion" in line:
            self.said = self.said or line
        elif self.frame is None and FRAME.match(line):
            name = FRAME.match(line).group(1)
            self.frame = None if RUNTIME.match(name) else name

    def finding(self, exit_status):
        """The rule that a run broke, its clause and what there is to say of it."""
        if self.violation is not None:
            return self.violation
        detail = self.said or self.summary or "ended with status %s" % exit_status
        return {"rule": self.rule(exit_status), "clause": "", "detail": detail[:1000]}

    def rule(self, exit_status):
        place = " in %s" % self.frame if self.frame else ""
        summary = self.summary or ""
        if "leaked in" in summary:
            return "leak" + place
        if summary.startswith("AddressSanitizer: "):
            return "asan:" + summary.split()[1] + place
        if summary.startswith("MemorySanitizer: "):
            return "msan:" + summary.split()[1] + place
        if summary.startswith("UndefinedBehaviorSanitizer: "):
            where = re.search(r"([^/\s]+:\d+):\d+", summary)
            return "ubsan:undefined-behavior at %s" % (where.group(1) if where else "?")
        if self.said and "Assertion" in self.said:
            return "assertion" + place
        if summary.startswith("libFuzzer: "):
            kind = summary[len("libFuzzer: "):].replace(" ", "-")
            return kind + (place if kind == "deadly-signal" else "")
        return "exit-%s" % exit_status


def violation(line):
    """The object that a target printed about itself, or None."""
    try:
        said = json.loads(line)
    except ValueError:
        return None
    if not isinstance(said, dict) or not isinstance(said.get("rule"), str):
        return None
    return {key: str(said.get(key, "")) for key in ("rule", "clause", "detail")}


class Ended:
    """How a program ended and what it printed."""

    def __init__(self, reading, status, cpu, seconds, overdue):
        self.reading = reading
        self.status = status
        self.cpu = cpu
        self.seconds = seconds
        self.overdue = overdue


class Target:
    """A fuzz target, its folders and what was measured."""

    def __init__(self, word, options):
        self.path = word if "/" in word else os.path.join(options.build, word)
        self.name = os.path.basename(self.path)
        if not os.access(self.path, os.X_OK) or os.path.isdir(self.path):
            raise Usage("%s: there is no such target" % self.path)
        self.corpus = os.path.join(options.build, "corpus", self.name)
        self.crashes = os.path.join(options.build, "overnight", self.name, "crashes")
        self.scratch = os.path.join(options.build, "overnight", self.name, "scratch")
        self.kept = os.path.join(options.build, "findings", self.name)
        self.seeds = [folder for folder in self.seed_folders(options) if os.path.isdir(folder)]
        self.dictionary = self.find_dictionary(options)
        self.findings = {}
        self.state = "waiting"
        self.why = ""
        self.running = False
        self.executions = self.coverage = self.features = 0
        self.turns = self.crashed = self.unread = 0
        self.seconds = self.cpu = 0.0

    def seed_folders(self, options):
        own = [os.path.join(options.fuzz, kind, self.name) for kind in ("corpus", "regress")]
        own.append(os.path.join(options.build, "seeds", self.name))
        if any(os.path.isdir(folder) for folder in own):
            return own + options.seeds
        # Somebody else's parser begins with the streams of frames that ours have.
        return options.seeds or [os.path.join(options.fuzz, "corpus", name)
                                 for name in ("ws_message", "ws_frame")]

    def find_dictionary(self, options):
        for name in (self.name, self.name.split("_")[0], "ws"):
            path = os.path.join(options.fuzz, "dictionaries", name + ".dict")
            if os.path.isfile(path):
                return path
        return None

    def prepare(self):
        shutil.rmtree(self.crashes, ignore_errors=True)
        shutil.rmtree(self.scratch, ignore_errors=True)
        for folder in (self.corpus, self.crashes, self.scratch, self.kept):
            os.makedirs(folder, exist_ok=True)

    def salvage(self):
        """What a turn that was cut short had found goes to the corpus; the final merge sorts it."""
        for folder, _, names in os.walk(self.scratch):
            if not re.match(r"C\d+$", os.path.basename(folder)):
                continue
            for name in names:
                if not os.path.exists(os.path.join(self.corpus, name)):
                    shutil.move(os.path.join(folder, name), self.corpus)
        shutil.rmtree(self.scratch, ignore_errors=True)
        os.makedirs(self.scratch, exist_ok=True)

    def record(self):
        sizes = [entry.stat().st_size for entry in os.scandir(self.corpus) if entry.is_file()]
        return {
            "name": self.name, "program": self.path, "state": self.state, "why": self.why,
            "turns": self.turns, "executions": self.executions,
            "executions_per_second": round(self.executions / self.seconds) if self.seconds else 0,
            "coverage": self.coverage, "features": self.features,
            "corpus": {"folder": self.corpus, "files": len(sizes), "octets": sum(sizes)},
            "seconds": round(self.seconds, 1), "cpu_seconds": round(self.cpu, 1),
            "crashes": self.crashed, "crashes_unread": self.unread,
        }


class Finding:
    """A rule that a target breaks, with the smallest input that shows it."""

    def __init__(self, target, said, octets):
        self.target = target
        self.rule, self.clause, self.detail = said["rule"], said["clause"], said["detail"]
        self.octets = octets
        self.count = 1
        self.minimised = False
        slug = re.sub(r"[^A-Za-z0-9.]+", "-", "%s %s" % (self.rule, self.clause)).strip("-")
        self.file = os.path.join(target.kept, slug[:120] or "finding")

    def record(self):
        return {
            "target": self.target.name, "rule": self.rule, "clause": self.clause,
            "detail": self.detail, "octets": self.octets.hex(), "size": len(self.octets),
            "count": self.count, "minimised": self.minimised, "file": self.file,
            "command": shlex.join([self.target.path, self.file]),
        }

    def keep(self):
        """To the disk at once: even a campaign that is killed must leave it."""
        with open(self.file, "wb") as file:
            file.write(self.octets)
        write_json(self.file + ".json", self.record())


def write_json(path, value):
    with open(path + ".new", "w", encoding="ascii") as file:
        json.dump(value, file, indent=2)
        file.write("\n")
    os.replace(path + ".new", path)


def read_octets(path):
    with open(path, "rb") as file:
        return file.read()


class Campaign:
    """The targets, the clock and the workers."""

    def __init__(self, options):
        self.options = options
        self.targets = [Target(word, options) for word in options.targets]
        names = [target.name for target in self.targets]
        if len(set(names)) != len(names):
            raise Usage("two targets have the same name")
        self.seconds = options.hours * 3600
        # Behind its time a program is given this long to end by itself.
        self.grace = 3 * options.input_seconds
        self.workers = min(options.jobs, len(self.targets))
        self.forks = max(1, options.jobs // len(self.targets))
        fair = self.seconds * self.workers / (2 * len(self.targets))
        self.turn = max(1, min(TURN_SECONDS, fair))
        self.lock = threading.Lock()
        self.stop = threading.Event()
        self.kill = threading.Event()
        self.news = collections.deque()
        self.bug = None
        self.phase = "fuzzing"
        self.random = random.Random(options.seed)

    # --- programs ---------------------------------------------------------------------------

    def run(self, target, arguments, limit, watch=None, blind=False):
        """Runs the target in a session of its own. `watch` is asked now and then whether the run
        may go on. A blind run saves the time that it takes to find the names for a stack."""
        reading, begin = Reading(), time.monotonic()
        environment = dict(os.environ, TMPDIR=os.path.abspath(target.scratch))
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "MSAN_OPTIONS") if blind else ():
            environment[name] = ":".join(filter(None, [os.environ.get(name), "symbolize=0"]))
        process = subprocess.Popen(
            [os.path.abspath(target.path)] + arguments, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment,
            start_new_session=True)
        deadline, asked, overdue = begin + limit, None, False
        while True:
            self.drain(process, reading, 0.2)
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid != 0:
                break
            now = time.monotonic()
            overdue = overdue or now > deadline
            if overdue or self.kill.is_set() or (asked and now > asked + self.grace):
                self.signal(process, signal.SIGKILL)
            elif asked is None and watch is not None and not watch(reading):
                # SIGTERM makes fork mode end at once; it does not look at SIGINT.
                self.signal(process, signal.SIGTERM)
                asked = now
        process.returncode = os.waitstatus_to_exitcode(status)
        self.signal(process, signal.SIGKILL)  # children that it left behind
        self.drain(process, reading, 0)
        process.stdout.close()
        reading.feed(b"\n")
        return Ended(reading, process.returncode, usage.ru_utime + usage.ru_stime,
                     time.monotonic() - begin, overdue)

    @staticmethod
    def signal(process, number):
        try:
            os.killpg(process.pid, number)
        except (ProcessLookupError, PermissionError):
            pass

    @staticmethod
    def drain(process, reading, patience):
        """Reads what is there, but never for longer than half a second."""
        end = time.monotonic() + 0.5
        while select.select([process.stdout], [], [], patience)[0]:
            octets = os.read(process.stdout.fileno(), 1 << 16)
            if not octets:
                time.sleep(patience / 4)
                return
            reading.feed(octets)
            if time.monotonic() > end:
                return
            patience = 0

    def try_files(self, target, paths):
        """Runs inputs one after the other. Returns how the run ended; its reading knows at which
        file."""
        limit = self.options.input_seconds + self.grace + len(paths)
        return self.run(target, ["-timeout=%d" % self.options.input_seconds] + paths, limit,
                        watch=lambda reading: reading.octets < FLOOD)

    def rule_of(self, ended):
        if ended.status == 0:
            return None
        if ended.reading.octets >= FLOOD:
            # Whether its rule was still read is a matter of luck.
            return {"rule": "floods", "clause": "",
                    "detail": "printed more than %d octets" % FLOOD}
        if ended.overdue and ended.reading.violation is None and ended.reading.summary is None:
            return {"rule": "hangs", "clause": "",
                    "detail": "did not end in %d seconds" % ended.seconds}
        return ended.reading.finding(ended.status)

    # --- findings ---------------------------------------------------------------------------

    def look_at(self, target, path):
        """Runs one input again and books what it breaks. Returns the finding, None if it does
        nothing."""
        said = self.rule_of(self.try_files(target, [path]))
        if said is None:
            return None
        return self.book(target, said, read_octets(path))

    def book(self, target, said, octets):
        with self.lock:
            key = (said["rule"], said["clause"])
            finding = target.findings.get(key)
            if finding is None:
                finding = target.findings[key] = Finding(target, said, octets)
                self.news.append(finding)
            else:
                finding.count += 1
                if len(octets) < len(finding.octets):
                    finding.octets, finding.detail = octets, said["detail"]
            finding.keep()
        return finding

    def minimise(self, finding):
        """Makes the input smaller. The smaller one may break another rule; then both are booked
        and the larger stays as it is."""
        target = finding.target
        small = os.path.join(target.scratch, "small")
        seconds = max(2, min(MINIMISE_SECONDS, self.seconds / 50))
        self.run(target, ["-minimize_crash=1", "-runs=%d" % MINIMISE_RUNS,
                          "-max_total_time=%d" % seconds, "-timeout=%d" %
                          self.options.input_seconds, "-exact_artifact_path=" + os.path.abspath(small),
                          finding.file], seconds + self.grace,
                 watch=lambda reading: not self.stop.is_set() and reading.octets < FLOOD,
                 blind=True)
        finding.minimised = not self.stop.is_set()
        if os.path.exists(small):
            self.look_at(target, small)
            os.remove(small)
        finding.keep()

    def read_crashes(self, target):
        """Looks at what a turn left in the folder of crashes, and empties it."""
        paths = [entry.path for entry in os.scandir(target.crashes)]
        slow = [path for path in paths if os.path.basename(path).startswith("slow-unit-")]
        paths = sorted(set(paths) - set(slow), key=os.path.getsize)
        target.crashed += len(paths)
        chosen = paths[:LOOKED_AT // 2]
        others = paths[LOOKED_AT // 2:]
        chosen += self.random.sample(others, min(len(others), LOOKED_AT - len(chosen)))
        target.unread += len(paths) - len(chosen)
        for path in chosen:
            if self.kill.is_set():
                target.unread += 1
                continue
            finding = self.look_at(target, path)
            if finding is None:
                target.unread += 1
            elif not finding.minimised and finding.rule not in SLOW and not self.stop.is_set():
                self.minimise(finding)
        for path in paths + slow:
            os.remove(path)

    # --- a target's time ----------------------------------------------------------------------

    def begin(self, target):
        """Runs what an earlier campaign found, the regressions and the corpus. False if the target
        cannot run at all."""
        target.prepare()
        for path in sorted(entry.path for entry in os.scandir(target.kept)):
            if path.endswith((".json", ".new")) or os.path.isdir(path):
                continue
            if self.stop.is_set() or self.look_at(target, path) is not None:
                continue
            gone = os.path.join(target.kept, "gone")
            os.makedirs(gone, exist_ok=True)
            shutil.move(path, os.path.join(gone, os.path.basename(path)))
            if os.path.exists(path + ".json"):
                os.remove(path + ".json")
        empty = os.path.join(target.scratch, "empty")
        with open(empty, "wb"):
            pass
        paths = [empty] + [os.path.join(folder, name) for folder in target.seeds
                           for name in sorted(os.listdir(folder))
                           if os.path.isfile(os.path.join(folder, name))]
        return self.try_seeds(target, paths)

    def try_seeds(self, target, paths):
        failures = 0
        while paths and not self.stop.is_set():
            ended = self.try_files(target, paths)
            said = self.rule_of(ended)
            if said is None:
                return True
            if ended.reading.running not in paths:
                target.state, target.why = "dead", "\n".join(list(ended.reading.tail)[-TAIL:])
                self.book(target, said, b"")
                return False
            self.book(target, said, read_octets(ended.reading.running))
            failures += 1
            if ended.reading.running == paths[0] and failures == 1:
                # Not even the empty input: nothing can be fuzzed.
                target.state, target.why = "dead", "fails on the empty input: " + said["rule"]
                return False
            paths = paths[paths.index(ended.reading.running) + 1:]
            if failures == SEED_FAILURES:
                target.why = "%d committed inputs were left out" % len(paths)
                return True
        return True

    def take_turn(self, target, seconds):
        arguments = [
            "-fork=%d" % self.forks, "-ignore_crashes=1", "-ignore_timeouts=1", "-ignore_ooms=1",
            "-timeout=%d" % self.options.input_seconds, "-max_total_time=%d" % max(1, round(seconds)),
            # What the target prints is read when the crash is run again.
            "-close_fd_mask=3", "-seed=%d" % self.random.randrange(1, 1 << 31),
            "-artifact_prefix=" + os.path.abspath(target.crashes) + "/",
        ]
        if target.dictionary:
            arguments.append("-dict=" + target.dictionary)
        # A job of fork mode is let finish, and job N may last N seconds.
        limit = seconds + self.grace + (2 * seconds) ** 0.5
        ended = self.run(target, arguments + [target.corpus] + target.seeds, limit,
                         watch=lambda _: not self.stop.is_set() and
                         len(os.listdir(target.crashes)) < CROWD, blind=True)
        executions, coverage, features = ended.reading.status or (0, 0, 0)
        target.state = "ran"
        target.turns += 1
        target.executions += executions
        target.coverage = max(target.coverage, coverage)
        target.features = max(target.features, features)
        target.seconds += ended.seconds
        target.cpu += ended.cpu
        target.salvage()
        self.read_crashes(target)
        if ended.overdue and not self.stop.is_set():
            target.state, target.why = "dead", "did not end in %d seconds" % limit
            self.book(target, {"rule": "turn-hangs", "clause": "", "detail": target.why}, b"")
        elif executions == 0 and ended.status != 0 and not target.findings and \
                not self.stop.is_set():
            target.state, target.why = "dead", "\n".join(ended.reading.tail)
            self.book(target, {"rule": "does-not-run", "clause": "", "detail": ""}, b"")

    def merge(self, target):
        """The working corpus shrinks to what its features need."""
        fresh = target.corpus + ".new"
        shutil.rmtree(fresh, ignore_errors=True)
        os.makedirs(fresh)
        ended = self.run(target, ["-merge=1", "-timeout=%d" % self.options.input_seconds, "-close_fd_mask=3",
                                  "-artifact_prefix=" + os.path.abspath(target.crashes) + "/",
                                  fresh, target.corpus] + target.seeds,
                         MERGE_SECONDS, watch=lambda _: not self.stop.is_set(), blind=True)
        if ended.status == 0 and os.listdir(fresh):
            shutil.rmtree(target.corpus)
            os.rename(fresh, target.corpus)
        shutil.rmtree(fresh, ignore_errors=True)
        target.cpu += ended.cpu

    # --- the campaign -------------------------------------------------------------------------

    def next_target(self):
        """The target that had the least time and that nobody runs, or None."""
        with self.lock:
            free = [target for target in self.targets
                    if not target.running and target.state != "dead"]
            if not free:
                return None
            target = min(free, key=lambda one: (one.state != "waiting", one.seconds))
            target.running = True
            return target

    def work(self):
        while not self.stop.is_set():
            left = self.end - time.monotonic()
            # Nobody is left out, however short the campaign is.
            target = self.next_target()
            if target is None:
                if all(one.state == "dead" for one in self.targets) or left < 1:
                    return
                self.stop.wait(0.2)
                continue
            try:
                if left < 1 and target.state != "waiting":
                    return
                if target.state == "waiting" and not self.begin(target):
                    continue
                if not self.stop.is_set():
                    self.take_turn(target, max(1, min(self.turn, left)))
            except OSError as error:
                target.state, target.why = "dead", str(error)
                self.book(target, {"rule": "does-not-run", "clause": "", "detail": target.why}, b"")
            finally:
                target.running = False

    def merge_all(self):
        for target in self.targets:
            if target.state == "ran" and not self.stop.is_set():
                self.phase = "merging %s" % target.name
                self.merge(target)

    def main(self):
        self.started = datetime.datetime.now(datetime.timezone.utc)
        self.begun = time.monotonic()
        self.end = self.begun + self.seconds
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self.interrupt)
        self.write_report()
        self.tend([self.work] * self.workers)
        self.tend([self.merge_all])
        self.phase = "stopped" if self.stop.is_set() else "done"
        report = self.write_report()
        self.show_progress(last=True)
        if self.bug:
            traceback.print_exception(self.bug)
            return 5
        return 1 if report["findings"] else 0

    def interrupt(self, *_):
        if self.stop.is_set():
            self.kill.set()
        self.stop.set()

    def guard(self, task):
        """A mistake of ours ends the campaign, and not only a thread."""
        try:
            task()
        except Exception as error:
            self.bug = error
            self.stop.set()

    def tend(self, tasks):
        """Runs the tasks side by side and tells the user and the report of them until they end."""
        threads = [threading.Thread(target=self.guard, args=(task,), daemon=True)
                   for task in tasks]
        shown = written = time.monotonic()
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            for thread in threads:
                thread.join(0.2 / len(threads))
            while self.news:
                finding = self.news.popleft()
                self.say("finding: %s: %s %s" % (finding.target.name, finding.rule,
                                                 finding.clause))
            now = time.monotonic()
            if now > shown + (1 if sys.stderr.isatty() else REPORT_SECONDS):
                self.show_progress()
                shown = now
            if now > written + REPORT_SECONDS:
                self.write_report()
                written = now

    def progress(self):
        passed = int(time.monotonic() - self.begun)
        clock = "%d:%02d:%02d of %g h" % (passed // 3600, passed // 60 % 60, passed % 60,
                                          self.options.hours)
        running = " ".join(one.name for one in self.targets if one.running) or self.phase
        return "overnight: %s · %s · %.1f M executions · %d findings" % (
            clock, running, sum(one.executions for one in self.targets) / 1e6,
            sum(len(one.findings) for one in self.targets))

    def show_progress(self, last=False):
        text = self.progress()
        if sys.stderr.isatty():
            print("\r\x1b[K" + text, end="\n" if last else "", file=sys.stderr, flush=True)
        else:
            print(text, file=sys.stderr, flush=True)
        if last:
            print("overnight: the report is in %s" % self.options.report, file=sys.stderr)

    @staticmethod
    def say(text):
        printable = text.encode("ascii", "backslashreplace").decode("ascii").rstrip()
        print(("\r\x1b[K" if sys.stderr.isatty() else "") + printable, file=sys.stderr, flush=True)

    def write_report(self):
        with self.lock:
            findings = [finding.record() for target in self.targets
                        for _, finding in sorted(target.findings.items())]
        for target in self.targets:
            os.makedirs(target.corpus, exist_ok=True)
        report = {
            "schema": SCHEMA,
            "tool": {"name": "wsconform"},
            "campaign": {
                "started": self.started.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "duration_ms": int((time.monotonic() - self.begun) * 1000),
                "hours": self.options.hours, "jobs": self.options.jobs,
                "seed": self.options.seed, "argv": sys.argv,
                "state": {"done": "done", "stopped": "stopped"}.get(self.phase, "running"),
            },
            "summary": {
                "targets": len(self.targets),
                "dead": sum(one.state == "dead" for one in self.targets),
                "executions": sum(one.executions for one in self.targets),
                "cpu_seconds": round(sum(one.cpu for one in self.targets), 1),
                "findings": len(findings),
            },
            "targets": [target.record() for target in self.targets],
            "findings": findings,
        }
        write_json(self.options.report, report)
        return report


def parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--hours", type=float, default=8, help="how long (default 8)")
    parser.add_argument("--jobs", type=int, default=2, help="processes at a time (default 2)")
    parser.add_argument("--targets", default="",
                        help="names or paths, with blanks or commas between them; default: all")
    parser.add_argument("--seeds", action="append", default=[], metavar="DIR",
                        help="a folder of inputs to begin with")
    parser.add_argument("--seed", type=int, default=None, help="of the random choices")
    parser.add_argument("--input-seconds", type=int, default=10, metavar="S",
                        help="longer for one input is a finding (default 10)")
    parser.add_argument("--build", default="build/fuzz", help="where the targets are")
    parser.add_argument("--fuzz", default="fuzz", help="where corpus and dictionaries are")
    parser.add_argument("--report", default=None, help="default: BUILD/overnight.json")
    options = parser.parse_args(arguments)
    options.report = options.report or os.path.join(options.build, "overnight.json")
    options.seed = int(time.time()) if options.seed is None else options.seed
    if not 0 < options.hours <= 10000 or not 1 <= options.jobs <= 1024 or \
            options.input_seconds < 1:
        raise Usage("hours, jobs and seconds are numbers above 0")
    for folder in options.seeds:
        if not os.path.isdir(folder):
            raise Usage("%s: there is no such folder" % folder)
    options.targets = re.split(r"[\s,]+", options.targets.strip()) if options.targets.strip() else [
        name[:-2] for name in sorted(os.listdir(os.path.join(options.fuzz, "targets")))
        if name.endswith(".c") and not name.startswith("empty")]
    if not options.targets:
        raise Usage("there are no targets")
    return options


def main():
    try:
        return Campaign(parse(sys.argv[1:])).main()
    except (Usage, OSError) as error:
        print("overnight: %s" % error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
