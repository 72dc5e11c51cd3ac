"""`kapmonitor` without a command: the console."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import datetime
from pathlib import Path

from kapmonitor.commandline.window import run_console
from kapmonitor.display import no_display
from kapmonitor.places import new_record_path, records_folder


def run(arguments: argparse.Namespace) -> int:
    """Open the console on the devices of the command line and the settings."""
    trouble = no_display(os.environ)
    if trouble:
        print(f"kapmonitor: {trouble}; kapmonitor record works without one", file=sys.stderr)
        return 1
    from ui.console import Console, wanted_picture

    picture = wanted_picture(arguments.screenshot, arguments.size, arguments.after)
    console = Console(picture)
    console.show()
    from kapmonitor.show_session import prepare

    path = Path(arguments.out) if arguments.out else None
    path = path or new_record_path(records_folder(), datetime.now().astimezone())
    prepare(console, arguments, path.absolute())
    return run_console(console, picture, lambda: f"The record: {path}" if path.exists() else "")
