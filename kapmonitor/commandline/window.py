"""How a command that shows the console ends."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from kapmonitor.places import trouble_file
from kapmonitor.troublelog import keep

if TYPE_CHECKING:
    from ui.console import Console, Picture


def run_console(console: Console, picture: Picture | None, result: Callable[[], str] = lambda: "") -> int:
    """Run it to its end; then say what went wrong, or where the picture is, or the `result`."""
    keep(trouble_file())
    status = console.run()
    if console.trouble:
        print(f"kapmonitor: {console.trouble}", file=sys.stderr)
    elif said := str(picture.path) if picture is not None else result():
        print(said)
    return status
