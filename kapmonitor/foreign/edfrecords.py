"""The data records of an EDF file, read when they are asked for.

A map of the file into memory would be simpler, and would end the program with the disk that the file is on.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from kapmonitor.errors import ImportRefused
from kapmonitor.foreign.recording import Words

NEAR_WORDS: Final = 2_048
"""So much of other signals is read along rather than passed over."""
AT_ONCE_WORDS: Final = 1 << 19


@dataclass(frozen=True, slots=True)
class DataRecords:
    """`count` of them, of `words` 16-bit numbers each, from the byte `begin` of the file on."""

    path: Path
    begin: int
    words: int
    count: int

    def __len__(self) -> int:
        return self.count

    def column(self, first: int, stop: int, at: int, size: int) -> Words:
        """The words `at` to `at + size` of the records `first` to `stop`, shape (stop - first, size).

        ImportRefused if the file has become shorter or can no longer be read.
        """
        found: Words = np.empty((stop - first, size), "<i2")
        at_once = max(1, AT_ONCE_WORDS // self.words) if self.words - size <= NEAR_WORDS else 1
        rows = np.empty((at_once, self.words), "<i2")
        try:
            with self.path.open("rb", buffering=0) as file:
                for record in range(first, stop, at_once):
                    count = min(at_once, stop - record)
                    wanted = rows.reshape(-1)[: (count - 1) * self.words + size]
                    file.seek(self.begin + 2 * (record * self.words + at))
                    if file.readinto(wanted.data) != wanted.nbytes:
                        raise ImportRefused(str(self.path), "became shorter while it was read")
                    found[record - first : record - first + count] = rows[:count, :size]
        except OSError as why:
            raise ImportRefused(str(self.path), f"can no longer be read ({why.strerror or why})") from why
        return found
