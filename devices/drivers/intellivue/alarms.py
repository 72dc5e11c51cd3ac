"""The monitor's own alarms: whether there are any, told when that changes.

What their codes mean is in a table we do not have; they are passed on as numbers for the record.
"""

from __future__ import annotations

import struct

from devices.drivers.intellivue.apdu import Attributes, Malformed
from kapmonitor.model import AlertKind, DeviceAlert

KINDS = {0x0902: AlertKind.DEVICE_ALARM, 0x0904: AlertKind.DEVICE_MESSAGE}
"""Attributes: patient alarms and technical alarms."""

INHIBITED, SUSPENDED, TEST, STANDBY = 0x8000, 0x4000, 0x0400, 0x0200
_NOT_SOUNDING = INHIBITED | SUSPENDED | TEST | STANDBY

MOST_TOLD = 8
"""Codes named in one alert's detail."""

_ALARM = struct.Struct(">HHHH6xHH")


class Alerts:
    """Conditions that hold; a change of what is told of one counts as a change too."""

    def __init__(self) -> None:
        self._present: dict[AlertKind, str] = {}

    def clear(self) -> None:
        """Nothing is known to hold."""
        self._present.clear()

    def set(self, kind: AlertKind, present: bool, t_ns: int, detail: str = "") -> list[DeviceAlert]:
        """The change to report, if it is one."""
        if not present:
            gone = self._present.pop(kind, None)
            return [] if gone is None else [DeviceAlert(kind, False, t_ns)]
        if self._present.get(kind) == detail:
            return []
        self._present[kind] = detail
        return [DeviceAlert(kind, True, t_ns, detail)]

    def take(self, attributes: Attributes, t_ns: int) -> list[DeviceAlert]:
        """What the alarm lists of one object change; Malformed if a list contradicts itself."""
        out: list[DeviceAlert] = []
        for attribute, kind in KINDS.items():
            if (value := attributes.get(attribute)) is not None:
                sounding = sorted(set(_sounding(value)))
                out += self.set(kind, bool(sounding), t_ns, ", ".join(sounding[:MOST_TOLD]))
        return out


def _sounding(value: bytes) -> list[str]:
    """The alarms of a list that are neither inhibited, suspended, a test nor on standby."""
    count, size = struct.unpack_from(">HH", value)
    if 4 + size > len(value):
        raise Malformed("alarms")
    at, found = 4, []
    for _ in range(count):
        source, code, kind, state, _, info = _ALARM.unpack_from(value, at)
        at += _ALARM.size + info
        if at > 4 + size:
            raise Malformed("alarms")
        if not state & _NOT_SOUNDING:
            found.append(f"source {source:04X} code {code:04X} type {kind:04X}")
    return found
