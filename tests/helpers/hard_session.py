"""A session that is not handled gently, and what must be true of its record whatever happened."""

import json
import os
import random
import sqlite3
import time
from collections import Counter
from contextlib import ExitStack, closing
from pathlib import Path

from programs import Program

from kapmonitor.errors import RecordDamaged
from kapmonitor.record.earlier import earlier_of
from kapmonitor.record.reader import RecordReader
from kapmonitor.record.verify import verify
from kapmonitor.session.events import AlarmAcknowledged, DoseGiven, NoteAdded, SessionResumed

SESSION = str(Path(__file__).with_name("session_program.py"))
WORDS = ("note", "note", "dose", "ack")
SHORT_S, LONG_S = (0.0, 3.0), (9.5, 13.0)
"""How long a life may be; in a long one data is folded and sealed, and the log goes into the file."""
LONG = 0.1
PATIENCE = float(os.environ.get("KAPMONITOR_SOAK_PATIENCE", "1"))
"""How many times as long something may take as on a computer of its own; a test beside others says so."""
BEDSIDE = (
    ("nonin", "--scenario", "desaturation"),
    ("masimo", "--fault", "sensor-off"),
)


def bedside(folder, stack: ExitStack):
    """DEVICE texts of an oximeter whose patient desaturates and of one that is often off the finger."""
    return [device for device, _ in simulators(folder, stack)]


def simulators(folder, stack: ExitStack):
    """The same with the program of each."""
    found = []
    for driver, *more in BEDSIDE:
        words = ("simulate", driver, "--port", f"pty:{folder / driver}", *more)
        program = stack.enter_context(Program(*words))
        found.append((program.wait_for(lambda line: "@" in line), program))
    return found


class Life(Program):
    """One life of tests/helpers/session_program.py."""

    def __init__(self, path, *devices, env=None):
        self.began_ns = time.monotonic_ns()
        helpers = str(Path(SESSION).parent)
        super().__init__(
            path, *devices, program=(SESSION,), env={"PYTHONPATH": f"{helpers}/../..", **(env or {})}
        )

    def told(self):
        """Everything it said."""
        return [json.loads(line) for line in tuple(self.lines) if line.endswith("}")]

    def until(self, wanted, timeout_s=30):
        """The first thing said for which `wanted` is true."""
        return json.loads(
            self.wait_for(lambda line: line.endswith("}") and wanted(json.loads(line)), timeout_s)
        )

    def after_s(self, key):
        """How long after the program was started it said this; None if it did not."""
        at_ns = next((told[key] for told in self.told() if key in told), None)
        return None if at_ns is None else (at_ns - self.began_ns) / 1e9

    def saved(self):
        """What it answered to be on disk: (word, who)."""
        return [(told["kind"], told["saved"]) for told in self.told() if "saved" in told]


class Hands:
    """Somebody who notes, doses and acknowledges; every entry has a name of its own."""

    def __init__(self, rng: random.Random):
        self.rng = rng
        self.asked = 0
        self.answered: list[tuple[str, str]] = []

    def act(self, life):
        """One entry. A program that was just killed hears nothing."""
        self.asked += 1
        word = self.rng.choice(WORDS)
        try:
            life.say(f"{word} {word}-{self.asked}")
        except OSError:
            return

    def busy(self, life, seconds):
        """Entries for so long, a few a second."""
        until_s = time.monotonic() + seconds
        while (left_s := until_s - time.monotonic()) > 0:
            time.sleep(min(left_s, self.rng.uniform(0.0, 0.3)))
            self.act(life)

    def hear(self, life):
        """After its end: what it answered."""
        self.answered += life.saved()


def life_s(rng):
    """How long the next life is to be."""
    return rng.uniform(*(LONG_S if rng.random() < LONG else SHORT_S))


def end(life):
    """Kill it and read everything it said before."""
    life.process.kill()
    life.process.wait(10)
    life.drained()


def entries(path):
    """Every entry of a person in a record, counted: (word, who)."""
    found = Counter()
    with RecordReader(path) as record:
        for row in record.events():
            match row.stamped.event:
                case NoteAdded(text=text):
                    found["note", text] += 1
                case DoseGiven(site=site):
                    found["dose", site] += 1
                case AlarmAcknowledged(by=by):
                    found["ack", by] += 1
    return found


def wrong(path, answered, *, kind="interrupted"):
    """What is not as it must be: entries lost or there twice, the file, its chain, its gaps."""
    found = []
    kept = entries(path)
    found += [f"lost {word} {who}" for word, who in answered if not kept[word, who]]
    found += [f"{count} times {word} {who}" for (word, who), count in kept.items() if count > 1]
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        (sound,) = connection.execute("PRAGMA integrity_check").fetchone()
    if sound != "ok":
        found.append(f"integrity_check: {sound}")
    verdict = verify(path)
    if verdict.kind != kind:
        found.append(f"verify says {verdict.kind}: {verdict.first_bad}")
    stated = sum("without monitoring" in line for line in verdict.missing)
    if stated != len(gaps(path)):
        found.append(f"{len(gaps(path))} gaps in the record, {stated} stated")
    if kind == "interrupted":
        try:
            earlier_of(path)
        except RecordDamaged as why:
            found.append(f"cannot be gone on with: {why}")
    return found


def waves_end_ns(path):
    """Up to when there are waves in a record; 0 if there are none."""
    ends = [0]
    with RecordReader(path) as record:
        for number, channel in record.channels().items():
            if channel.fs > 0:
                ends += [
                    each.t0_ns + round(len(each.samples) * 1e9 / each.fs) for each in record.waves(number)
                ]
    return max(ends)


def gaps(path):
    """How long each interruption was, as the record has it, in seconds."""
    with RecordReader(path) as record:
        events = [row.stamped.event for row in record.events()]
    return [event.gap_ns / 1e9 for event in events if isinstance(event, SessionResumed)]


def percentile(values, share):
    """The value that so large a share does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
