"""What the host can ask of the monitor; nothing here acts on the patient or changes a setting."""

from __future__ import annotations

from collections.abc import Sequence
from struct import Struct
from typing import Final

from devices.drivers.ge_dri.frames import END_OF_PARTS, HEADER, HEADER_SIZE, PART, frame

PHYSIOLOGICAL, WAVEFORMS, ALARMS = 0, 1, 4
"""Main types of records."""

REQUEST, DISPLAYED, AUXILIARY = 0, 1, 4
"""Parts of physiological records; a request has type 0 in all records."""

DIFFERENTIAL, LEAVE = 2, 3
"""Alarm status now, then at each change; and no more of it."""

_VALUES: Final = Struct("<BhIh")
_WAVES: Final = Struct("<hh24s4x")
_ALARMS: Final = Struct("<6h")
_START, _STOP = 0, 1


def values(part: int, interval_s: int, level: int = 0, classes: int = 0) -> bytes:
    """Send displayed values or auxiliary info every `interval_s` seconds, at least 5; 0 ends it.

    `classes` 0 is the basic class alone; bits 1 to 3 add the extended ones.
    """
    return _request(PHYSIOLOGICAL, _VALUES.pack(part, interval_s, classes, 0), level)


def waves(types: Sequence[int], level: int = 0) -> bytes:
    """Send these waves, at most 23, in place of those asked for before; none ends it."""
    listed = bytes([*types, END_OF_PARTS])
    return _request(WAVEFORMS, _WAVES.pack(_START if types else _STOP, 0, listed), level)


def alarms(level: int = 0, command: int = DIFFERENTIAL) -> bytes:
    """Send the alarm status now and at each change, or leave it."""
    return _request(ALARMS, _ALARMS.pack(command, 0, 0, 0, 0, 0), level)


def _request(main_type: int, body: bytes, level: int) -> bytes:
    header = HEADER.pack(HEADER_SIZE + len(body), 0, level, 0, 0, 0, 0, 0, main_type)
    parts = PART.pack(0, REQUEST) + PART.pack(0, END_OF_PARTS)
    return frame((header + parts).ljust(HEADER_SIZE, b"\0") + body)
