"""A stand-in for the driver of a device that nobody has a driver for yet: its bytes are kept, not read.

Used as `raw@PORT?baud=...` where bytes alone are recorded. It sends nothing, and is never tried on a device
that is looked for, as it would fit every line.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from devices.protocol import DriverSpec, Evidence, Options, SerialLink
from devices.registry import Registry
from kapmonitor.model import AlertKind, DeviceAlert, DeviceEvent


class Raw:
    """Implements WireProtocol."""

    def __init__(self, options: Options) -> None:
        """There are no options."""
        self.deadline_ns: int | None = None

    def opened(self, t_ns: int) -> None:
        """Nothing is held."""

    def receive(self, data: bytes, t_ns: int) -> list[DeviceEvent]:
        # Something has to come of bytes for the link to count as live; "no message" changes nothing.
        return [DeviceAlert(AlertKind.DEVICE_MESSAGE, False, t_ns)]

    def closed(self, t_ns: int) -> list[DeviceEvent]:
        return []

    def data_to_send(self) -> bytes:
        return b""

    def on_deadline(self, now_ns: int) -> list[DeviceEvent]:
        return []


RAW: Final = DriverSpec(
    id="raw",
    label="Unknown device",
    vendor="any",
    link=SerialLink(baud=9600, silence_s=3.0),
    metrics=(),
    protocol=Raw,
    evidence=Evidence("manual", ("nothing is read",)),
)


def with_raw(registry: Registry) -> Registry:
    """The same drivers, and this one for who asks for it by name."""
    return replace(registry, by_name=(*registry.by_name, RAW))
