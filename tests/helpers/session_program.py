"""A session without a window that somebody may kill: real devices, and words on standard input.

python tests/helpers/session_program.py PATH [DEVICE ...]

Words: `note WHO`, `dose WHO` (WHO as the site), `ack WHO` (what alarms now), `quit`. Lines on standard
output are JSON: `begun` (with the gap, if the session was taken up), `live` at the first value, `saved` once
an entry is on disk or `refused` with why, and the state whenever it changes. SECOND_FOLDER names a second
folder for the record, LEDGER the file of heads, PATIENCE_S for how long its disk may fail.
"""

import json
import os
import sys
import threading
import time
from pathlib import Path

from kapmonitor.alarms.limits import example
from kapmonitor.beginning import begin
from kapmonitor.commandline.record import status_line
from kapmonitor.commands import Acknowledge, AddNote, GiveDose
from kapmonitor.errors import KapError
from kapmonitor.model import Measured
from kapmonitor.opening import Plan
from kapmonitor.record import writer
from kapmonitor.session.events import DoseGiven, NoteAdded, NoteKind
from kapmonitor.snapshot import Freshness
from kapmonitor.view import Role

LOOK_S = 0.05
STATUS_S = 1.0
KEYS = ("SECOND_FOLDER", "LEDGER")


def say(**what):
    """One line in one write, so that it is said wholly or not at all."""
    os.write(1, (json.dumps(what) + "\n").encode())


def fresh(snapshot, since_ns):
    """What is shown of the continuous values, as far as it came since then."""
    tiles = {"hr": snapshot.hr, "spo2": snapshot.spo2}
    return {
        name: tile.reading.value
        for name, tile in tiles.items()
        if isinstance(tile.reading, Measured) and tile.freshness is Freshness.FRESH and tile.t_ns >= since_ns
    }


class Session:
    def __init__(self, path, devices):
        second, ledger = (Path(os.environ[key]) if os.environ.get(key) else None for key in KEYS)
        plan = Plan(Path(path).absolute(), devices, example(), backup=second, ledger=ledger)
        self.station = begin(plan)
        gaps = self.station.engine.snapshot.session.interruptions
        if not gaps and self.station.members:
            # The other devices' sensors come and go, and with them what would be shown.
            for role in (Role.HR, Role.SPO2):
                self.station.engine.choose(role, self.station.members[0].id, "KL")
        gap_s = (gaps[-1].t1_ns - gaps[-1].t0_ns) / 1e9 if gaps else None
        say(begun=time.monotonic_ns(), gap_s=gap_s, gaps=len(gaps))
        self.began_ns = self.station.clock.now_ns()
        self.live = False
        self.shown = None
        self.said_s = 0.0
        self.over = threading.Event()

    def look(self):
        """Say what is new on the screen."""
        snapshot = self.station.engine.snapshot
        values = fresh(snapshot, self.began_ns)
        if values and not self.live:
            self.live = True
            say(live=time.monotonic_ns(), **values)
        problem = snapshot.record.problem if snapshot.record is not None else ""
        alarms = sorted(f"{a.condition} {a.priority.value} {a.state}" for a in snapshot.alarms)
        shown = {"alarms": alarms, "problem": problem, "fresh": sorted(values)}
        if shown != self.shown or time.monotonic() - self.said_s >= STATUS_S:
            self.shown, self.said_s = shown, time.monotonic()
            elapsed_ns = snapshot.t_ns - snapshot.session.started_t_ns
            say(**shown, values=values, line=status_line(snapshot, elapsed_ns), t_ns=snapshot.t_ns)

    def do(self, word, who):
        """Ask for it; the answer comes once it is on disk."""
        try:
            future = self.station.submit(self.command(word, who))
        except KapError as why:
            say(refused=who, why=str(why))
            return
        future.add_done_callback(lambda done: self.answer(word, who, done.exception()))

    def answer(self, word, who, error):
        if error is None:
            say(saved=who, kind=word)
        else:
            say(refused=who, why=str(error))

    def command(self, word, who):
        t_ns = self.station.clock.now_ns()
        match word:
            case "note":
                return AddNote(t_ns, NoteAdded(who, NoteKind.LINE.value, who, "KL", t_ns))
            case "dose":
                return GiveDose(t_ns, DoseGiven("ketamine", 10.0, "im", who, "RN"))
            case "ack":
                shown = tuple(a.condition for a in self.station.engine.snapshot.alarms)
                return Acknowledge(t_ns, shown, who)
        raise KapError(f"no such word: {word}")

    def listen(self):
        for line in sys.stdin:
            word, _, who = line.strip().partition(" ")
            if word == "quit":
                break
            self.do(word, who)
        self.over.set()

    def run(self):
        self.station.start()
        threading.Thread(target=self.listen, daemon=True).start()
        while not self.over.wait(LOOK_S):
            self.look()
        self.station.stop("ended")
        say(closed=True)


if __name__ == "__main__":
    writer.AFTER_S = float(os.environ.get("PATIENCE_S", writer.AFTER_S))
    Session(sys.argv[1], tuple(sys.argv[2:])).run()
