"""Listens to speakers of a PulseRoom while they play, and runs sounding_console.py against them."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
from tone_measure import MARGIN, STEP_RATE, match

from kapmonitor.alarms.tones import BURSTS, RATE

CHUNK = 960
LOUD = 0.002
PIECE_S = 20.0
PATIENCE_S = 20.0
"""Only so that a test ends: what is there well within a second on an idle machine."""
ROOT = Path(__file__).parents[2]


def whole_samples(data):
    """The samples that are complete, and the bytes of one that is not yet."""
    end = len(data) // 4 * 4
    return data[:end], data[end:]


class Ear:
    """All that a speaker plays from now on, with the time at which each piece was heard."""

    def __init__(self, room, name):
        self._process = subprocess.Popen(
            [
                "parec",
                "-d",
                f"{name.lower()}.monitor",
                "--format=float32le",
                f"--rate={RATE}",
                "--channels=1",
                "--latency-msec=10",
            ],
            env=room._env,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._pieces = []
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self):
        rest = b""
        while data := os.read(self._process.stdout.fileno(), 1 << 16):
            whole, rest = whole_samples(rest + data)
            samples = np.frombuffer(whole, dtype="<f4")
            if len(samples):
                self._pieces.append((time.monotonic(), samples))

    def sound(self, from_s, to_s):
        """(times, samples) heard between these two times."""
        kept = []
        for end, samples in reversed(self._pieces[:]):
            if end < from_s:
                break
            if end - len(samples) / RATE <= to_s:
                kept.insert(0, (end, samples))
        if not kept:
            return np.zeros(0), np.zeros(0, np.float32)
        times = np.concatenate([end - (len(s) - np.arange(len(s))) / RATE for end, s in kept])
        samples = np.concatenate([s for _, s in kept])
        inside = (times >= from_s) & (times <= to_s)
        return times[inside], samples[inside]

    def first_loud(self, from_s, to_s, level=LOUD):
        """When something was first heard in that time, or None."""
        times, samples = self.sound(from_s, to_s)
        loud = np.flatnonzero(np.abs(samples) > level)
        return float(times[loud[0]]) if len(loud) else None

    def wait_loud(self, from_s, limit_s=PATIENCE_S, level=LOUD):
        """The same, as soon as it is known; AssertionError if it does not come."""
        end = time.monotonic() + limit_s
        while time.monotonic() < end:
            found = self.first_loud(from_s, time.monotonic(), level)
            if found is not None:
                return found
            time.sleep(0.05)
        raise AssertionError(f"nothing heard within {limit_s} s")

    def wait_quiet(self, for_s, limit_s=PATIENCE_S):
        """Wait until nothing was heard for so long; returns when that was known."""
        begin = time.monotonic()
        while time.monotonic() < begin + limit_s:
            now = time.monotonic()
            if now - for_s >= begin and self.first_loud(now - for_s, now) is None:
                return now
            time.sleep(0.05)
        raise AssertionError(f"not quiet for {for_s} s within {limit_s} s")

    def contains(self, sound, from_s, to_s):
        """The greatest gain with which a tone's first pulse is in what was heard, 1 being full scale."""
        return max(found.gain for _, found in self._matches(sound, from_s, to_s))

    def clear(self, sound, from_s, to_s):
        """The share of that time in which no click would have hidden a tone of `NOTHING`."""
        return float(np.mean([found.clear for _, found in self._matches(sound, from_s, to_s)]))

    def wait_tone(self, sound, from_s, limit_s):
        """When a burst of this tone was first heard, a little more or less; AssertionError if it is not."""
        end = time.monotonic() + limit_s
        while time.monotonic() < end:
            now = time.monotonic()
            if now - from_s > BURSTS[sound].pulse_s:
                for began_s, found in self._matches(sound, from_s, now):
                    pulses = np.flatnonzero(found.tone - MARGIN * found.neighbours > LOUD)
                    if len(pulses):
                        return began_s + float(pulses[0]) / STEP_RATE
            time.sleep(0.1)
        raise AssertionError(f"no {sound} heard within {limit_s} s")

    def _matches(self, sound, from_s, to_s):
        """(beginning, Match) of each piece of that time; pieces overlap by more than a pulse."""
        for begin_s in np.arange(from_s, to_s, PIECE_S - 1.0):
            times, samples = self.sound(begin_s, min(begin_s + PIECE_S, to_s))
            if len(samples) > BURSTS[sound].pulse_s * RATE:
                yield float(times[0]), match(samples, sound)

    def dips(self, from_s, to_s, share, before_s=0.5):
        """When the level first fell below this share of what it was before, or None."""
        starts, rms = self._levels(from_s - before_s, to_s)
        usual = np.median(rms[starts < from_s])
        low = np.flatnonzero((rms < share * usual) & (starts >= from_s))
        return float(starts[low[0]]) if len(low) else None

    def level(self, from_s, to_s):
        """How loud it was most of that time."""
        return float(np.median(self._levels(from_s, to_s)[1]))

    def wait_level(self, wanted, limit_s):
        """Wait until it is as loud as this, within a tenth."""
        end = time.monotonic() + limit_s
        while time.monotonic() < end:
            now = time.monotonic()
            if abs(self.level(now - 0.5, now) - wanted) < 0.1 * wanted:
                return
            time.sleep(0.1)
        raise AssertionError(f"not back at {wanted} within {limit_s} s")

    def _levels(self, from_s, to_s):
        """(beginning, RMS) of each short piece."""
        times, samples = self.sound(from_s, to_s)
        count = len(samples) // CHUNK
        rms = np.sqrt(np.mean(samples[: count * CHUNK].reshape(count, CHUNK) ** 2, axis=1))
        return times[: count * CHUNK : CHUNK], rms

    def close(self):
        self._process.terminate()
        self._process.wait(10)
        self._thread.join(5)
        self._process.stdout.close()


