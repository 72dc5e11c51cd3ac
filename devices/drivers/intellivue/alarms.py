"""The monitor's own alarms: whether there are any, told when that changes.

What their codes mean is in a table we do not have; they are passed on as numbers for the record.
"""

from __future__ import annotations

import struct
from functools import reduce
from operator import or_

from devices.drivers.intellivue.apdu import Attributes, Malformed
from devices.gatt import Alerts
from kapmonitor.model import AlertKind, DeviceAlert

KINDS = {0x0902: AlertKind.DEVICE_ALARM, 0x0904: AlertKind.DEVICE_MESSAGE}
"""Attributes: patient alarms and technical alarms."""

INHIBITED, SUSPENDED, SILENCED = 0x8000, 0x4000, 0x1000
TEST, STANDBY, DEMO = 0x0400, 0x0200, 0x0100
_NOT_SOUNDING = INHIBITED | SUSPENDED | TEST | STANDBY
_HUSHED = {INHIBITED: "inhibited", SUSPENDED: "suspended", SILENCED: "silenced"}
"""Ways in which an alarm that stands is kept from being heard."""

MOST_TOLD = 8
"""Codes named in one alert's detail."""

_ALARM = struct.Struct(">HHHH6xHH")


def take(alerts: Alerts, attributes: Attributes, t_ns: int) -> list[DeviceAlert]:
    """What the alarm lists of one object change; Malformed if a list contradicts itself."""
    out: list[DeviceAlert] = []
    states = 0
    for attribute, kind in KINDS.items():
        if (value := attributes.get(attribute)) is not None:
            listed = _listed(value)
            sounding = sorted({text for state, text in listed if not state & _NOT_SOUNDING})
            out += alerts.set(kind, bool(sounding), t_ns, ", ".join(sounding[:MOST_TOLD]))
            states |= reduce(or_, (state for state, _ in listed), 0)
    if attributes.keys() & KINDS.keys():
        hushed = [word for bit, word in _HUSHED.items() if states & bit]
        out += alerts.set(AlertKind.ALARM_SILENCED, bool(hushed), t_ns, ", ".join(hushed))
    return out


def _listed(value: bytes) -> list[tuple[int, str]]:
    """State and text of every alarm in a list."""
    count, size = struct.unpack_from(">HH", value)
    if 4 + size > len(value):
        raise Malformed("alarms")
    at = 4
    found: list[tuple[int, str]] = []
    for _ in range(count):
        source, code, kind, state, _, info = _ALARM.unpack_from(value, at)
        at += _ALARM.size + info
        if at > 4 + size:
            raise Malformed("alarms")
        shown = " (demonstration)" if state & DEMO else ""
        found.append((state, f"source {source:04X} code {code:04X} type {kind:04X}{shown}"))
    return found
