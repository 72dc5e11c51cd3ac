"""`kapmonitor playlist`: are a playlist's files as they should be; make one complete; look at a folder."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Final

from kapmonitor.commandline.settled import settle_outputs
from kapmonitor.commandline.window import run_console
from kapmonitor.display import no_display
from kapmonitor.durable import replace_text
from kapmonitor.errors import ConfigError
from kapmonitor.tables import THE_FILE
from playlists import library, store, xspf
from playlists.check import look_all
from playlists.complete import Done, complete
from playlists.model import Playlist
from playlists.problems import Problem, problems

AFTER_S: Final = 1.5
"""Long enough for files to be looked at before the picture is taken."""


def run(arguments: argparse.Namespace) -> int:
    """0 if all of it can be played, else 1."""
    if arguments.action == "edit":
        return _edit(arguments)
    path = Path(arguments.file)
    if arguments.action == "check":
        return _check(path, as_json=arguments.json)
    if arguments.action == "make":
        return _make(path, Path(arguments.out), measured=arguments.measure)
    return _scan(path, as_json=arguments.json)


def _check(path: Path, *, as_json: bool) -> int:
    playlist = store.load(path)
    found = problems(playlist, look_all(playlist))
    if as_json:
        print(json.dumps([_row(playlist, problem) for problem in found], indent=2))
    else:
        for problem in found:
            left_out = "; it will be left out" if problem.left_out else ""
            print(f"{playlist.section(problem.place).name}, {problem.title}: {problem.words}{left_out}")
        left_out_count = len({problem.place for problem in found if problem.left_out})
        whole = len(playlist.places())
        print(f"{path}: {whole - left_out_count} of {whole} tracks can be played")
    return int(any(problem.left_out for problem in found))


def _row(playlist: Playlist, problem: Problem) -> dict[str, object]:
    return {
        "section": playlist.section(problem.place).name,
        "title": problem.title,
        "file": str(playlist.track(problem.place).path),
        "problem": problem.words,
        "left_out": problem.left_out,
    }


def _make(path: Path, out: Path, *, measured: bool) -> int:
    left_out = False
    for step in complete(store.load(path), measured=measured):
        match step:
            case Done(number, of, track, problem):
                left_out = left_out or bool(problem)
                print(f"{number} of {of}  {problem or track.title}", flush=True)
            case Playlist():
                if not step.sections:
                    return 1
                _write(out, step)
                print(f"{out}: {len(step.places())} tracks")
    return int(left_out)


def _write(out: Path, playlist: Playlist) -> None:
    out = out.absolute()
    try:
        replace_text(out, xspf.text(playlist, out.parent))
    except OSError as why:
        raise ConfigError(str(out), THE_FILE, f"a place that can be written ({why.strerror or why})") from why


def _scan(path: Path, *, as_json: bool) -> int:
    pieces = [step.piece for step in library.scan(path) if step.piece is not None]
    if as_json:
        rows = (
            {"file": str(p.path), "seconds": round(p.duration_s, 3), "problem": p.problem} for p in pieces
        )
        print(json.dumps(list(rows), indent=2))
    else:
        for piece in pieces:
            if piece.problem:
                print(f"{piece.path.parent}: {piece.problem}")
        print(
            f"{path}: {sum(not piece.problem for piece in pieces)} of {len(pieces)} music files can be played"
        )
    return int(any(piece.problem for piece in pieces))


def _edit(arguments: argparse.Namespace) -> int:
    """Open the editor; 1 where no window can be shown."""
    trouble = no_display(os.environ)
    if trouble:
        print(f"kapmonitor: {trouble}; kapmonitor playlist make works without one", file=sys.stderr)
        return 1
    settle_outputs(arguments)
    from ui.console import Console, wanted_picture

    picture = wanted_picture(arguments.screenshot, arguments.size, AFTER_S)
    console = Console(picture)
    console.show()
    from kapmonitor.show_editor import prepare

    prepare(console, arguments)
    return run_console(console, picture)
