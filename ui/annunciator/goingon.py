"""Whether another console goes on with the session of the one that is gone: then its record grows again."""

from __future__ import annotations

from pathlib import Path
from typing import Final

LOG: Final = "-wal"
"""What a record's newest entries are in until they are moved into its file."""


class GoingOn:
    """Looks at the record of a console that is gone; where there is none it never says yes."""

    def __init__(self, record: str) -> None:
        self._files: tuple[Path, ...] = ()
        self._left: tuple[tuple[int, int], ...] | None = None
        self.follow(record)

    def follow(self, record: str) -> None:
        """The record is this file from now on."""
        self._files = (Path(record), Path(record + LOG)) if record else ()
        self._left = None

    def look(self) -> bool:
        """Whether something was written since the first look."""
        now = tuple(_written(file) for file in self._files)
        if self._left is None:
            self._left = now
        return now != self._left


def _written(file: Path) -> tuple[int, int]:
    try:
        found = file.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size
