"""What most emulated devices offer beside their measurement: battery, device information, a clock to set."""

from __future__ import annotations

import struct
from datetime import UTC, datetime, timedelta
from typing import Final

from devices.sim.ble import frames
from devices.sim.ble.peripheral import Name, Readable, Value
from kapmonitor.clock import Clock

BATTERY: Final = 0x180F
INFORMATION: Final = 0x180A
SERIAL: Final = 0x2A25
DATE_TIME: Final = 0x2A08
OUT_OF_RANGE: Final = 0xFF
"""ATT error for a time that is none."""
OLD: Final = (timedelta(days=1), timedelta(hours=3), timedelta(minutes=20))
"""How long ago the readings were taken that a device still has in its memory."""


def services(model: str, serial: str, battery: int) -> dict[Name, dict[Name, bytes]]:
    """The Battery and Device Information services of an emulated device."""
    return {
        BATTERY: {0x2A19: bytes([battery])},
        INFORMATION: {
            0x2A29: b"kapmonitor",
            0x2A24: f"Emulated {model}".encode(),
            SERIAL: serial.encode(),
            0x2A26: b"1.0",
        },
    }


def with_serial(readable: Readable, serial: str | None) -> Readable:
    """The same, with another serial number."""
    if serial is None:
        return readable
    return {**readable, INFORMATION: {**readable[INFORMATION], SERIAL: serial.encode()}}


class OwnClock:
    """A device's wall clock, without zone: right until it is set, and then whatever it was set to."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ahead = timedelta()

    def now(self) -> datetime:
        """To the second."""
        utc = datetime.fromtimestamp(self._clock.utc_ns() // 1_000_000_000, UTC)
        return utc.replace(tzinfo=None) + self._ahead

    def read(self) -> bytes:
        """As Date Time."""
        return frames.date_time(self.now())

    def set(self, data: bytes) -> int | None:
        """Take a Date Time; the ATT error if it is none."""
        try:
            when = datetime(*struct.unpack("<H5B", data))  # noqa: DTZ001 - a clock without zone
        except (struct.error, ValueError):
            return OUT_OF_RANGE
        self._ahead += when - self.now()
        return None


def own_clock(clock: OwnClock, readable: Readable, service: Name) -> dict[Name, dict[Name, Value]]:
    """What can be read, with the clock in that service as A&D has it."""
    all_of_it: dict[Name, dict[Name, Value]] = {uuid: dict(values) for uuid, values in readable.items()}
    all_of_it[service][DATE_TIME] = clock.read
    return all_of_it
