"""A whole player on a sound server of its own: what it mixed, what the speaker played, what it told."""

import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass, field, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from music_parts import Rig
from music_sound import CLICK_DBFS, click_dbfs, lufs, made, power_db, silences

from kapmonitor.session.events import Phase
from playlists.complete import complete
from playlists.course import RATE, Ask, Cue, Mode
from playlists.model import Playlist, Section, Track
from playlists.xspf import text

HERE = Path(__file__).resolve()
CROSSFADE_S = 3.0
LEVELS = (0.1, 0.1, 0.1, 0.02, 0.25)
"""Of the album's three tracks, which belong together, and of two others, 22 dB apart."""
CYCLE = (
    (10.0, "duck", -12.0),
    (13.0, "duck", 0.0),
    (20.0, "ground", 0.0),
    (28.0, "ground", 0.0),
    (36.0, "toggle", 0.0),
    (39.0, "toggle", 0.0),
    (48.0, "next", 0.0),
    (50.0, "seek", 2.0),
    (57.0, "volume", -4.0),
    (59.0, "volume", 4.0),
)
PROGRAM = """
import json, os, sys, time
from pathlib import Path
from PySide6.QtCore import QCoreApplication, QTimer
from kapmonitor.session.events import Phase
from playlists.store import load
from ui.music import output
from ui.music.player import Player

seconds, script = float(sys.argv[2]), json.loads(sys.argv[3])
tap, written = open(sys.argv[4], "wb"), [0]
plain = output.DeviceOutput.write
def write(self, frames):
    tap.write(frames.astype("<f4").tobytes())
    written[0] += len(frames)
    plain(self, frames)
output.DeviceOutput.write = write
def report(command):
    event = command.music
    said = {"action": event.action, "title": event.title, "at": written[0], "track": event.track,
            "position_s": event.position_s, "duck_db": event.duck_db, "volume_db": event.volume_db}
    sys.stdout.write(json.dumps(said) + "\\n"); sys.stdout.flush()
app = QCoreApplication([])
player = Player(load(Path(sys.argv[1])), report, time.monotonic_ns, output="Room", phase=Phase.PEAK)
player.change_volume(0, 99)
player.start()
ACTS = {
    "toggle": lambda x: player.toggle(time.monotonic_ns()),
    "next": lambda x: player.next(time.monotonic_ns()),
    "ground": lambda x: player.ground(time.monotonic_ns()),
    "seek": lambda x: player.seek(time.monotonic_ns(), x),
    "duck": lambda x: player.duck(abs(x), 0.5 if x else 2.0),
    "volume": lambda x: player.change_volume(time.monotonic_ns(), x),
}
player.toggle(time.monotonic_ns())
for at_s, name, value in script:
    QTimer.singleShot(int(at_s * 1000), lambda name=name, value=value: ACTS[name](value))
QTimer.singleShot(int(seconds * 1000), app.quit)
app.exec()
player.close()
tap.close()
used = os.times()
sys.stdout.write(json.dumps({"cpu_s": used.user + used.system}) + "\\n")
"""


LENGTHS_S = (8.0, 8.0, 8.0, 12.0, 12.0)


def album(folder, lengths_s=LENGTHS_S):
    """The pieces' files: one tone cut in three, then two that are softer and louder."""
    start, paths = 0, []
    for number, (length, level) in enumerate(zip(lengths_s, LEVELS, strict=True)):
        paths.append(made(folder / f"{number}.flac", length, level=level, seed=number, start=start))
        start += round(length * RATE)
    return paths


def evening(folder, lengths_s=LENGTHS_S):
    """A complete playlist of the album as an XSPF file; its first three tracks are joined without a gap."""
    paths = album(folder, lengths_s)
    tracks = tuple(Track(p, p.stem, fade_s=0.0 if n < 2 else None) for n, p in enumerate(paths))
    sections = (
        Section("Peak", tracks, (Phase.PEAK,)),
        Section("Ground", (Track(paths[-1], "ground"),), grounding=True),
    )
    plain = Playlist("run", sections, crossfade_s=CROSSFADE_S, quick_fade_s=1.0)
    *_, done = complete(plain, measured=True)
    path = folder / "run.xspf"
    path.write_text(text(done, folder), encoding="utf-8")
    return path