class Console:
    """The console of tests/helpers/sounding_console.py in a process of its own."""

    def __init__(self, room, folder, staff="Staff", room_output="Room", music="-", *changes):
        self._errors = (Path(folder) / "errors").open("w")
        self.process = subprocess.Popen(
            [
                sys.executable,
                str(Path(__file__).parent / "sounding_console.py"),
                *(str(folder), staff, room_output, music, *changes),
            ],
            env={**os.environ, **room.environment, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )
        self.said = []
        self._asked = 0
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self):
        for line in self.process.stdout:
            with suppress(ValueError):
                self.said.append(json.loads(line))

    def ask(self, word):
        self._asked = len(self.said)
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()

    def until(self, condition, limit_s=60.0, since=None):
        """The first thing said for which the condition holds; `since` is how many were said before.

        If left out, what was said before the last question does not count.
        """
        seen = self._asked if since is None else since
        end = time.monotonic() + limit_s
        while time.monotonic() < end:
            for said in self.said[seen:]:
                if condition(said):
                    return said
            time.sleep(0.02)
        raise AssertionError(self.said[-8:])

    def set_spo2(self, value):
        """Returns when the console had it, in seconds."""
        since = len(self.said)
        self.ask(f"spo2 {value}")
        return self.until(lambda said: said.get("spo2") == value, since=since)["t_ns"] / 1e9

    def ready(self):
        """Wait until both outputs and the music are heard."""
        return self.until(
            lambda s: s.get("staff") == s.get("room") == "ready" and s["music"] in ("", "ready"), since=0
        )

    def annunciator(self):
        """The process id of its annunciator."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        tasks = Path(f"/proc/{self.process.pid}/task").iterdir()
        children = [c for task in tasks for c in (task / "children").read_text().split()] or children
        return next(int(c) for c in children if b"ui.annunciator" in Path(f"/proc/{c}/cmdline").read_bytes())

    def signal(self, number):
        os.kill(self.process.pid, number)

    def quit(self):
        """End in order; the annunciator ends with it."""
        if self.process.poll() is None:
            self.ask("quit")
            self.process.wait(30)
        self._thread.join(5)
        for stream in (self.process.stdin, self.process.stdout, self._errors):
            stream.close()

    def kill(self):
        """End without order, and its annunciator, too."""
        with suppress(OSError, StopIteration):
            os.kill(self.annunciator(), signal.SIGKILL)
        self.process.kill()
        self.quit()
