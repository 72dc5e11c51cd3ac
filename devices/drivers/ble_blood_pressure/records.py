"""Blood Pressure Records 0x2B36: kept readings of version 1.1, each in one message or in several.

| field             | bytes | content                                                     |
|-------------------|-------|-------------------------------------------------------------|
| segment           | 1     | bit 0 first, bit 1 last, bits 2..7 counter                  |
| number            | 2     | of the record                                               |
| UUID              | 2     | what it holds: 0x2A35 or 0x2B34                             |
| value             | n     | that payload, or a piece of it                              |
| check sum         | 2     | if the features say so                                      |

Pieces are put together only if their counters follow each other and number and UUID are the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from devices.ieee11073 import Fields

_HEAD: Final = 5
_FIRST, _LAST = 1, 2
VALUE_MOST: Final = 512


@dataclass(frozen=True, slots=True)
class Record:
    """A whole record; `value` is empty while pieces are missing."""

    number: int
    uuid: int
    value: bytes = b""


class Records:
    """Puts the pieces of one record together."""

    def __init__(self) -> None:
        self._begun: Record | None = None
        self._counter = 0

    def clear(self) -> None:
        """Forget a record that has begun."""
        self._begun = None

    def take(self, data: bytes) -> Record | None:
        """Take a message without check sum: the record, as far as it is known; None if it fits nothing."""
        fields = Fields(data)
        segment = fields.word(1)
        told = Record(fields.word(), fields.word(), data[_HEAD:])
        counter, begun = segment >> 2, self._begun
        self._begun = None
        if not told.value:
            return None
        if not segment & _FIRST:
            follows = begun is not None and counter == (self._counter + 1) & 0x3F
            if not follows or begun is None or (begun.number, begun.uuid) != (told.number, told.uuid):
                return None
            told = Record(told.number, told.uuid, begun.value + told.value)
        if segment & _LAST:
            return told
        if len(told.value) > VALUE_MOST:
            return None
        self._begun, self._counter = told, counter
        return Record(told.number, told.uuid)
