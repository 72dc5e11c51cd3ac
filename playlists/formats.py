"""Which kinds of sound file this program plays, and what it says of those that it does not."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from playlists.mpeg import after_tags

PLAYED: Final = frozenset({".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff", ".w64", ".caf"})
"""Each is played in tests/playlists/test_formats.py."""

CONVERT: Final = "convert it to FLAC, Opus or MP3"
PROTECTED: Final = "is protected by its shop and plays only in that shop's program"
NOT_PLAYED: Final[Mapping[str, str]] = {
    ".m4a": f"is AAC or Apple Lossless, which this program does not play; {CONVERT}",
    ".m4b": f"is AAC, which this program does not play; {CONVERT}",
    ".aac": f"is AAC, which this program does not play; {CONVERT}",
    ".mp4": f"is a film or AAC, which this program does not play; {CONVERT}",
    ".wma": f"is Windows Media, which this program does not play; {CONVERT}",
    ".asf": f"is Windows Media, which this program does not play; {CONVERT}",
    ".alac": f"is Apple Lossless, which this program does not play; {CONVERT}",
    ".ape": f"is Monkey's Audio, which this program does not play; {CONVERT}",
    ".wv": f"is WavPack, which this program does not play; {CONVERT}",
    ".mpc": f"is Musepack, which this program does not play; {CONVERT}",
    ".mka": f"is Matroska, which this program does not play; {CONVERT}",
    ".webm": f"is WebM, which this program does not play; {CONVERT}",
    ".mid": "holds notes and no sound",
    ".midi": "holds notes and no sound",
    ".m4p": PROTECTED,
    ".aax": PROTECTED,
    ".aa": PROTECTED,
}
MUSIC: Final = PLAYED | frozenset(NOT_PLAYED)
"""What a scan of a folder looks at; all else is passed over without a word."""

MARKS: Final = (
    (bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c"), ".wma"),
    (b"MAC ", ".ape"),
    (b"wvpk", ".wv"),
    (b"MThd", ".mid"),
    (bytes.fromhex("1a45dfa3"), ".webm"),
)
"""How files begin that are often given another name."""


class NotMusic(ValueError):
    """A file that cannot be played; its text says why, in words for the screen."""


class TooLoud(ValueError):
    """Samples far beyond full scale."""


def for_decoder(path: Path) -> str | bytes:
    """A file's name as the decoder takes it, also where it is no text."""
    return str(path) if os.name == "nt" else os.fsencode(path)


def unplayable(path: Path) -> str:
    """Why a file cannot be read, in words for the screen; its name is the beginning."""
    try:
        if path.is_dir():
            return f"{path.name} is a folder"
        if not path.exists():
            return f"{path.name} is not there"
        if path.stat().st_size == 0:
            return f"{path.name} is empty"
    except (OSError, ValueError):
        return f"{path.name} cannot be read"
    known = NOT_PLAYED.get(path.suffix.lower()) or NOT_PLAYED.get(disguised(path))
    return (
        f"{path.name} {known}"
        if known
        else f"{path.name} cannot be read as music; it is damaged, or something else"
    )


def too_loud(path: Path) -> str:
    """Of a file that holds more than a playlist can say, or than anybody may hear."""
    return f"{path.name} is far louder than any music; it is damaged"


def failed(path: Path, why: Exception) -> str:
    """Of a file at which the program itself failed: its own trouble, so that the others are looked at."""
    what = f"{type(why).__name__}: {why}"
    return f"{path.name} cannot be looked at: the program has failed ({what}); please report this"


def disguised(path: Path) -> str:
    """The usual ending of what is in a file and is not played, whatever its name; '' if it is played."""
    try:
        with path.open("rb") as file:
            head = file.read(16)
            file.seek(after_tags(file))
            sound = file.read(8)
            file.seek(max(0, _adts_bytes(sound) - len(sound)), os.SEEK_CUR)
            is_adts = _adts_bytes(sound) > 0 and _adts_bytes(file.read(8)) > 0
    except OSError:
        return ""
    if is_adts:
        return ".aac"
    if head[4:8] == b"ftyp":
        return ".m4p" if head[8:12] == b"M4P " else ".m4a"
    return next((ending for mark, ending in MARKS if head.startswith(mark)), "")


def _adts_bytes(head: bytes) -> int:
    """How long a frame of bare AAC is; 0 if this begins none. An MP3's never has these bits."""
    if len(head) < 8 or head[0] != 0xFF or head[1] & 0xF6 != 0xF0:
        return 0
    size = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
    return size if size > 8 else 0
