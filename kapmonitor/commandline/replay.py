"""`kapmonitor replay`: the same dashboard on a record."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from kapmonitor.auditing import NOT_SAID, audited, who_is
from kapmonitor.commandline.window import run_console
from kapmonitor.config.load import load_settings
from kapmonitor.display import no_display
from kapmonitor.errors import AddressError, ExportError, RecordError
from kapmonitor.places import default_records_folder, record_file, settings_file
from kapmonitor.record.access import VIEW
from kapmonitor.record.reader import RecordReader
from kapmonitor.record.verify import session_of
from kapmonitor.reporting import Asker

AFTER_S = 1.5
"""Long enough for trends and waves to be painted before the picture is taken."""


def run(arguments: argparse.Namespace) -> int:
    """Open the review; 2 if the file cannot be read as a record."""
    trouble = no_display(os.environ)
    if trouble:
        print(f"kapmonitor: {trouble}; QT_QPA_PLATFORM=offscreen with --screenshot works", file=sys.stderr)
        return 1
    paths = [record_file(text) for text in arguments.record]
    at_s = parse_at(arguments.at) if arguments.at else None
    from ui.console import Console, wanted_picture

    picture = wanted_picture(arguments.screenshot, arguments.size, AFTER_S)
    console = Console(picture)
    console.show()
    from kapmonitor.show_review import Library, prepare

    def viewed(path: Path) -> None:
        _put_on_file(path, arguments)

    asker = Asker(who_is(arguments.user), arguments.purpose or NOT_SAID)
    prepare(console, paths, at_s, Library(_folders(paths), viewed, asker), viewed, asker)
    return run_console(console, picture)


def _folders(paths: Sequence[Path]) -> tuple[Path, ...]:
    """Where other records are: this computer's folder, and those that these lie in."""
    settings = load_settings(settings_file())
    chosen = settings.records_folder.value
    own = Path(chosen) if chosen else default_records_folder()
    return tuple(dict.fromkeys((own, *(path.absolute().parent for path in paths))))


def _put_on_file(path: Path, arguments: argparse.Namespace) -> None:
    """That somebody looks at the record; it is shown also where that cannot be kept, or it is damaged."""
    try:
        with RecordReader(path) as reader:
            session = session_of(reader)
        audited(session, VIEW, user=who_is(arguments.user), purpose=arguments.purpose or NOT_SAID)
    except ExportError as error:
        print(f"kapmonitor: {error}", file=sys.stderr)
    except RecordError:
        return  # the window says so


def parse_at(text: str) -> float:
    """Seconds from `T+MM:SS`, `T-MM:SS` or `T+H:MM:SS`; AddressError if it is none of these."""
    found = re.fullmatch(r"T?([+\-\N{MINUS SIGN}])?(?:(\d+):)?(\d+):(\d\d)", text.strip())
    if found is None:
        raise AddressError(text, "a time is written T+MM:SS, for example T+20:00 or T-05:00")
    sign, hours, minutes, seconds = found.groups()
    total = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    return float(-total if sign in {"-", "\N{MINUS SIGN}"} else total)
