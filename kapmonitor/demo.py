"""The demo: a made-up session whose first part is run in virtual time, and which then goes on live.

Everything on the screen came through a simulated device's bytes, a real driver and the engine. The devices of
the live part run in a process of their own, on real ports and an emulated Bluetooth radio.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

from devices.address import parse_device
from devices.sim.room import RoomSettings
from devices.sim.room import arguments as room_arguments
from devices.sim.scenario import bedside, scenario
from kapmonitor.alarms.limits import example
from kapmonitor.alarms.soundplan import default
from kapmonitor.annunciation import Outputs, Sound
from kapmonitor.beginning import open_station
from kapmonitor.demo_history import (
    DOSE_S,
    ORIGIN_NS,
    S_NS,
    DemoClock,
    DemoSettings,
    History,
    Music,
    Progress,
)
from kapmonitor.errors import LinkError
from kapmonitor.model import GenerationMode
from kapmonitor.opening import Person, Plan
from kapmonitor.protocol import shipped
from kapmonitor.station import Station

LOOK_S: Final = 1920.0
"""Seconds after the dose at which the live part begins, where the scenario does not say better."""
ROOM_HEAD_START_S: Final = 3.0
"""The simulators' process is up within this; then the session's clock starts to run."""
PERSON: Final = Person("4471", "M.K.", 3, 6)


class Demo:
    """A running demo: the station and the process in which its devices are simulated."""

    def __init__(self, settings: DemoSettings) -> None:
        self.settings = settings
        look_s = scenario(settings.scenario).look_s
        self.live_from_s = DOSE_S + (look_s if look_s > 0 else LOOK_S)
        utc_ns = time.time_ns() - int(self.live_from_s * S_NS)
        self.clock = DemoClock(ORIGIN_NS, utc_ns)
        self._bedside = bedside(settings.scenario, settings.seed, DOSE_S, settings.route)
        self._room: subprocess.Popen[str] | None = None
        self.station: Station | None = None

    def open(self, progress: Progress, music: Music) -> Station:
        """Make the history, start the simulators, go live; takes seconds, so not on the GUI thread."""
        devices = ["suntech@simulated", "nonin@simulated"]
        devices += ["ble-heart-rate@simulated"] if self.settings.strap else []
        plan = Plan(
            self.settings.path,
            tuple(devices),
            example(),
            GenerationMode.DEMO,
            PERSON,
            self.settings.speed,
            protocol=shipped.example(),
            sound=Sound(Outputs(auto=True), default(), optional=True),
        )
        station = self.station = open_station(plan, self.clock)
        History(station, self.clock, self._bedside, self.settings, music).run(self.live_from_s, progress)
        self._start_room(station)
        station.start()
        return station

    def _start_room(self, station: Station) -> None:
        """The simulators' process; then the station's devices have addresses that can be opened."""
        from_real_ns = time.monotonic_ns() + int(ROOM_HEAD_START_S * S_NS)
        settings = self.settings
        room = RoomSettings(
            seed=settings.seed,
            scenario=settings.scenario,
            route=settings.route,
            speed=settings.speed,
            t0_ns=from_real_ns,
            start_s=self.live_from_s,
            dose_s=DOSE_S,
            ports=settings.ports,
            strap=settings.strap,
        )
        self._room = subprocess.Popen(  # noqa: S603 - our own interpreter and our own module
            [sys.executable, *room_arguments(room)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parent.parent,
        )
        line = self._room.stdout.readline() if self._room.stdout is not None else ""
        if not line:
            raise LinkError("demo", "not-found", "the simulated devices did not start; see the lines above")
        said = json.loads(line)
        station.readdress(tuple(said["devices"]))
        station.look_at(tuple(parse_device(text).address for text in said["spare"]))
        self.clock.go_live(settings.speed, from_real_ns)

    def close(self) -> None:
        """End the session and the simulators."""
        if self.station is not None:
            self.station.stop("window")
        if self._room is not None and self._room.stdin is not None:
            self._room.stdin.close()
            try:
                self._room.wait(5)
            except subprocess.TimeoutExpired:
                self._room.kill()
