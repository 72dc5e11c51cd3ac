"""What Bluetooth health devices share: UUIDs, the Battery and Device Information services, alerts.

Battery Level 0x2A19 is one byte, 0 to 100 percent. The Device Information strings are UTF-8, often with NULs
or spaces behind them. Both are asked for after the measurement is subscribed, as some devices soon hang up.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from devices.protocol import GattAction, GattStep
from kapmonitor import mdc
from kapmonitor.model import (
    Absent,
    AlertKind,
    DeviceAlert,
    DeviceEvent,
    DeviceIdentified,
    Fault,
    FaultKind,
    Measured,
    Metric,
    Observation,
    Validity,
)

ATT_MAX_SIZE: Final = 512
"""No attribute of any device is longer."""
LOW_BATTERY_PERCENT: Final = 10
_BASE: Final = "-0000-1000-8000-00805f9b34fb"
_FAULT_HEAD: Final = 32
_TEXT_MAX: Final = 80


def uuid16(short: int) -> str:
    """The 128-bit text of a 16-bit assigned number."""
    return f"{short:08x}{_BASE}"


BATTERY_LEVEL: Final = uuid16(0x2A19)
MODEL: Final = uuid16(0x2A24)
SERIAL: Final = uuid16(0x2A25)
FIRMWARE: Final = uuid16(0x2A26)
MANUFACTURER: Final = uuid16(0x2A29)
_FIELDS: Final = {MANUFACTURER: "manufacturer", MODEL: "model", SERIAL: "serial", FIRMWARE: "firmware"}

BATTERY: Final = Metric(mdc.BATTERY, "Battery")
COMMON_STEPS: Final = (
    *(GattStep(GattAction.READ, uuid, optional=True) for uuid in _FIELDS),
    GattStep(GattAction.READ, BATTERY_LEVEL, optional=True),
    GattStep(GattAction.SUBSCRIBE, BATTERY_LEVEL, optional=True),
)
"""What to ask any device for, once its measurement is subscribed."""


def fault(kind: FaultKind, data: bytes, t_ns: int, size: int | None = None) -> Fault:
    """`data` became no value, or only `size` bytes of it did not; its head is kept as hex."""
    return Fault(kind, t_ns, len(data) if size is None else size, data[:_FAULT_HEAD].hex())


def text(data: bytes) -> str:
    """A Device Information string without padding; bytes that are no text become U+FFFD."""
    decoded = data[:ATT_MAX_SIZE].decode("utf-8", "replace").split("\0", 1)[0].strip()
    return "".join(c for c in decoded if c.isprintable())[:_TEXT_MAX]


class Alerts:
    """The conditions a device has raised; turns levels into changes."""

    def __init__(self) -> None:
        self._present: dict[AlertKind, str] = {}

    def set(self, kind: AlertKind, present: bool, t_ns: int, detail: str = "") -> list[DeviceAlert]:
        """The change to report, if it is one."""
        if present == (kind in self._present) and (not present or self._present[kind] == detail):
            return []
        if present:
            self._present[kind] = detail
        else:
            del self._present[kind]
        return [DeviceAlert(kind, present, t_ns, detail)]

    def withdraw_all(self, t_ns: int) -> list[DeviceAlert]:
        """Take everything back: a lost link says nothing about the sensor."""
        return [alert for kind in list(self._present) for alert in self.set(kind, False, t_ns)]


class CommonServices:
    """Battery and Device Information of one device.

    The identity is collected and told as one event: with the last of its strings, or with the next other
    value, or when the connection ends, as any string may be missing.
    """

    def __init__(self) -> None:
        self._identity: DeviceIdentified | None = None
        self._battery = Alerts()

    def receive(self, uuid: str, data: bytes, t_ns: int) -> list[DeviceEvent]:
        """Take a value of these services; any other UUID only completes the identity."""
        field = _FIELDS.get(uuid)
        if field is None:
            return [*self.identity(), *(self._level(data, t_ns) if uuid == BATTERY_LEVEL else ())]
        self._identity = replace(self._identity or DeviceIdentified(t_ns), t_ns=t_ns, **{field: text(data)})
        return self.identity() if uuid == FIRMWARE else []

    def worn_at(self, location: str, t_ns: int) -> None:
        """Note where the sensor is worn, to be told with the rest of the identity."""
        self._identity = replace(self._identity or DeviceIdentified(t_ns), t_ns=t_ns, location=location)

    def identity(self) -> list[DeviceEvent]:
        """What has been collected and not yet told."""
        known, self._identity = self._identity, None
        return [known] if known else []

    def _level(self, data: bytes, t_ns: int) -> list[DeviceEvent]:
        if len(data) != 1:
            return [fault(FaultKind.LENGTH, data, t_ns)]
        percent = data[0]
        if percent > 100:
            return [Observation(BATTERY, t_ns, Absent(Validity.INVALID, float(percent)))]
        low = percent <= LOW_BATTERY_PERCENT
        return [
            Observation(BATTERY, t_ns, Measured(float(percent))),
            *self._battery.set(AlertKind.LOW_BATTERY, low, t_ns),
        ]
