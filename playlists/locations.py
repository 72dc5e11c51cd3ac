"""Where a playlist of another program says that a file is, and how ours says it. Local files only."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote_to_bytes, urljoin, urlsplit

from playlists.model import Elsewhere

SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):")
"""One letter before the colon is a disk of Windows."""
WEB: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
"""In a line of a plain list, where a colon alone may be part of a name."""
DISK: Final = re.compile(r"[A-Za-z]:[\\/]")
ODD: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
LONGEST: Final = 4_096
"""Of a file's path, in characters: no system knows longer ones."""
SHOWN: Final = 80

NO_FILE: Final = "the playlist names no file for it"
ODD_NAME: Final = "its file's name holds a line break or a character that is not seen; give it another name"
LONG_NAME: Final = "its file's name is longer than a name can be"


def from_uri(uri: str, folder: Path, base: str = "") -> str | Elsewhere:
    """The file that a URI names, absolute or relative to `base`; without one, to the playlist's `folder`."""
    text = uri.strip()
    if not text:
        return Elsewhere("", NO_FILE, "")
    try:
        whole = joined(base, text) if base else text
        return _remote(whole) or _named(_path(whole, folder))
    except ValueError:
        return Elsewhere(text, f"{text[:SHOWN]} is not the address of a file", text)


def from_line(line: str, folder: Path) -> str | Elsewhere:
    """The file that a line of an M3U or PLS file names: a path, or a file URI."""
    text = line.strip()
    if re.match("file:/", text, re.IGNORECASE):
        return from_uri(text, folder)
    if WEB.match(text):
        return _not_here(text)
    # Playlists travel from Windows with its separators; there a name cannot hold one.
    return _named(text.replace("\\", "/") if os.sep == "/" and not text.startswith("/") else text)


def joined(base: str, uri: str) -> str:
    """A URI as it is meant below a base; ValueError where one of them is none."""
    if SCHEME.match(uri) or DISK.match(uri):
        return uri
    scheme = SCHEME.match(base)
    name = scheme[1] if scheme else ""
    # Python joins only what it knows, and a base that it does not know is none on this computer either.
    return name + urljoin(f"http{base[len(name) :]}", uri).removeprefix("http")


def odd_name(file: str) -> str:
    """Why a file of this name is left out, in words; empty if it is not."""
    if len(file) > LONGEST:
        return LONG_NAME
    return ODD_NAME if ODD.search(file) else ""


def to_uri(path: Path, base: Path | None) -> str:
    """A file as XSPF names it: relative where it lies in or below the playlist's folder."""
    real = _without_dots(path.absolute())
    relative = None if base is None else _below(real, base)
    # The dot keeps a colon in the first name from being read as a scheme.
    return folder_uri(real) if relative is None else quote(os.fsencode(f"./{relative}"))


def folder_uri(path: Path) -> str:
    """An absolute path as a URI."""
    name = path.absolute().as_posix()
    return f"file://{quote(os.fsencode(name if name.startswith('/') else f'/{name}'))}"


def _named(file: str) -> str | Elsewhere:
    why = odd_name(file)
    return Elsewhere(file[:LONGEST], why) if why else file


def _remote(text: str) -> Elsewhere | None:
    scheme = SCHEME.match(text)
    if scheme is not None and scheme[1].lower() != "file":
        return _not_here(text)
    return None if urlsplit(text).netloc.lower() in ("", "localhost") else _not_here(text)


def _not_here(text: str) -> Elsewhere:
    return Elsewhere(text, f"only files of this computer can be played, not {text[:SHOWN]}", text)


def _path(uri: str, folder: Path) -> str:
    """Some programs write ? and # as they stand in a name, where in a URI they end it."""
    if DISK.match(uri):
        return uri.replace("\\", "/")
    plain = _decoded(urlsplit(uri).path)
    if not re.search("[?#]", uri):
        return plain
    whole = _decoded(re.sub(r"^(file:)?(//[^/]*)?", "", uri, flags=re.IGNORECASE))
    return plain if _is_file(folder / plain) and not _is_file(folder / whole) else whole


def _decoded(text: str) -> str:
    file = os.fsdecode(unquote_to_bytes(text))
    return file[1:] if file.startswith("/") and DISK.match(file[1:]) else file


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _below(path: Path, folder: Path) -> str | None:
    """The path as seen from the folder, if it lies in or below it, also by way of links to folders."""
    if path.is_relative_to(folder):
        return path.relative_to(folder).as_posix()
    try:
        real, base = Path(os.path.realpath(path.parent), path.name), Path(os.path.realpath(folder))
    except (OSError, ValueError):
        return None
    return real.relative_to(base).as_posix() if real.is_relative_to(base) else None


def _without_dots(path: Path) -> Path:
    """Two dots after a link to a folder lead where the system says, not where the words do."""
    if ".." not in path.parts:
        return path
    try:
        return Path(os.path.realpath(path.parent), path.name)
    except (OSError, ValueError):
        return path
