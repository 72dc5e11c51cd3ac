"""How a serial line is set: the driver's settings, changed by those of a DEVICE text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeVar

from devices.address import DeviceAddress, yes_no
from devices.protocol import SerialLink
from kapmonitor.errors import AddressError

LINE_OPTIONS: Final = ("baud", "bytesize", "parity", "stopbits", "rtscts")
"""Options of a DEVICE text that set the line; all others are the driver's."""

BAUDS: Final = range(50, 4_000_001)

_BYTESIZES: Final = {"5": 5, "6": 6, "7": 7, "8": 8}
_PARITIES: Final = {"N": "N", "E": "E", "O": "O", "M": "M", "S": "S"}
_STOPBITS: Final[dict[str, float]] = {"1": 1, "1.5": 1.5, "2": 2}

Value = TypeVar("Value")


def line_settings(line: SerialLink, address: DeviceAddress) -> SerialLink:
    """The settings to open the port with; AddressError if the DEVICE text asks for something impossible."""
    return SerialLink(
        baud=_baud(address, line.baud),
        bytesize=_choice(address, "bytesize", _BYTESIZES, line.bytesize),
        parity=_choice(address, "parity", _PARITIES, line.parity),
        stopbits=_choice(address, "stopbits", _STOPBITS, line.stopbits),
        rtscts=_rtscts(address, default=line.rtscts),
        silence_s=line.silence_s,
    )


def _baud(address: DeviceAddress, default: int) -> int:
    given = address.option("baud")
    if given is None:
        return default
    if not given.isascii() or not given.isdigit() or int(given) not in BAUDS:
        raise AddressError(str(address), f"baud is a number from {BAUDS[0]} to {BAUDS[-1]}, not '{given}'")
    return int(given)


def _choice(address: DeviceAddress, key: str, choices: Mapping[str, Value], default: Value) -> Value:
    given = address.option(key)
    if given is None:
        return default
    if given.upper() not in choices:
        raise AddressError(str(address), f"{key} is one of {', '.join(choices)}, not '{given}'")
    return choices[given.upper()]


def _rtscts(address: DeviceAddress, *, default: bool) -> bool:
    given = address.option("rtscts")
    if given is None:
        return default
    try:
        return yes_no(given)
    except ValueError:
        raise AddressError(str(address), f"rtscts is yes or no, not '{given}'") from None
