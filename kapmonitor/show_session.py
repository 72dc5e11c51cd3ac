"""Joins a session with real devices to the console."""

from __future__ import annotations

import argparse
from pathlib import Path

from kapmonitor.alarms import limits, soundplan
from kapmonitor.alarms.soundplan import SoundPlan
from kapmonitor.annunciation import Sound, outputs_of
from kapmonitor.app import StationPort
from kapmonitor.clock import SystemClock
from kapmonitor.errors import ConfigError
from kapmonitor.places import heads_ledger
from kapmonitor.station import Person, Plan, open_station
from playlists.store import example_path, load
from ui.console import Console, Dress, Progress
from ui.dressing import Live, dress_live

OPENING = "Opening the session"
LARGEST_BYTES = 1_000_000


def prepare(console: Console, arguments: argparse.Namespace, path: Path) -> None:
    """Let the console open a session."""

    outputs = outputs_of(arguments.staff_output, arguments.room_output, arguments.output)

    def make(progress: Progress) -> Dress:
        progress(0.0, OPENING)
        person = Person(arguments.person, arguments.initials)
        limit_set = _limits(arguments.limits)
        sound = Sound(outputs, _sound_plan(arguments.sounding))
        plan = Plan(
            path,
            tuple(arguments.device),
            limit_set,
            person=person,
            look=tuple(arguments.look),
            sound=sound,
            ledger=heads_ledger(),
        )
        playlist = load(Path(arguments.playlist) if arguments.playlist else example_path())
        station = open_station(plan, SystemClock())
        console.on_close(lambda: station.stop("window"))
        station.start()
        port = StationPort(station)
        live = Live(port, port.on_samples, playlist, arguments.author, output=arguments.output, sound=port)
        return lambda shell: dress_live(shell, live)

    console.prepare(make)


def _limits(path: str | None) -> limits.LimitSet:
    if path is None:
        return limits.example()
    return limits.parse(_read(path, "the limits"), path)


def _sound_plan(path: str | None) -> SoundPlan:
    return soundplan.default() if path is None else soundplan.parse(_read(path, "the plan"), path)


def _read(path: str, what: str) -> str:
    try:
        with Path(path).open("rb") as file:
            data = file.read(LARGEST_BYTES + 1)
        if len(data) > LARGEST_BYTES:
            raise ConfigError(path, what, f"a file of at most {LARGEST_BYTES} bytes")
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError(path, what, "must be text in UTF-8") from error
    except OSError as error:
        raise ConfigError(path, what, f"cannot be read: {error.strerror}") from error
