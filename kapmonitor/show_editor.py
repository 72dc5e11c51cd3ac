"""Joins the playlist editor to a window of its own."""

from __future__ import annotations

import argparse
from pathlib import Path

import platformdirs

from kapmonitor.places import sessions_folder
from kapmonitor.underway import is_underway
from ui.console import Console, Dress, Progress
from ui.playlist.window import Edited, dress_editor
from ui.playlist.wording import IN_SESSION


def prepare(console: Console, arguments: argparse.Namespace) -> None:
    """Let the console show the editor on a file, or on a new list."""
    path = Path(arguments.file).absolute() if arguments.file else None
    edited = Edited(
        path,
        _music_folder(path),
        output=arguments.output,
        avoid=(arguments.staff_output, arguments.room_output),
        barred=_barred,
    )

    def make(_progress: Progress) -> Dress:
        return lambda shell: dress_editor(shell, edited)

    console.prepare(make)


def _barred() -> str:
    """Asked each time, as a session may begin while the editor is open."""
    return IN_SESSION if is_underway(sessions_folder()) else ""


def _music_folder(path: Path | None) -> Path:
    """Where to look for music first."""
    if path is not None and path.parent.is_dir():
        return path if path.is_dir() else path.parent
    music = Path(platformdirs.user_music_dir())
    return music if music.is_dir() else Path.home()