def script(seconds):
    """What is done to the music in so many seconds."""
    minutes = range(int(seconds // 60) + 1)
    return [(60 * m + at, *act) for m in minutes for at, *act in CYCLE if 60 * m + at < seconds - 3]


@dataclass
class Run:
    """One run: the sound that was mixed and played, as files of frames, and what was told."""

    mixed: np.ndarray
    played: np.ndarray
    told: list = field(default_factory=list)
    cpu_s: float = 0.0


def run(room, folder, seconds, acts, lengths_s=LENGTHS_S):
    """The player for so long, in real time."""
    path, tap = evening(folder, lengths_s), folder / "mixed.raw"
    recording = room.record("Room")
    where = os.pathsep.join((str(HERE.parents[2]), str(HERE.parent)))
    process = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(path), str(seconds), json.dumps(acts), str(tap)],
        env={**os.environ, **room.environment, "PYTHONPATH": where, "QT_QPA_PLATFORM": "offscreen"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        timeout=seconds + 60,
        check=True,
    )
    played = recording.stop()
    said = [json.loads(line) for line in process.stdout.splitlines()]
    mixed = np.memmap(tap, dtype="<f4", mode="r").reshape(-1, 2)
    return Run(mixed, played, said[:-1], said[-1]["cpu_s"])


@dataclass(frozen=True)
class Findings:
    """What a run's sound shows; silence in samples, levels in dB and LU."""

    mixed_silence: int
    played_silence: int
    played_dropouts: int
    click_dbfs: float
    jump_lu: float
    crossfade_db: float
    crossfades: int
    joins: int
    tracks: int


def findings(run_):
    """Analyse a run. Silence that was asked for, in a pause, does not count.

    That the place was put right, or that a fade began, is no end of a stretch.
    """
    run_ = replace(run_, told=[said for said in run_.told if said["action"] not in {"at", "fading"}])
    began = next(said["at"] for said in run_.told if said["action"] in {"started", "resumed"})
    quiet = _quiet_spans(run_.told, len(run_.mixed))
    mixed = [(a, n) for a, n in silences(run_.mixed) if a > began + RATE // 5 and not _within(a, n, quiet)]
    played = _played_silences(run_, quiet)
    levels = _levels(run_)
    fades = list(_crossfades_db(run_))
    starts = [said for said in run_.told if said["action"] == "started"]
    return Findings(
        max((n for _, n in mixed), default=0),
        max(played, default=0),
        len(played),
        max(click_dbfs(run_.mixed[a : a + RATE + 2]) for a in range(0, len(run_.mixed), RATE)),
        max((abs(a - b) for a, b in pairwise(levels)), default=0.0),
        max(fades, default=0.0),
        len(fades),
        sum(a["title"] + b["title"] in {"01", "12"} for a, b in pairwise(starts)),
        len(levels),
    )


def _played_silences(run_, quiet):
    """As long as each was on the speaker; what was mixed silent on purpose is not counted."""
    first_mixed, first_played = (_first(frames) for frames in (run_.mixed, run_.played))
    later = first_played - first_mixed
    spans = [(a + later - RATE // 2, b + later + RATE // 2) for a, b in quiet]
    begun = first_played + RATE // 2
    return [n for a, n in silences(run_.played) if a > begun and not _within(a, n, spans)]


def _first(frames):
    loud = np.flatnonzero(np.abs(frames[: 20 * RATE, 1]) > 0.02)
    return int(loud[0]) if len(loud) else 0


def _quiet_spans(told, end):
    """Where the music is meant to be silent: in a pause, with its fades, and after the end."""
    spans, since = [], None
    for said in told:
        if said["action"] in {"paused", "stopped"}:
            since = said["at"]
        elif said["action"] in {"resumed", "started"} and since is not None:
            spans.append((since, said["at"] + RATE))
            since = None
    return [*spans, (since if since is not None else end, end)]


def _within(start, length, spans):
    return any(a <= start and start + length <= b for a, b in spans)


def _stretches(run_):
    """(event, first, last sample) in which one track sounds by itself at its full level."""
    for said, after in zip(run_.told, [*run_.told[1:], {"at": len(run_.mixed)}], strict=True):
        begins = said["action"] in {"started", "resumed", "sought"}
        if begins and said["volume_db"] == 0.0 and said["duck_db"] == 0.0:
            a, b = said["at"] + round((CROSSFADE_S + 0.3) * RATE), after["at"] - RATE // 4
            if b - a > 2 * RATE:
                yield said, a, b


def _levels(run_):
    return [lufs(run_.mixed[a:b]) for _, a, b in _stretches(run_)]


def _crossfades_db(run_):
    """How far the noise's power in each crossfade is from that before and after it."""
    ends = [{"at": len(run_.mixed)}]
    for before, said, after in zip(run_.told, run_.told[1:], [*run_.told[2:], *ends], strict=False):
        start, end = said["at"] - RATE, said["at"] + round((CROSSFADE_S + 1) * RATE)
        natural = said["action"] == "started" and before["action"] in {"started", "resumed", "sought"}
        plain = said["volume_db"] == before["volume_db"] == 0.0 and said["duck_db"] == 0.0
        alone = before["at"] <= start - RATE and after["at"] >= end
        if natural and plain and alone and before["title"] + said["title"] not in {"01", "12"}:
            levels = power_db(run_.mixed[start:end])
            yield float(np.abs(levels - np.median(levels)).max())


def verdict(found):
    """The issue's targets for the mixed stream, each as (what, whether it was met)."""
    return (
        ("no sample of silence at a join", found.mixed_silence == 0),
        (f"no click above {CLICK_DBFS:.0f} dBFS", found.click_dbfs <= CLICK_DBFS),
        ("level jump below 1 LU", found.jump_lu < 1.0),
        ("crossfade within 1 dB", found.crossfade_db <= 1.0),
    )


def hours_fast(playlist, minutes, part_min=4):
    """Findings of each part of so many minutes of the script at full speed, by the engine without a clock."""
    rig, told = Rig(playlist), []
    rig.engine.ask(Cue(Ask.VOLUME, change_db=99), rig.now_ns)
    rig.engine.toggle(rig.now_ns)
    for first in range(0, minutes, part_min):
        rig.output.parts.clear()
        begun = len(rig.reports)
        end_s = min(part_min, minutes - first) * 60
        for at_s, name, value in script(end_s + 3):
            rig.until(lambda at_s=at_s: rig.output.seconds() >= at_s)
            _act(rig, name, value)
        rig.until(lambda end_s=end_s: rig.output.seconds() >= end_s)
        told = [{**told[-1], "action": "resumed", "at": 0}] if told else []
        told += [
            {**asdict(report.music), "at": at}
            for report, at in zip(rig.reports[begun:], rig.reported_at[begun:], strict=True)
        ]
        mixed = rig.output.heard()
        yield findings(Run(mixed, mixed, told))
    rig.close()


def _act(rig, name, value):
    acts = {
        "toggle": lambda: rig.engine.toggle(rig.now_ns),
        "next": lambda: rig.engine.ask(Cue(Ask.NEXT), rig.now_ns),
        "ground": lambda: rig.engine.toggle_ground(rig.now_ns),
        "seek": lambda: rig.engine.ask(Cue(Ask.SEEK, at_s=value), rig.now_ns),
        "duck": lambda: rig.engine.duck(abs(value), 0.5 if value else 2.0, rig.now_ns),
        "volume": lambda: rig.engine.ask(Cue(Ask.VOLUME, change_db=value), rig.now_ns),
    }
    acts[name]()
    # A speaker that nothing comes for runs empty; only then is it given silence.
    rig.output.kept = 0 if rig.engine.state.mode is Mode.PAUSED else RATE // 2


def fast(playlist, minutes, seed=1):
    """The engine without a clock, asked for something every few seconds but to pause: silence and clicks."""
    rig, chance = Rig(playlist), np.random.default_rng(seed)
    rig.engine.ask(Cue(Ask.VOLUME, change_db=99), rig.now_ns)
    rig.engine.toggle(rig.now_ns)
    rig.play(1.5)
    acts = (
        lambda: rig.engine.ask(Cue(Ask.NEXT), rig.now_ns),
        lambda: rig.engine.ask(Cue(Ask.SEEK, at_s=float(chance.uniform(0, 12))), rig.now_ns),
        lambda: rig.engine.duck(12.0, 0.5, rig.now_ns),
        lambda: rig.engine.duck(0.0, 2.0, rig.now_ns),
        lambda: rig.engine.toggle_hold(rig.now_ns),
        lambda: rig.engine.toggle_ground(rig.now_ns),
    )
    held, silence, click = rig.output.heard()[-RATE // 5 :], 0, -200.0
    for _ in range(minutes):
        rig.output.parts.clear()
        for _ in range(12):
            acts[int(chance.integers(len(acts)))]()
            rig.play(5.0)
        sound = np.concatenate((held, rig.output.heard()))
        held = sound[-RATE // 5 :]
        silence = max([silence, *(length for _, length in silences(sound))])
        click = max(click, *(click_dbfs(sound[a : a + RATE + 2]) for a in range(0, len(sound), RATE)))
    rig.close()
    return silence, click
