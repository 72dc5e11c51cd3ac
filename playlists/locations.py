"""Where a playlist of another program says that a file is, and how ours says it. Local files only."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote_to_bytes, urlsplit

SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):(?!\\)")
"""One letter before the colon is a disk of Windows."""
DISK: Final = re.compile(r"/[A-Za-z]:/")


def from_uri(uri: str) -> str:
    """The file that a URI, absolute or relative, names; raises ValueError, in words, where it is not one."""
    text = uri.strip()
    _refuse_remote(text)
    parts = urlsplit(text)
    if parts.netloc not in ("", "localhost"):
        raise ValueError(f"only files of this computer can be played, not {uri[:80]}")
    file = os.fsdecode(unquote_to_bytes(parts.path))
    return file[1:] if DISK.match(file) else file


def from_line(line: str) -> str:
    """The file that a line of an M3U or PLS file names: a path, or a file URI."""
    text = line.strip()
    if text.lower().startswith("file:"):
        return from_uri(text)
    _refuse_remote(text)
    # Playlists travel from Windows with its separators; there a name cannot hold one.
    return text.replace("\\", "/") if os.sep == "/" and not text.startswith("/") else text


def to_uri(path: Path, base: Path) -> str:
    """A file as XSPF names it: relative where it lies below the playlist's folder."""
    if path.is_relative_to(base):
        relative = path.relative_to(base).as_posix()
        # The dot keeps a colon in the first name from being read as a scheme.
        return quote(os.fsencode(f"./{relative}"))
    return f"file://{quote(os.fsencode(_rooted(path.absolute().as_posix())))}"


def _rooted(path: str) -> str:
    return path if path.startswith("/") else f"/{path}"


def _refuse_remote(text: str) -> None:
    scheme = SCHEME.match(text)
    if scheme is not None and scheme[1].lower() != "file":
        raise ValueError(f"only files of this computer can be played, not {text[:80]}")
