"""A few seconds of every driver's device, taken down between the driver and its simulator, for the kit.

The simulators' encoders are written apart from the drivers; frames that somebody printed come with them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache

import gatt_peers
import published
from drivers import load

from devices.sim.patient import Patient, Traits
from devices.sim.scenario import Bedside
from devices.sim.serve import build
from devices.testing import GattSample, Sample, Talk, converse, converse_gatt, defaults

BEGIN_NS = 1_800_000_000_000
"""The patient's time at which a talk begins."""
OWN_KEY_S = 90.0


@dataclass(frozen=True, slots=True)
class Taken:
    """How a talk is taken down: how long, of which format, and whether a checksum protects every value."""

    seconds: float
    form: str = ""
    checked: bool = True
    options: dict[str, str | int | float | bool] = field(default_factory=dict)
    cuffs_s: tuple[float, ...] = ()
    own_key: bool = True


UNCHECKED = {
    "nonin df1": "three bytes told apart by their first bits",
    "nonin ascii": "plain text",
    "contec new": "no checksum: bit 7 alone tells where a packet begins",
    "contec old": "the same",
    "ivy-450c": "no checksum: frames are told by their length and text",
    "masimo": "plain text",
    "nellcor": "plain text",
    "par-nibp2020": "cuff pressures are plain text",
}
"""Formats in which noise can become a value, as nothing in them tells."""

TALKS: dict[str, tuple[Taken, ...]] = {
    "suntech": (Taken(55), Taken(60, cuffs_s=(6.0,), own_key=False)),
    "nonin": (
        Taken(4, "df2"),
        Taken(4, "df7"),
        Taken(12, "df1", checked=False),
        Taken(12, "ascii", checked=False),
    ),
    "contec": (Taken(4, "new", checked=False), Taken(4, "old", checked=False)),
    "berry-pm6750": (
        Taken(3),
        Taken(55, options={"ecg": False}, cuffs_s=(2.0,)),
    ),
    "ge-dri": (Taken(8, "carescape"), Taken(50, "s5", options={"waves": "pleth"})),
    "ivy-450c": (Taken(3, checked=False),),
    "intellivue": (Taken(6), Taken(20, options={"waves": False})),
    "masimo": (Taken(4, checked=False),),
    "dinamap": (
        Taken(55, "ascii"),
        Taken(60, "ascii", cuffs_s=(6.0,), own_key=False),
        Taken(3, "pro-1000", options={"format": "pro-1000"}),
    ),
    "par-nibp2020": (Taken(55, checked=False), Taken(60, checked=False, cuffs_s=(6.0,), own_key=False)),
    "maibobo": (Taken(55), Taken(60, cuffs_s=(6.0,), own_key=False)),
    "nellcor": (Taken(7, checked=False),),
}


def room(seed: int = 4) -> Bedside:
    """A quiet bedside."""
    return Bedside(Patient(seed, Traits(dips=False)))


@cache
def samples(driver: str) -> tuple[Sample | Talk | GattSample, ...]:
    """All samples of one driver: its simulator's, then what somebody printed."""
    if load().get(driver).transport == "ble":
        found = (*_gatt_talks(driver), *_printed_gatt(driver))
        pieces, checked = driver in gatt_peers.PIECES, driver not in gatt_peers.UNCHECKED
        return tuple(replace(sample, pieces=pieces, checked=checked) for sample in found)
    return (*(_talk(driver, taken) for taken in TALKS[driver]), *_printed(driver))


def _talk(driver: str, taken: Taken) -> Talk:
    name = f"{driver}?format={taken.form}" if taken.form else driver
    peer = build(name, room(), OWN_KEY_S if taken.own_key else None)
    return converse(
        load().get(driver),
        peer,
        taken.seconds,
        f"{taken.form} {taken.seconds} s{', cuff started by the host' if taken.cuffs_s else ''}".strip(),
        checked=taken.checked,
        options=taken.options,
        cuffs_s=taken.cuffs_s,
        peer_ns=BEGIN_NS,
    )


def _gatt_talks(driver: str) -> list[GattSample]:
    found = []
    for seconds, options in gatt_peers.TALKS[driver]:
        peer, name = gatt_peers.peer(driver, room()), f"{seconds} s"
        spec = load().get(driver)
        found.append(converse_gatt(spec, peer, seconds, name, options=options, peer_ns=BEGIN_NS))
    return found


def _printed(driver: str) -> list[Sample]:
    """Printed frames of which a number comes, one sample for all of one set of options."""
    by_options: dict[str, list[published.Frame]] = {}
    for frame in _frames(driver):
        by_options.setdefault(repr(sorted(frame.options.items())), []).append(frame)
    checked = all(taken.checked for taken in TALKS[driver])
    return [
        Sample(f"printed {key}", b"".join(f.data for f in found), checked, found[0].options)
        for key, found in by_options.items()
    ]


def _printed_gatt(driver: str) -> list[GattSample]:
    """None of devices that speak only when asked: printed answers to nothing are no talk."""
    if driver in gatt_peers.PIECES:
        return []
    return [GattSample(f"printed {f.name}", f.messages, options=f.options) for f in _frames(driver)]


def _frames(driver: str) -> list[published.Frame]:
    if driver not in published.drivers():
        return []
    told = [f for f in published.frames(driver) if any(_is_number(line) for line in f.expect)]
    return [f for f in told if f.data or f.messages]


def _is_number(line: dict[str, object]) -> bool:
    return line["kind"] in {"numeric", "wave"} and line.get("value") is not None


__all__ = ["BEGIN_NS", "TALKS", "UNCHECKED", "defaults", "room", "samples"]
