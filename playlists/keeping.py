"""Opens and saves the playlist that is edited: whole or not at all, and never over another one's work."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from kapmonitor.durable import replace_text
from kapmonitor.errors import ConfigError
from kapmonitor.tables import THE_FILE
from playlists import store, xspf
from playlists.edits import UNTITLED, without_empty
from playlists.locations import odd_name
from playlists.model import Playlist
from playlists.reading import LARGEST_BYTES, file_bytes, is_there

ENDING: Final = ".xspf"
NOT_THERE: Final = ""
CHANGED: Final = "as it was when it was opened; somebody changed it since"
NO_TRACKS: Final = "a playlist with at least one track"
ONLY_GROUND: Final = "music in a section that is not for grounding"
NO_XSPF: Final = f"a name that ends in {ENDING}, such as {{name}}{ENDING}"
NO_FOLDER: Final = "a folder that is there; make it first, or name another one"
THEIRS: Final = "another name; this file is not a playlist of this program, and is not written over"


@dataclass(frozen=True, slots=True)
class Opened:
    """A playlist, and the file it is saved to: `stamp` is the SHA-256 of that file's bytes.

    `path` is None where it was read from something that is not ours to write over.
    """

    playlist: Playlist
    path: Path | None
    stamp: str


def open_list(path: Path) -> Opened:
    """A playlist of any kind, or a folder of music, or a list that is to be made there.

    ConfigError, in words, where it cannot be read.
    """
    path = path.absolute()
    if path.suffix.lower() == ENDING and not is_there(path):
        return Opened(replace(UNTITLED, title=path.stem), path, NOT_THERE)
    playlist = store.load(path)
    if path.is_dir() or path.suffix.lower() != ENDING:
        return Opened(replace(playlist, example=False), None, NOT_THERE)
    data = file_bytes(path)
    return Opened(playlist, path, _stamp(data)) if _is_ours(data) else Opened(playlist, None, NOT_THERE)


def stamp(path: Path) -> str:
    """What a file holds now, NOT_THERE if there is none; ConfigError if it cannot be read."""
    return _stamp(file_bytes(path)) if is_there(path) else NOT_THERE


def free_or_ours(path: Path) -> str:
    """The stamp of a place where a playlist may be written unasked; ConfigError where it may not."""
    if path.suffix.lower() != ENDING:
        raise ConfigError(str(path), THE_FILE, NO_XSPF.format(name=path.stem))
    if not Path(os.path.realpath(path)).parent.is_dir():
        raise ConfigError(str(path), THE_FILE, NO_FOLDER)
    if not is_there(path):
        return NOT_THERE
    data = file_bytes(path)
    try:
        ours = _is_ours(data) and not store.mistakes_in(data, path)
    except ConfigError:
        ours = False
    if not ours:
        raise ConfigError(str(path), THE_FILE, THEIRS)
    return _stamp(data)


def save(path: Path, playlist: Playlist, expected: str) -> str:
    """Write it, and return the file's stamp; the old one stays where this fails, with a ConfigError.

    Nothing is written where the file holds something else than `expected`.
    """
    whole = without_empty(playlist)
    if not whole.sections or all(section.grounding for section in whole.sections):
        raise ConfigError(str(path), THE_FILE, ONLY_GROUND if whole.sections else NO_TRACKS)
    text = xspf.text(whole, _base(path))
    if len(text.encode()) > LARGEST_BYTES:
        raise ConfigError(str(path), THE_FILE, f"a playlist of at most {LARGEST_BYTES} bytes")
    for mistake in (*store.mistakes_in(text.encode(), path), *_odd_names(whole, path)):
        raise mistake
    if stamp(path) != expected:
        raise ConfigError(str(path), THE_FILE, CHANGED)
    try:
        replace_text(path, text, private=False)
    except OSError as why:
        raise ConfigError(
            str(path), THE_FILE, f"a place that can be written ({why.strerror or why})"
        ) from why
    return _stamp(text.encode())


def suggested(opened: Path) -> Path:
    """Where to save what was read from something else: beside it, under its name."""
    path = opened.absolute()
    return path / f"{path.name}{ENDING}" if path.is_dir() else path.with_suffix(ENDING)


def _base(path: Path) -> Path | None:
    """The folder that paths may be written relative to: none where a link's and its file's differ."""
    folder = path.absolute().parent
    same = os.path.realpath(folder) == os.fspath(Path(os.path.realpath(path)).parent)
    return folder if same else None


def _odd_names(playlist: Playlist, path: Path) -> Iterator[ConfigError]:
    """Tracks that would not be found under what is written."""
    for place in playlist.places():
        track = playlist.track(place)
        odd = odd_name(os.fspath(track.path))
        if odd and track.elsewhere is None:
            key = f"{playlist.section(place).name}, track {place.track + 1} ({track.title}), file"
            yield ConfigError(str(path), key, odd)


def _is_ours(data: bytes) -> bool:
    """Written over, another program's file would lose what only that program knows."""
    return xspf.OURS.encode() in data


def _stamp(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
