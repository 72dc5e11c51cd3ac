"""The simulated WristOx2's ear: commands in, answers out.

A command is 02, a letter of its own, how many bytes follow, these bytes, 03. Told something, the oximeter
says 06 for yes and 15 for no; asked something, it repeats the letter with its top bit set and says what it
knows in the same frame.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

YES, NO = b"\x06", b"\x15"
LONGEST: Final = 20
CLOCK_AT_START: Final = datetime(2024, 1, 31, 12, 0, 0)  # noqa: DTZ001 the device knows no time zone
FORMATS_BY_NUMBER: Final = {1: "df1", 2: "df2", 7: "df7"}


class Ear:
    """Hears commands; `choose` is called with the name of the format that was asked for."""

    def __init__(self, serial: str, choose: Callable[[str], None]) -> None:
        self._serial = serial
        self._choose = choose
        self._heard = b""
        self._clock_zero = CLOCK_AT_START

    def hear(self, data: bytes, t_ns: int) -> bytes:
        """What the oximeter answers to all commands that are now complete."""
        self._heard = (self._heard + data)[-4 * LONGEST :]
        said = b""
        while (start := self._heard.find(b"\x02")) >= 0:
            self._heard = self._heard[start:]
            if len(self._heard) < 3:
                return said
            length = self._heard[2]
            if length <= LONGEST and len(self._heard) < length + 4:
                return said
            if length > LONGEST or self._heard[length + 3] != 3:
                self._heard = self._heard[1:]
                continue
            letter, told = self._heard[1], self._heard[3 : length + 3]
            self._heard = self._heard[length + 4 :]
            said += self._obey(letter, told, t_ns / 1e9)
        return said

    def _obey(self, letter: int, told: bytes, t_s: float) -> bytes:
        match letter, len(told):
            case 0x70, 2 | 4:
                return self._format(told)
            case 0x72, 0:
                return _framed(0xF2, self._clock(t_s))
            case 0x72, 6:
                return self._set_clock(told, t_s)
            case 0x74, 2:
                return _framed(0xF4, b"\x02" + self._serial.encode("ascii"))
            case _:
                return NO

    def _format(self, told: bytes) -> bytes:
        good = len(told) == 2 or (told[2] & 1 and told[3] == (0x70 + 4 + told[0] + told[1] + told[2]) % 256)
        name = FORMATS_BY_NUMBER.get(told[1])
        if told[0] != 2 or not good or name is None:
            return NO
        self._choose(name)
        return YES

    def _clock(self, t_s: float) -> bytes:
        now = self._clock_zero + timedelta(seconds=t_s)
        return bytes([now.year - 2000, now.month, now.day, now.hour, now.minute, now.second])

    def _set_clock(self, told: bytes, t_s: float) -> bytes:
        try:
            told_time = datetime(2000 + told[0], *told[1:])  # noqa: DTZ001
        except ValueError:
            return NO
        self._clock_zero = told_time - timedelta(seconds=t_s)
        return _framed(0xF2, self._clock(t_s))


def _framed(letter: int, what: bytes) -> bytes:
    return bytes([2, letter, len(what)]) + what + b"\x03"
