"""Which format a file is of, by how it begins, and the recording in it."""

from __future__ import annotations

import hashlib
import stat
from pathlib import Path
from typing import Final

from kapmonitor.errors import ImportRefused
from kapmonitor.foreign import edffile, fromcsv, fromedf, fromvital
from kapmonitor.foreign.keeping import Origin
from kapmonitor.foreign.mapping import Mapping
from kapmonitor.foreign.recording import Recording, Tell

GZIP: Final = b"\x1f\x8b"
_BLOCK: Final = 1 << 20
_READERS: Final = {"vital": fromvital.read, "edf": fromedf.read, "csv": fromcsv.read}
FORMATS: Final = tuple(_READERS)


def read(path: Path, kind: str, mapping: Mapping, tell: Tell) -> Recording:
    """What the file holds; `kind` is one of FORMATS, or empty to look how it begins."""
    return _READERS[kind or _kind(path)](path, mapping, tell)


def _kind(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(8)
    if not head:
        raise ImportRefused(str(path), "is empty")
    if head[:2] == GZIP:
        return fromvital.FORMAT
    if head in (edffile.MAGIC, edffile.BDF):
        return fromedf.FORMAT
    if head.startswith(b"SQLite "):
        raise ImportRefused(
            str(path), "is a record of this program, or another database; open it with replay"
        )
    return fromcsv.FORMAT


def origin_of(path: Path, mapping: Mapping, tell: Tell) -> Origin:
    """The file's name, digest and size; ImportRefused if it is no file that can be read."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise ImportRefused(str(path), "is a folder or a device, not a file")
        digest, size, done = hashlib.sha256(), path.stat().st_size, 0
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                digest.update(block)
                done += len(block)
                tell(min(1.0, done / max(1, size)))
    except (OSError, ValueError) as why:
        said = why.strerror if isinstance(why, OSError) else why
        raise ImportRefused(str(path), f"cannot be read ({said})") from why
    return Origin(path, digest.hexdigest(), done, mapping.toml)
