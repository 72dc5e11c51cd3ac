"""A console without a window, run as a program: a session whose oxygen saturation is told to it, and music.

Arguments: folder, staff output, room output, music output ('-' for no music), more plan lines as KEY=VALUE;
`music_s` is how long the music lasts.
Words on standard input: `spo2 N`, `ack`, `pause`, `resume`, `check ROLE`, `hang` (the screen stops beating),
`go` (it beats again), `break` (alarms cannot be evaluated any more), `mend`, `quit`. Lines on standard
output are JSON.
"""

import json
import queue
import sys
import threading
import time
from pathlib import Path

import numpy as np
import soundfile
from PySide6.QtCore import QCoreApplication, QTimer

from kapmonitor import mdc
from kapmonitor.alarms import limits, soundplan
from kapmonitor.annunciation import Sound, outputs_of
from kapmonitor.app import StationPort
from kapmonitor.beginning import begin
from kapmonitor.commands import Acknowledge, CheckTone, PauseAudio, ResumeAudio, ToneHeard
from kapmonitor.errors import KapError
from kapmonitor.model import Measured, Metric, Observation
from kapmonitor.opening import Plan
from kapmonitor.session.events import DeviceAdded, Phase
from playlists.model import Playlist, Section, Track
from ui.music.player import Player

LIMITS = """
name = "test"
example = true
[[limit]]
id = "spo2-very-low"
of = "spo2"
side = "low"
at = 87
priority = "high"
delay_s = 0
clear_s = 0.25
at_once = {at_once}
"""
SPO2 = Metric(mdc.SPO2, mdc.SPO2.ref)
EVERY_MS = 250


def say(**what):
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def low_music(folder, seconds):
    """Two tones below anything that an alarm sounds like; each second of them is the same."""
    path = folder / "low.flac"
    t = np.arange(48_000) / 48_000
    wave = 0.2 * np.sin(2 * np.pi * 110 * t) + 0.1 * np.sin(2 * np.pi * 165 * t)
    second = np.stack([wave, wave], axis=1).astype(np.float32)
    with soundfile.SoundFile(path, "w", 48_000, 2) as file:
        for _ in range(seconds):
            file.write(second)
    return Playlist("low", (Section("Peak", (Track(path, "low"),), (Phase.PEAK,)),))


class Console:
    def __init__(self, folder, staff, room, music, *changes):
        text = (
            Path(soundplan.__file__).parent.parent.joinpath("data/sounding-default.toml").read_text("utf-8")
        )
        ours = {"at_once": "50", "music_s": "200"}
        for change in changes:
            key, value = change.split("=")
            if key in ours:
                ours[key] = value
                continue
            lines = [f"{key} = {value}" if line.startswith(f"{key} =") else line for line in text.split("\n")]
            text = "\n".join(lines)
        outputs = outputs_of(staff, room, None if music == "-" else music)
        sound = Sound(outputs, soundplan.parse(text, "test"))
        limit_set = limits.parse(LIMITS.format(at_once=ours["at_once"]), "test")
        plan = Plan(folder / "session.kap", (), limit_set, sound=sound)
        self.station = begin(plan)
        if not self.station.engine.book.views:
            self.station.engine.add_device(DeviceAdded("oxi", "x", "Oximeter", "x@y"))
            self.station.engine.adopt("oxi", "test", None)
        self.station.start()
        self.port = StationPort(self.station)
        self.spo2, self.told = 97.0, 97.0
        self.beating = True
        self.words = queue.SimpleQueue()
        self.last = None
        self.player = None
        if music != "-":
            playlist = low_music(folder, int(ours["music_s"]))
            self.player = Player(playlist, self.port.submit, self.port.now_ns, output=music, phase=Phase.PEAK)
            self.port.connect_music(self.player.lower)
            self.player.start()
            self.player.toggle(self.port.now_ns())

    def turn(self):
        if self.beating:
            self.port.beat(0.0)
            if self.player is not None:
                self.port.music_at(self.player.view().output.id)
        value = self.spo2
        self.station._runtime.call(lambda: self.tell(value))

    def tell(self, value):
        """On the core thread, as a link would."""
        now_ns = self.port.now_ns()
        self.station.on_event("oxi", Observation(SPO2, now_ns, Measured(value)))
        if value != self.told:
            self.told = value
            say(spo2=value, t_ns=time.monotonic_ns())

    def look(self):
        while not self.words.empty():
            self.do(*self.words.get().split())
        sound = self.port.snapshot().sound
        music = self.player.view().output.state.value if self.player is not None else ""
        now = {
            "state": sound.state.value,
            "stage": sound.stage.value,
            "staff": sound.staff.state.value,
            "room": sound.room.state.value,
            "playing": [sound.staff.playing, sound.room.playing],
            "trouble": sound.trouble,
            "alarms": [f"{a.condition} {a.priority.value} {a.state}" for a in self.port.snapshot().alarms],
            "music": music,
        }
        if now != self.last:
            self.last = now
            say(**now, at_ns=time.monotonic_ns())

    def do(self, word, *more):
        match word:
            case "spo2":
                self.spo2 = float(more[0])
                self.turn()
            case "ack":
                shown = tuple(a.condition for a in self.port.snapshot().alarms)
                self.ask(Acknowledge(self.port.now_ns(), shown, "AB"))
            case "pause" | "resume":
                self.ask((PauseAudio if word == "pause" else ResumeAudio)("AB"))
            case "check":
                self.ask(CheckTone(more[0]))
            case "heard":
                self.ask(ToneHeard(more[0], True, "AB"))
            case "hang" | "go":
                self.beating = word == "go"
            case "break" | "mend":
                self.hurt(broken=word == "break")
            case "quit":
                self.port.leave()
                if self.player is not None:
                    self.player.close()
                self.station.stop("ended")
                QCoreApplication.quit()

    def hurt(self, *, broken):
        def fail(now_ns):
            raise KeyError(now_ns)

        if broken:
            self.station.engine.tick = fail
        else:
            del self.station.engine.tick

    def ask(self, command):
        future = self.port.submit(command)
        future.add_done_callback(lambda done: say(asked=type(command).__name__, refused=_why(done)))


def _why(done):
    error = done.exception()
    return getattr(error, "reason", str(error)) if isinstance(error, KapError) else str(error or "")


def main():
    application = QCoreApplication([])
    console = Console(Path(sys.argv[1]), *sys.argv[2:])

    def read():
        for line in sys.stdin:
            console.words.put(line.strip())

    threading.Thread(target=read, daemon=True).start()
    timers = []
    for every_ms, what in ((EVERY_MS, console.turn), (20, console.look)):
        timer = QTimer()
        timer.timeout.connect(what)
        timer.start(every_ms)
        timers.append(timer)
    application.exec()


if __name__ == "__main__":
    main()
