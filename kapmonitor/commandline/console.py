"""`kapmonitor` without a command: the console."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import datetime
from pathlib import Path

from kapmonitor.display import no_display
from kapmonitor.places import new_record_path


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
    path = Path(arguments.out) if arguments.out else None
    path = path or new_record_path(chosen_records_folder(settings), datetime.now().astimezone())
    prepare(console, arguments, path.absolute())
    status = console.run()
    if console.trouble:
        print(f"kapmonitor: {console.trouble}", file=sys.stderr)
    elif picture is not None:
        print(picture.path)
    elif path.exists():
        print(f"The record: {path}")
    return status
