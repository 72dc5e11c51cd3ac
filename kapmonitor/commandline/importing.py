"""`kapmonitor import`: a file of another program becomes a record that says so."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Final

from kapmonitor.commandline.progress import Progress
from kapmonitor.commandline.stopping import stopping
from kapmonitor.commandline.streams import say
from kapmonitor.errors import ImportRefused
from kapmonitor.foreign.keeping import keep
from kapmonitor.foreign.mapping import Mapping, read_mapping
from kapmonitor.foreign.reading import origin_of, read
from kapmonitor.foreign.recording import Recording
from kapmonitor.foreign.whole import check_free
from kapmonitor.vault.home import load_vault

MOST_LINES: Final = 40
"""Of what is left out; a file may have thousands of tracks."""


def run(arguments: argparse.Namespace) -> int:
    """Write the record and say what is in it; Ctrl+C and SIGTERM leave nothing behind."""
    path, out = Path(arguments.file), Path(arguments.out)
    if not out.absolute().parent.is_dir():
        raise ImportRefused(str(out), "there is no such folder")
    check_free(out)
    mapping = read_mapping(Path(arguments.mapping)) if arguments.mapping else Mapping()
    with stopping(), Progress(str(path)) as progress:
        origin = origin_of(path, mapping, lambda share: progress.tell(share * 0.1))
        recording = read(path, arguments.kind, mapping, lambda share: progress.tell(0.1 + share * 0.4))
        keep(recording, origin, out, lambda share: progress.tell(0.5 + share * 0.5), load_vault())
    _say(out, recording)
    return 0


def _say(out: Path, recording: Recording) -> None:
    values = sum(len(each.times) for each in recording.readings)
    samples = sum(each.n for each in recording.stretches)
    print(f"{out}: imported, not a session of this clinic")
    print(f"  {values} values, {samples} samples of waves, {len(recording.remarks)} remarks")
    print(f"  time zone: {recording.zone}")
    for words in recording.left_out[:MOST_LINES]:
        say(f"  left out: {words}")
    if len(recording.left_out) > MOST_LINES:
        print(
            f"  left out: {len(recording.left_out) - MOST_LINES} more, all named in the record",
            file=sys.stdout,
        )
