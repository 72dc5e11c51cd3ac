"""A Bluetooth device's own clock: read, set where the device wants that, and used to date its readings.

A device has it as Date Time 0x2A08, inside its measurement's service (A&D), or as Current Time 0x2A2B (Omron
and the standard). It may be wrong by years. But a time stamp is of the same clock, so what the clock says now
tells the age of a reading without anybody having to trust it. Setting it makes a second clock of it: readings
taken before keep the old one's stamps, and a reading is old only if it is old by every clock heard.

Refusals to be set are daily life (ATT error 0x80: some fields ignored), so each step is optional.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from devices import gatt, ieee11073
from devices.protocol import GattAction, GattStep
from kapmonitor.model import DeviceEvent, FaultKind

DATE_TIME: Final = gatt.uuid16(0x2A08)
CURRENT_TIME: Final = gatt.uuid16(0x2A2B)

OLD_S: Final = 180.0
"""A device advertises for up to a minute after a measurement that took up to a minute, and its stamp may be
cut to the minute; what is older by its own clock is from before."""
AHEAD_S: Final = 60.0
"""A stamp further ahead of its clock than this was made before the clock was set back."""
SAME_S: Final = 5.0
"""Two readings of a clock that differ by no more than this are of one clock."""
CLOCKS_MOST: Final = 4
_SIZES: Final = {DATE_TIME: ieee11073.DATE_TIME_SIZE, CURRENT_TIME: ieee11073.CURRENT_TIME_SIZE}
_SETTERS: Final = {DATE_TIME: ieee11073.date_time_of, CURRENT_TIME: ieee11073.current_time_of}
_ZERO: Final = datetime(2000, 1, 1)  # noqa: DTZ001 - the device's clock has no zone


def reading_steps() -> tuple[GattStep, ...]:
    """Ask what time it is."""
    return tuple(GattStep(GattAction.READ, uuid, optional=True) for uuid in _SIZES)


def setting_steps() -> tuple[GattStep, ...]:
    """Ask what time it is, set the clock, and ask again; Omron's cuffs first tell it of their own accord."""
    steps = [GattStep(GattAction.SUBSCRIBE, CURRENT_TIME, optional=True)]
    for uuid, setter in _SETTERS.items():
        read = GattStep(GattAction.READ, uuid, optional=True)
        steps += [read, GattStep(GattAction.WRITE, uuid, optional=True, clock=setter), read]
    return tuple(steps)


class DeviceClock:
    """What one device's clock said on this connection."""

    def __init__(self) -> None:
        self._ahead_s: list[float] = []

    def opened(self) -> None:
        """A new connection: nothing has been heard of the clock."""
        self._ahead_s.clear()

    def receive(self, uuid: str, data: bytes, t_ns: int) -> list[DeviceEvent]:
        """Take a value of a clock, which says nothing if it was never set; any other UUID is ignored."""
        size = _SIZES.get(uuid)
        if size is None:
            return []
        if len(data) != size:
            return [gatt.fault(FaultKind.LENGTH, data, t_ns)]
        said = ieee11073.date_time(data[: ieee11073.DATE_TIME_SIZE])
        if said is not None:
            ahead_s = _seconds(said) - t_ns / 1e9
            known = any(abs(ahead_s - other) <= SAME_S for other in self._ahead_s)
            if not known and len(self._ahead_s) < CLOCKS_MOST:
                self._ahead_s.append(ahead_s)
        return []

    def is_old(self, device_time: str, t_ns: int) -> bool:
        """Whether a reading of that stamp, received at `t_ns`, was taken well before; False if unknown."""
        if not self._ahead_s:
            return False
        ages_s = (ahead_s + t_ns / 1e9 - _seconds(device_time) for ahead_s in self._ahead_s)
        return not any(-AHEAD_S <= age_s <= OLD_S for age_s in ages_s)


def _seconds(text: str) -> float:
    return (datetime.fromisoformat(text) - _ZERO).total_seconds()
