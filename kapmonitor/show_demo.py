"""Joins the demo to the console."""

from __future__ import annotations

import argparse
from pathlib import Path

from kapmonitor.app import StationPort
from kapmonitor.demo import Demo
from kapmonitor.demo_history import DemoSettings
from kapmonitor.demo_music import history
from kapmonitor.session.events import Route
from playlists.store import example_path, load
from ui.console import Console, Dress, Progress
from ui.dressing import Live, dress_live

MAKING = "Making the first part of a made-up session"


def prepare(console: Console, arguments: argparse.Namespace, path: Path, *, strap: bool) -> None:
    """Let the console make the demo and show it."""
    settings = DemoSettings(
        path=path,
        scenario=arguments.scenario,
        route=Route(arguments.route),
        seed=arguments.seed,
        speed=arguments.speed,
        strap=strap,
    )

    def make(progress: Progress) -> Dress:
        playlist = load(example_path())
        demo = Demo(settings)
        console.on_close(demo.close)
        station = demo.open(lambda share: progress(share, MAKING), lambda until_s: history(playlist, until_s))
        port = StationPort(station)
        live = Live(port, port.on_samples, playlist, "KL", silent_music=True, sound=port, play=True)
        return lambda shell: dress_live(shell, live)

    console.prepare(make)
