"""Whether a device is still the one that was adopted; pure.

A device is bound by what it said of itself when it was adopted: model, serial number, firmware. What it did
not say then is bound when it first says it. A cable or a radio address may stay the same while the device
behind it is another one; then its values must not pass for this person's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from kapmonitor.model import DeviceIdentified


@dataclass(frozen=True, slots=True)
class Bound:
    """What a device is known by; `waiting` is what answers in its place until somebody confirms it."""

    known: DeviceIdentified | None = None
    waiting: DeviceIdentified | None = None

    def heard(self, said: DeviceIdentified) -> Bound:
        """After the device said what it is."""
        if self.known is None:
            return Bound(said)
        if differs(self.known, said):
            return Bound(self.known, said)
        return Bound(_filled(self.known, said))

    def confirmed(self) -> Bound:
        """After somebody said that the one that answers now is right."""
        return Bound(self.waiting or self.known)


def differs(known: DeviceIdentified, said: DeviceIdentified) -> bool:
    """Whether two statements cannot be of one device; what one of them leaves out says nothing."""
    pairs = (
        (known.serial, said.serial),
        (known.manufacturer, said.manufacturer),
        (known.model, said.model),
        (known.firmware, said.firmware),
    )
    return any(before and after and before != after for before, after in pairs)


def name(said: DeviceIdentified | None) -> str:
    """`Nonin Xpod · serial 00413`, as much of it as is known."""
    if said is None:
        return ""
    model = " ".join(part for part in (said.manufacturer, said.model) if part)
    parts = (model, f"serial {said.serial}" if said.serial else "", said.firmware if not said.serial else "")
    return " · ".join(part for part in parts if part)


def _filled(known: DeviceIdentified, said: DeviceIdentified) -> DeviceIdentified:
    return replace(
        known,
        serial=known.serial or said.serial,
        manufacturer=known.manufacturer or said.manufacturer,
        model=known.model or said.model,
        firmware=known.firmware or said.firmware,
        location=said.location or known.location,
    )
