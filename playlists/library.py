"""Looks at a folder of music, or measures pieces of it, one small step at a time.

Everything here is a generator: whoever asks may show how far it is, or stop asking at any step.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from playlists.check import duration_s, fingerprint
from playlists.folder import natural
from playlists.formats import MUSIC, NotMusic, failed, too_loud, unplayable
from playlists.loudness import Meter
from playlists.model import LUFS, PEAK_DBFS, Loudness
from playlists.opened import BREAKS_OFF_S, length_s, next_frames, opened
from playlists.sound import stereo
from playlists.tags import Tags, tags

if TYPE_CHECKING:
    from soundfile import SoundFile

AT_ONCE_S: Final = 10
MOST_SAMPLES: Final = 8_000_000
"""Fewer seconds at once where there are many of them, or of channels."""


log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Piece:
    """One file of a library; `problem` says in words why it cannot be played, else it is empty."""

    path: Path
    duration_s: float = 0.0
    tags: Tags = Tags()  # noqa: RUF009  # frozen
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """How far a scan is; `of` is 0 while files are still being found. `piece` is the one just looked at."""

    done: int
    of: int
    piece: Piece | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """How far the measuring of one piece is, 0 to 1; at 1 with its loudness, None if it is silent."""

    share: float
    loudness: Loudness | None = None


def scan(folder: Path) -> Iterator[Step]:
    """Every music file below a folder, also those that cannot be played; never fails."""
    found: list[Path] = []
    for path in _walk(folder):
        found.append(path)
        yield Step(len(found), 0)
    for number, path in enumerate(found, start=1):
        yield Step(number, len(found), look(path))


def look(path: Path) -> Piece:
    """One file's header and tags. Never fails."""
    try:
        return Piece(path, duration_s(path), tags(path))
    except NotMusic as why:
        return Piece(path, problem=str(why))
    except OSError:
        return Piece(path, problem=unplayable(path))
    except Exception as why:
        log.exception("looking at a sound file failed")
        return Piece(path, problem=failed(path, why))


def measure(path: Path) -> Iterator[Measured]:
    """Decode a whole file and measure how loud it is as played; NotMusic, in words, if it is damaged."""
    with opened(path) as file:
        yield from _measure(path, file)


def heard(path: Path, sha256: str, tagged: Loudness | None) -> Iterator[Measured]:
    """As loud as its tags say, or by listening to all of it; the last step counts once it is over.

    NotMusic, in words, if it is damaged, or is then not the file of this hash.
    """
    yield from measure(path) if tagged is None else (Measured(1.0, tagged),)
    if fingerprint(path) != sha256:
        # Else one file's loudness would stand beside the other one's hash, and be far too loud.
        raise NotMusic(f"{path.name} was changed or replaced meanwhile; its loudness was not measured")


def named(piece: Piece) -> str:
    """What a piece is called on the screen."""
    title = piece.tags.title or piece.path.stem
    return f"{piece.tags.artist} - {title}" if piece.tags.artist and piece.tags.title else title


def _measure(path: Path, file: SoundFile) -> Iterator[Measured]:
    meter, at = Meter(file.samplerate, 2), 0
    length = length_s(path, file)
    total = max(1, round(length * file.samplerate))
    at_once = min(AT_ONCE_S * file.samplerate, MOST_SAMPLES // file.channels)
    while True:
        frames = next_frames(file, at_once, length)
        if len(frames) == 0:
            break
        at += len(frames)
        meter.push(stereo(frames))
        yield Measured(min(0.999, at / total))
    if (total - at) / file.samplerate > BREAKS_OFF_S:
        raise NotMusic(f"{path.name} breaks off after {at / file.samplerate:.0f} seconds; it is damaged")
    yield Measured(1.0, _within(path, meter.finish()))


def _within(path: Path, found: Loudness | None) -> Loudness | None:
    """What a playlist can hold: a quieter peak only lets it be softer; louder than that is no music."""
    if found is None:
        return None
    if found.lufs > LUFS[1] or found.peak_dbfs > PEAK_DBFS[1]:
        raise NotMusic(too_loud(path))
    return Loudness(max(found.lufs, LUFS[0]), max(found.peak_dbfs, PEAK_DBFS[0]))


def _walk(folder: Path) -> Iterator[Path]:
    """Files in the order of their names; folders that cannot be read are passed over.

    Folders that are linked to are walked, each folder once: a link may lead back to where it is.
    """
    seen: set[tuple[int, int]] = set()
    for base, folders, files in os.walk(folder, followlinks=True):
        if not _is_new(Path(base), seen):
            folders.clear()
            continue
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        paths = (Path(base, name) for name in files if not name.startswith("."))
        yield from sorted((path for path in paths if path.suffix.lower() in MUSIC), key=natural)


def _is_new(folder: Path, seen: set[tuple[int, int]]) -> bool:
    """Whether this folder was not seen before, under whatever name; from now on it was."""
    try:
        found = folder.stat()
    except OSError:
        return False
    one = (found.st_dev, found.st_ino)
    new = one not in seen
    seen.add(one)
    return new
