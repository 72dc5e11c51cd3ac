"""`kapmonitor demo`: the console on a made-up session."""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
from datetime import datetime
from pathlib import Path

from kapmonitor.display import no_display
from kapmonitor.places import new_record_path, records_folder


def run(arguments: argparse.Namespace) -> int:
    """Open the demo; without a display say so, and how to save a picture instead."""
    trouble = no_display(os.environ)
    if trouble:
        print(f"kapmonitor: {trouble}", file=sys.stderr)
        print(
            "To save a picture of it instead: make demo-picture, or "
            "QT_QPA_PLATFORM=offscreen uv run kapmonitor demo --speed 20 --screenshot demo.png --after 30",
            file=sys.stderr,
        )
        return 1
    from ui.console import Console, Picture

    picture = None
    if arguments.screenshot:
        after_s = 5.0 if arguments.after is None else arguments.after
        picture = Picture(Path(arguments.screenshot).absolute(), arguments.size, after_s)
    console = Console(picture)
    console.show()
    from kapmonitor.show_demo import prepare

    path = new_record_path(records_folder("demo"), datetime.now().astimezone(), "demo")
    prepare(console, arguments, path, strap=importlib.util.find_spec("bumble") is not None)
    status = console.run()
    if console.trouble:
        print(f"kapmonitor: {console.trouble}", file=sys.stderr)
    elif picture is not None:
        print(picture.path)
    elif path.exists():
        print(f"The record of this demo: {path}\nTo look at it again: kapmonitor replay {path}")
    return status
