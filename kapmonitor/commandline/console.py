"""`kapmonitor` without a command: the console."""

from __future__ import annotations

import argparse
import os
import sys

from kapmonitor.commandline.window import run_console
from kapmonitor.display import no_display


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
    from kapmonitor.commandline.settled import chosen_records_folder, settle
    from kapmonitor.show_session import prepare

    settings = settle(arguments)
    record = prepare(console, arguments, chosen_records_folder(settings))
    return run_console(console, picture, lambda: f"The record: {record()}" if record() else "")
