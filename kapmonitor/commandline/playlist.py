"""`kapmonitor playlist`: are a playlist's files as they should be; make one complete; look at a folder."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Final

from kapmonitor.commandline.settled import settle_outputs
from kapmonitor.commandline.streams import finish, say
from kapmonitor.commandline.window import run_console
from kapmonitor.display import no_display
from kapmonitor.errors import ConfigError
from kapmonitor.tables import THE_FILE
from playlists import keeping, library, store
from playlists.check import look_all
from playlists.complete import Done, complete
from playlists.gather import named_oddly
from playlists.model import Playlist
from playlists.problems import Problem, files_only, problems

AFTER_S: Final = 1.5
"""Long enough for files to be looked at before the picture is taken."""
THE_FOLDER: Final = "the folder"
A_FILE: Final = "this is a file; playlist check looks at the files of a playlist"
NOT_WRITTEN: Final = "nothing was written"
NO_MUSIC: Final = "a playlist with at least one track that can be played"
ONLY_GROUND: Final = "a section that is not for grounding, with music that can be played"
LESS: Final = "another name to write to, as this would lose the tracks that cannot be played now"


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
            say(f"{playlist.section(problem.place).name}, {problem.title}: {problem.words}{left_out}")
        left_out_count = len({problem.place for problem in found if problem.left_out})
        whole = len(playlist.places())
        say(f"{path}: {whole - left_out_count} of {whole} tracks can be played")
    return int(any(problem.left_out for problem in found))


def _row(playlist: Playlist, problem: Problem) -> dict[str, object]:
    track = playlist.track(problem.place)
    location = None if track.elsewhere is None else track.elsewhere.location
    return {
        "section": playlist.section(problem.place).name,
        "title": problem.title,
        "file": str(track.path) if location is None else location,
        "problem": problem.words,
        "left_out": problem.left_out,
    }


def _make(path: Path, out: Path, *, measured: bool) -> int:
    """What is written is looked for before anything is measured, which may take long."""
    out = out.absolute()
    there = keeping.free_or_ours(out)
    whole = store.load(path)
    left_out = False
    for track in map(whole.track, whole.places()):
        if track.elsewhere is not None:
            left_out = True
            say(f"{track.title}: {track.elsewhere.why}")
    for step in complete(files_only(whole), measured=measured):
        match step:
            case Done(number, of, track, problem):
                left_out = left_out or bool(problem)
                say(f"{number} of {of}  {problem or track.title}")
                finish()
            case Playlist():
                _write(step, path, out, there, left_out=left_out)
    return int(left_out)


def _write(playlist: Playlist, path: Path, out: Path, there: str, *, left_out: bool) -> None:
    if not playlist.sections:
        raise ConfigError(str(path), THE_FILE, f"{NO_MUSIC}; {NOT_WRITTEN}")
    if all(section.grounding for section in playlist.sections):
        raise ConfigError(str(path), THE_FILE, f"{ONLY_GROUND}; {NOT_WRITTEN}")
    if left_out and there and out.samefile(path):
        raise ConfigError(str(path), THE_FILE, f"{LESS}; {NOT_WRITTEN}")
    keeping.save(out, playlist, there)
    say(f"{out}: {len(playlist.places())} tracks")


def _scan(path: Path, *, as_json: bool) -> int:
    _refuse_no_folder(path)
    pieces = [named_oddly(step.piece) for step in library.scan(path) if step.piece is not None]
    if as_json:
        rows = (
            {"file": str(p.path), "seconds": round(p.duration_s, 3), "problem": p.problem} for p in pieces
        )
        print(json.dumps(list(rows), indent=2))
    else:
        for piece in pieces:
            if piece.problem:
                say(f"{piece.path.parent}: {piece.problem}")
        good = sum(not piece.problem for piece in pieces)
        say(f"{path}: {good} of {len(pieces)} music files can be played")
    return int(any(piece.problem for piece in pieces))


def _refuse_no_folder(path: Path) -> None:
    """A scan passes over what it cannot read, which would be all of it."""
    try:
        with os.scandir(path) as found:
            next(found, None)
    except NotADirectoryError as why:
        raise ConfigError(str(path), THE_FOLDER, A_FILE) from why
    except FileNotFoundError as why:
        raise ConfigError(str(path), THE_FOLDER, "there is no such folder") from why
    except (OSError, ValueError) as why:
        raise ConfigError(str(path), THE_FOLDER, f"a folder that can be read ({why})") from why


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
