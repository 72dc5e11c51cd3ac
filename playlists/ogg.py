"""Whether an Ogg file holds several pieces one after the other: decoders play the first and stop there."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO, Final

MARK: Final = b"OggS\0"
HEAD_BYTES: Final = 27
LONGEST_PAGE: Final = 65_307
MOST_STREAMS: Final = 64
_BEGINS: Final = 2


def has_several(path: Path) -> bool:
    """Whether its last page is of a stream that did not begin at the file's beginning.

    OSError where it cannot be read.
    """
    with path.open("rb") as file:
        first = _streams(file)
        end = file.seek(0, 2)
        file.seek(max(0, end - 2 * LONGEST_PAGE))
        tail = file.read()
    at = tail.rfind(MARK, 0, max(0, len(tail) - HEAD_BYTES + len(MARK)))
    return at >= 0 and bool(first) and tail[at + 14 : at + 18] not in first


def _streams(file: BinaryIO) -> set[bytes]:
    """The numbers of the streams that begin before any of them has sound."""
    found: set[bytes] = set()
    while len(found) < MOST_STREAMS:
        head = file.read(HEAD_BYTES)
        if len(head) < HEAD_BYTES or not head.startswith(MARK) or not head[5] & _BEGINS:
            break
        found.add(head[14:18])
        file.seek(sum(file.read(head[26])), 1)
    return found
