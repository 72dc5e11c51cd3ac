"""`kapmonitor demo`: the console on a made-up session."""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
from datetime import datetime

from kapmonitor.commandline.window import run_console
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
    from ui.console import Console, wanted_picture

    picture = wanted_picture(arguments.screenshot, arguments.size, arguments.after)
    console = Console(picture)
    console.show()
    from kapmonitor.show_demo import prepare

    path = new_record_path(records_folder("demo"), datetime.now().astimezone(), "demo")
    prepare(console, arguments, path, strap=importlib.util.find_spec("bumble") is not None)
    where = f"The record of this demo: {path}\nTo look at it again: kapmonitor replay {path}"
    return run_console(console, picture, lambda: where if path.exists() else "")
