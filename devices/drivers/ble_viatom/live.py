"""What an O2 ring says of its wearer and of itself: the payloads of its replies.

Numbers alone (0x17, 13 bytes): 0 SpO2 %, 1 pulse, 7 battery %, 8 charging, 9 motion, 10 perfusion in tenths
of a percent, 11 whether it is worn. Numbers and wave (0x1B): 0 SpO2 %, 1-2 pulse, 3 battery %, 4 charging,
6 whether it is worn, 10-11 number of wave bytes, 12 on the wave, 125 a second. The others are not known; of
byte 5 of 0x1B it is disputed whether it is the perfusion or the motion.

The wave points down; 156 marks a beat and is no sample.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

NUMBERS_SIZE: Final = 13
BEAT: Final = 156
TOP: Final = 200
"""The drawn wave is 100 - v / 2, told in halves."""
_WAVE_AT: Final = 12


@dataclass(frozen=True, slots=True)
class Live:
    """One reply; `worn` is the state as sent, 0 not worn, 1 worn. Perfusion in percent, None where unsaid."""

    spo2: int
    pulse: int
    battery: int
    charging: int
    worn: int
    perfusion: float | None = None
    motion: int | None = None
    wave: bytes = b""


@dataclass(frozen=True, slots=True)
class Info:
    """Who the ring says it is."""

    model: str
    serial: str
    firmware: str


def numbers(payload: bytes) -> Live | None:
    """The payload of an answer to 0x17; None if its length is wrong."""
    if len(payload) != NUMBERS_SIZE:
        return None
    return Live(
        spo2=payload[0],
        pulse=payload[1],
        battery=payload[7],
        charging=payload[8],
        worn=payload[11],
        perfusion=payload[10] / 10,
        motion=payload[9],
    )


def numbers_and_wave(payload: bytes) -> Live | None:
    """The payload of an answer to 0x1B; None if its length is not what it says."""
    if len(payload) < _WAVE_AT or len(payload) != _WAVE_AT + int.from_bytes(payload[10:12], "little"):
        return None
    return Live(
        spo2=payload[0],
        pulse=int.from_bytes(payload[1:3], "little"),
        battery=payload[3],
        charging=payload[4],
        worn=payload[6],
        wave=payload[_WAVE_AT:],
    )


def upright(wave: bytes, before: int | None) -> list[int]:
    """The samples as drawn, in halves; a beat mark becomes the mean of what is beside it.

    `before` is the last sample of the reply before, as drawn.
    """
    samples: list[int | None] = [None if value == BEAT else TOP - value for value in wave]
    return [value if value is not None else _between(samples, at, before) for at, value in enumerate(samples)]


def info(payload: bytes) -> Info | None:
    """The payload of an answer to 0x14; None if it is not the JSON object it should be."""
    try:
        told = json.loads(payload.decode("utf-8", "replace").strip("\0 \r\n"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict):
        return None
    return Info(*(str(told.get(key, ""))[:80] for key in ("Model", "SN", "SoftwareVer")))


def _between(samples: Sequence[int | None], at: int, before: int | None) -> int:
    left = next((value for value in reversed(samples[:at]) if value is not None), before)
    right = next((value for value in samples[at + 1 :] if value is not None), None)
    known = [value for value in (left, right) if value is not None]
    return round(sum(known) / len(known)) if known else TOP - BEAT
