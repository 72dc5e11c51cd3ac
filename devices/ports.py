"""The serial ports of this computer, and which drivers their adapters make likely."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from devices.protocol import DriverSpec, SerialLink

BY_ID: Final = Path("/dev/serial/by-id")
"""Where Linux keeps names that stay the same whichever socket an adapter is plugged into."""


@dataclass(frozen=True, slots=True)
class Port:
    """A port: its name, what the system calls it, and what its USB adapter says of itself.

    `by_id` is a name that stays the same, empty where the system has none.
    """

    device: str
    description: str = ""
    vid: int | None = None
    pid: int | None = None
    serial_number: str = ""
    by_id: str = ""

    @property
    def usb_id(self) -> tuple[int, int] | None:
        return None if self.vid is None or self.pid is None else (self.vid, self.pid)


def list_ports() -> tuple[Port, ...]:
    """All ports that are there now, by name."""
    from serial.tools import list_ports as pyserial

    names = stable_names(BY_ID)
    ports = [
        Port(
            device=info.device,
            description=_said(info.description),
            vid=info.vid,
            pid=info.pid,
            serial_number=info.serial_number or "",
            by_id=names.get(os.path.realpath(info.device), ""),
        )
        for info in pyserial.comports()
    ]
    return tuple(sorted(ports, key=lambda port: port.device))


def stable_names(folder: Path) -> dict[str, str]:
    """The names in a folder of links, by the real path each leads to."""
    try:
        links = sorted(folder.iterdir())
    except OSError:
        return {}
    return {os.path.realpath(link): str(link) for link in links}


def _said(description: str | None) -> str:
    return "" if description in {None, "n/a"} else str(description)


def likely(port: Port | None, specs: Iterable[DriverSpec]) -> tuple[DriverSpec, ...]:
    """The serial drivers whose devices have an adapter of this kind; none if that is not known."""
    if port is None or port.usb_id is None:
        return ()
    return tuple(spec for spec in specs if isinstance(spec.link, SerialLink) and port.usb_id in spec.usb_ids)


def ranked(port: Port | None, specs: Iterable[DriverSpec]) -> tuple[DriverSpec, ...]:
    """All serial drivers, those first that are likely at this port."""
    serial = [spec for spec in specs if isinstance(spec.link, SerialLink)]
    first = {spec.id for spec in likely(port, serial)}
    return tuple(sorted(serial, key=lambda spec: spec.id not in first))


def find(address: str, ports: Iterable[Port]) -> Port | None:
    """The port that an address names, by whichever of its names."""
    return next((port for port in ports if os.path.realpath(port.device) == os.path.realpath(address)), None)


def likely_at(address: str, specs: Iterable[DriverSpec]) -> tuple[str, ...]:
    """The ids of the drivers that are likely at an address; none if it is no port of this computer."""
    if "://" in address:
        return ()
    return tuple(spec.id for spec in likely(find(address, list_ports()), specs))
