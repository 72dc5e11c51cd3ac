"""One course of alarm_scenes in the real console, as a program of its own: SCENE FOLDER [WIDTHxHEIGHT].

Window, engine, record, drivers and annunciator are the program's own and the session counts as one with a
person; the devices are simulated, on real ports. It saves SCENE-WIDTHxHEIGHT.png in the folder, one for each
size. For a console that is to be stopped it says {"ready": true} instead, and waits.
"""

import json
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from alarm_scenes import BY_NAME, OUTPUTS, SIZES, add_scenarios
from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtTest import QTest

import kapmonitor.demo
from devices.sim.room import arguments
from kapmonitor.alarms import limits, soundplan
from kapmonitor.annunciation import Outputs, Sound
from kapmonitor.app import StationPort
from kapmonitor.beginning import open_station
from kapmonitor.commands import ConfirmBedside, SetBaseline, ToneHeard
from kapmonitor.demo import PERSON, Demo
from kapmonitor.demo_history import DemoSettings, History, _at
from kapmonitor.demo_music import history
from kapmonitor.opening import Plan
from kapmonitor.sounding import Sounding
from playlists.store import example_path, load
from ui.console import Console
from ui.dressing import Live, dress_live
from ui.screenshot import save

BY = "KL"
BASELINE_S = 600.0
LOOK_MS = 100
SETTLE_S = 1.2
"""A window of another size has drawn its trends by then."""
PATIENCE_S = 150.0
SIGNED = {
    "Example limits from baseline": "Evening IM",
    "example = true": "example = false",
    'signed_by = ""': 'signed_by = "the prescriber"',
    'signed_on = ""': 'signed_on = "2026-09-02"',
}
CHECKED = (*(ToneHeard(of, True, BY) for of in ("staff", "room", "music")), ConfirmBedside(BY))
KEYS = {"F": Qt.Key.Key_F, "P": Qt.Key.Key_P}


def say(**what):
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def signed_limits():
    """The example whose limits follow the baseline, as if somebody had signed it."""
    text = (Path(limits.__file__).parents[1] / "data" / "limits-baseline-example.toml").read_text("utf-8")
    for old, new in SIGNED.items():
        text = text.replace(old, new)
    return limits.parse(text, "signed limits")


class BaselineHistory(History):
    """The demo's history, with the baseline set before the dose."""

    def _script(self, until_s):
        return sorted([*super()._script(until_s), (_at(BASELINE_S), SetBaseline(BY))], key=lambda i: i[0])


class Staged(Demo):
    """The demo's devices and history under a session that counts as real."""

    def open(self, progress, music):
        devices = ("suntech@simulated", "nonin@simulated", "ble-heart-rate@simulated")
        plan = Plan(self.settings.path, devices, signed_limits(), person=PERSON)
        station = self.station = open_station(plan, self.clock)
        BaselineHistory(station, self.clock, self._bedside, self.settings, music).run(
            self.live_from_s, progress
        )
        self._start_room(station)
        self._sound(station)
        station.start()
        return station

    @staticmethod
    def _sound(station):
        """Only now: in virtual time the annunciator would be minutes late within a second."""
        sound = Sound(Outputs(**OUTPUTS), soundplan.default())
        station.plan = replace(station.plan, sound=sound)
        station.sounding = Sounding(station.engine, sound.plan, time.monotonic_ns, optional=False)


class Stage:
    """Follows a scene's steps and takes the pictures."""

    def __init__(self, scene, folder, size):
        self.scene, self.folder = scene, folder
        self.sizes = [size] if size else list(SIZES)
        self.console = Console()
        self.console.shell.resize(QSize(*self.sizes[0]))
        self.console.show()
        self.port = None
        self.steps = list(scene.steps)
        self.since_s, self.end_s = None, time.monotonic() + PATIENCE_S
        self.checked = not scene.heard
        self.timer = QTimer()
        self.timer.timeout.connect(self.look)

    def run(self):
        self.console.prepare(self.make)
        self.timer.start(LOOK_MS)
        return self.console.run()

    def make(self, progress):
        """As kapmonitor.show_demo does it."""
        playlist = load(example_path())
        path = Path(tempfile.mkdtemp(prefix="kap-scene-")) / "session.kap"
        staged = Staged(DemoSettings(path, scenario=self.scene.name))
        self.console.on_close(staged.close)
        station = staged.open(lambda share: progress(share, "Making"), lambda until: history(playlist, until))
        port = StationPort(station)
        live = Live(port, port.on_samples, playlist, BY, output=OUTPUTS["music"], sound=port, play=True)

        def dress(shell):
            close = dress_live(shell, live)
            self.port = port
            return close

        return dress

    def look(self):
        now_s = time.monotonic()
        if now_s > self.end_s:
            alarms = [f"{a.condition} {a.state}" for a in self.port.snapshot().alarms] if self.port else []
            say(failed=f"the picture did not come about: {len(self.steps)} steps left, alarms {alarms}")
            self.console.application.quit()
        if self.port is None or not self.check_sound():
            return
        if not self.steps:
            self.timer.stop()
            self.take()
        elif not self.steps[0].when(self.port.snapshot()):
            self.since_s = None
        elif self.since_s is None:
            self.since_s = now_s
        elif now_s - self.since_s >= self.steps[0].wait_s:
            self.since_s = None
            self.press(self.steps.pop(0).key)

    def check_sound(self):
        """Answer the sound check, once both outputs are there."""
        sound = self.port.snapshot().sound
        if not self.checked and sound.staff.works and sound.room.works:
            self.checked = True
            for command in CHECKED:
                self.port.submit(command)
        return self.checked

    def press(self, key):
        if key:
            QTest.keyClick(self.console.shell.focusWidget() or self.console.shell, KEYS[key])

    def take(self):
        if self.scene.stopped:
            say(ready=True)
            return
        size = self.sizes.pop(0)
        path = self.folder / f"{self.scene.name}-{size[0]}x{size[1]}.png"
        save(self.console.shell, path, QSize(*size))
        say(saved=str(path), alarms=[f"{a.condition} {a.state}" for a in self.port.snapshot().alarms])
        if not self.sizes:
            self.console.application.quit()
            return
        self.console.shell.resize(QSize(*self.sizes[0]))
        QTimer.singleShot(round(SETTLE_S * 1000), self.take)


def main(name, folder, size=""):
    add_scenarios()
    room = str(Path(__file__).with_name("alarm_room.py"))
    kapmonitor.demo.room_arguments = lambda settings: [room, *arguments(settings)[2:]]
    wanted = tuple(int(part) for part in size.split("x")) if size else None
    return Stage(BY_NAME[name], Path(folder).absolute(), wanted).run()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
