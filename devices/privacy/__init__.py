"""What is taken out of a device's bytes before they leave the house: who it is, whose it is, and when it was.

Lengths and check sums stay right, so that a driver makes the same numbers of the bytes as before. A device's
own times are moved, all by the same amount, so that their order and what lies between them stay. What a
driver's table does not know stays in; `policy` says so in words for people.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from devices.privacy import bluetooth, lines, monitors
from devices.privacy.blank import Blank, Cleaner, Entry, packets, zeroed
from kapmonitor.model import Direction

SHORTEST_SECRET: Final = 6
"""A shorter serial number would be found by chance among numbers that are readings."""
_ADDRESS: Final = re.compile(r"[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}")


@dataclass(frozen=True, slots=True)
class Policy:
    """How one driver's line is cleaned, and in words what that removes and what may stay in."""

    removed: tuple[str, ...] = ()
    may_remain: tuple[str, ...] = ()
    received: Blank | None = None
    sent: Blank | None = None


_SERIAL, _CLOCK = "serial number", "the device's date and time (moved)"
_DAMAGED: Final = ("what damaged frames hold",)
_NAMELESS: Final = Policy()
"""As far as is known, nothing in these protocols tells who or when."""
_BLUETOOTH: Final = Policy((_SERIAL, "system id", "names", _CLOCK), ("which user of the device it was",))
_CUFF: Final = Policy(_BLUETOOTH.removed, (*_BLUETOOTH.may_remain, "dates in readings sent in pieces"))
UNKNOWN: Final = Policy(
    (), ("whatever the device says of itself, its clock and its user: no table knows these bytes",)
)

POLICIES: Final[dict[str, Policy]] = {
    "masimo": Policy((_SERIAL, _CLOCK), _DAMAGED, lines.MASIMO),
    "nellcor": Policy((_CLOCK,), _DAMAGED, lines.NELLCOR),
    "nonin": Policy((_SERIAL, _CLOCK), _DAMAGED, lines.NONIN, lines.NONIN_SENT),
    "suntech": Policy((_SERIAL, "lot", "number of cycles"), _DAMAGED, lines.SUNTECH),
    "maibobo": Policy((_CLOCK,), _DAMAGED, lines.MAIBOBO),
    "contec": Policy(("user's name", "dates of stored measurements"), _DAMAGED, lines.CONTEC),
    "ge-dri": Policy(
        (_CLOCK, "the monitor's number", "body surface area", "records that were not asked for"),
        ("texts of the monitor's alarms", *_DAMAGED),
        monitors.GE_DRI,
    ),
    "intellivue": Policy(
        (
            _CLOCK,
            "bed label, system id and all else the monitor says of itself but its model",
            "patient data",
        ),
        ("texts of the monitor's alarms", "labels that were given to channels", *_DAMAGED),
        monitors.INTELLIVUE,
    ),
    "berry-pm6750": _NAMELESS,
    "dinamap": _NAMELESS,
    "ivy-450c": _NAMELESS,
    "par-nibp2020": _NAMELESS,
    "ble-berry": _BLUETOOTH,
    "ble-blood-pressure": _CUFF,
    "ble-heart-rate": _BLUETOOTH,
    "ble-pulse-oximeter": _BLUETOOTH,
    "ble-thermometer": _BLUETOOTH,
    "ble-nonin": _BLUETOOTH,
    "ble-polar-ecg": _BLUETOOTH,
    "ble-viatom": _BLUETOOTH,
}
"""By driver id."""


def policy(driver: str) -> Policy:
    """What is known of a driver's bytes."""
    return POLICIES.get(driver, UNKNOWN)


def clean(driver: str, entries: Iterable[Entry], secrets: Iterable[str] = ()) -> Iterator[Entry]:
    """The entries of a capture without what the driver's table names, and without these texts.

    `secrets` are serial numbers, addresses and the like, of which those too short to be told from readings
    are passed over. They are replaced wherever they stand; a check sum over them is then wrong.
    """
    first = _passed(entries, Cleaner(_table(policy(driver))))
    hidden = _hidden(secrets)
    return first if hidden is None else _passed(first, Cleaner(lambda _direction, _channel: hidden))


def _passed(entries: Iterable[Entry], cleaner: Cleaner) -> Iterator[Entry]:
    for entry in entries:
        yield from cleaner.feed(entry)
    yield from cleaner.finish()


def _table(known: Policy) -> Callable[[Direction, str], Blank | None]:
    def blank_for(direction: Direction, channel: str) -> Blank | None:
        if channel:
            return bluetooth.COMMON.get(channel)
        return known.received if direction is Direction.IN else known.sent

    return blank_for


def _hidden(secrets: Iterable[str]) -> Blank | None:
    """What replaces all spellings of these; None if there is nothing to replace."""
    spellings: set[bytes] = set()
    texts: set[bytes] = set()
    for secret in secrets:
        if _ADDRESS.fullmatch(secret):
            raw = bytes.fromhex(secret.replace(":", ""))
            spellings |= {raw, raw[::-1]}
            texts |= {word.encode() for text in (secret, secret.replace(":", "")) for word in _cases(text)}
        elif len(secret.strip()) >= SHORTEST_SECRET:
            texts |= {word.encode() for word in _cases(secret.strip())}
    spellings |= texts
    if not spellings:
        return None
    longest_first = sorted(spellings, key=lambda spelling: (-len(spelling), spelling))
    pattern = b"|".join(map(re.escape, longest_first))
    most = len(longest_first[0])
    return packets(pattern, most, lambda found, _: zeroed(found) if found in texts else bytes(len(found)))


def _cases(text: str) -> tuple[str, str, str]:
    return text, text.upper(), text.lower()
