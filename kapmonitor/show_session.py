"""Joins a session with real devices to the console."""

from __future__ import annotations

import argparse
from pathlib import Path

from kapmonitor.alarms import limits
from kapmonitor.app import StationPort
from kapmonitor.clock import SystemClock
from kapmonitor.errors import ConfigError
from kapmonitor.station import Person, Plan, open_station
from playlists.store import example_path, load
from ui.console import Console, Dress, Progress
from ui.dressing import Live, dress_live

OPENING = "Opening the session"
LARGEST_LIMITS_BYTES = 1_000_000


def prepare(console: Console, arguments: argparse.Namespace, path: Path) -> None:
    """Let the console open a session."""

    def make(progress: Progress) -> Dress:
        progress(0.0, OPENING)
        person = Person(arguments.person, arguments.initials)
        limit_set = _limits(arguments.limits)
        plan = Plan(path, tuple(arguments.device), limit_set, person=person, look=tuple(arguments.look))
        playlist = load(Path(arguments.playlist) if arguments.playlist else example_path())
        station = open_station(plan, SystemClock())
        console.on_close(lambda: station.stop("window"))
        station.start()
        port = StationPort(station)
        live = Live(port, port.on_samples, playlist, arguments.author, output=arguments.output)
        return lambda shell: dress_live(shell, live)

    console.prepare(make)


def _limits(path: str | None) -> limits.LimitSet:
    if path is None:
        return limits.example()
    try:
        with Path(path).open("rb") as file:
            data = file.read(LARGEST_LIMITS_BYTES + 1)
        if len(data) > LARGEST_LIMITS_BYTES:
            raise ConfigError(path, "the limits", f"a file of at most {LARGEST_LIMITS_BYTES} bytes")
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError(path, "the limits", "must be text in UTF-8") from error
    except OSError as error:
        raise ConfigError(path, "the limits", f"cannot be read: {error.strerror}") from error
    return limits.parse(text, path)
