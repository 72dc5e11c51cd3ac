"""Whole programs in processes of their own, as a clinic would start them."""

import os
import queue
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


class Program:
    """`kapmonitor ARGS`, or a helper of ours, with its lines collected as they come."""

    def __init__(self, *args, env=None, program=("-m", "kapmonitor")):
        self.process = subprocess.Popen(
            [sys.executable, *program, *map(str, args)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            bufsize=1,
            env={**os.environ, "PYTHONUNBUFFERED": "1", "QT_QPA_PLATFORM": "offscreen", **(env or {})},
        )
        self.lines = []
        self.errors = []
        self._queue = queue.SimpleQueue()
        self._collectors = [
            threading.Thread(target=self._collect, args=each, daemon=True)
            for each in ((self.process.stdout, self.lines), (self.process.stderr, self.errors))
        ]
        for collector in self._collectors:
            collector.start()

    def _collect(self, stream, into):
        for line in stream:
            into.append(line.rstrip("\n"))
            if into is self.lines:
                self._queue.put(line.rstrip("\n"))

    def first_line(self, timeout_s=30):
        return self._queue.get(timeout=timeout_s)

    def wait_for(self, wanted, timeout_s=30):
        """The first line for which `wanted` is true."""
        limit = time.monotonic() + timeout_s
        seen = 0
        while time.monotonic() < limit:
            for line in self.lines[seen:]:
                seen += 1
                if wanted(line):
                    return line
            if self.process.poll() is not None and seen >= len(self.lines):
                break
            time.sleep(0.02)
        raise AssertionError(f"not seen; said {self.lines[-5:]}, errors {self.errors[-5:]}")

    def say(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def kill(self):
        self.process.kill()
        self.process.wait(10)

    def drained(self):
        """After its end: all it ever said is in `lines`."""
        for collector in self._collectors:
            collector.join(10)

    def end(self, timeout_s=30):
        self.process.terminate()
        return self.process.wait(timeout_s)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        """In order if it will: a simulator that is killed leaves its port's name to whoever is next there."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            stream.close()


def run(*args, data=None, timeout_s=120):
    """One command to its end: (exit status, output, errors)."""
    done = subprocess.run(
        [sys.executable, "-m", "kapmonitor", *map(str, args)],
        cwd=ROOT,
        input=data,
        capture_output=True,
        check=False,
        timeout=timeout_s,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()
