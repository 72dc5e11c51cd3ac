"""Which drivers a serial line is searched for, each with the options under which it may know the device.

A driver whose option `format` has choices is tried with each of them: what its devices send differs. With a
format that nobody has chosen it only listens, as it might ask the device to change its own.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from devices.address import DeviceAddress, driver_options
from devices.protocol import DriverSpec, OptionValue, SerialLink, WireProtocol
from devices.transport.line import LINE_OPTIONS, line_settings
from kapmonitor.errors import AddressError
from kapmonitor.model import Fault

FORMAT: Final = "format"
NOISE: Final = random.Random(1).randbytes(256)  # noqa: S311 reproducible, not secret
RADIO: Final = re.compile(r"(?i)[0-9a-f]{2}(:[0-9a-f]{2}){5}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""Bluetooth addresses, and what stands for them on macOS."""
LineKey = tuple[int, int, str, float, bool]
COMPLAINS: Final = 0.5
"""A driver that takes more of NOISE than this without a Fault would recognise anything."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One driver; `options` are those of the DEVICE text that would choose it, `link` its usual line."""

    spec: DriverSpec
    link: SerialLink
    options: tuple[tuple[str, str], ...] = ()
    may_ask: bool = True

    @property
    def id(self) -> str:
        return self.spec.id

    def protocol(self) -> WireProtocol:
        """A new protocol that has heard nothing, with the driver's defaults: only `format` is chosen."""
        values: dict[str, OptionValue] = {option.name: option.default for option in self.spec.options}
        values.update((key, value) for key, value in self.options if key == FORMAT)
        protocol = self.spec.protocol(values)
        if not isinstance(protocol, WireProtocol):
            raise TypeError(f"driver {self.id} has a serial link but no WireProtocol")
        return protocol

    @property
    def lines(self) -> tuple[SerialLink, ...]:
        """The settings its devices are made or set up with, the usual one first."""
        return (self.link, *self.link.also)

    def device(self, address: DeviceAddress, line: SerialLink) -> DeviceAddress:
        """The DEVICE text for it at this address, with what of `line` is not the driver's usual setting."""
        assert isinstance(self.spec.link, SerialLink)  # noqa: S101 only serial drivers are candidates
        return DeviceAddress(self.id, address.address, (*self.options, *_differing(line, self.spec.link)))


def candidates(specs: Iterable[DriverSpec], address: DeviceAddress) -> tuple[Candidate, ...]:
    """All serial drivers that can be recognised; options of the DEVICE text go to those that know them.

    A driver that does not take the value of an option is none of them. AddressError for what nobody takes,
    and for an address of Bluetooth, where devices say themselves what they are.
    """
    if RADIO.fullmatch(address.address):
        raise AddressError(
            str(address), "only serial ports are searched; kapmonitor devices scan finds these"
        )
    serial = [spec for spec in specs if isinstance(spec.link, SerialLink)]
    found = tuple(entry for spec in serial for entry in _of(spec, address))
    taken = {pair for entry in found for pair in entry.options}
    for pair in address.options:
        if pair[0] not in LINE_OPTIONS and pair not in taken:
            raise AddressError(str(address), f"no serial driver takes the option {pair[0]}={pair[1]}")
    return tuple(entry for entry in found if _complains(entry))


def _of(spec: DriverSpec, address: DeviceAddress) -> list[Candidate]:
    if not isinstance(spec.link, SerialLink):
        return []
    link = _set(spec.link, address)
    names = {option.name: option for option in spec.options}
    given = tuple(pair for pair in address.options if pair[0] in names)
    try:
        spec.protocol(driver_options(DeviceAddress(spec.id, address.address, given), spec.options))
    except Exception:  # noqa: BLE001 a driver may be anybody's, and says in its own way what it does not take
        return []
    usual = str(names[FORMAT].default) if FORMAT in names else None
    if FORMAT in dict(given):
        return [Candidate(spec, link, given, may_ask=dict(given)[FORMAT] == usual)]
    others = [str(choice) for choice in names[FORMAT].choices] if FORMAT in names else []
    return [
        Candidate(spec, link, given),
        *(
            Candidate(spec, link, (*given, (FORMAT, choice)), may_ask=False)
            for choice in others
            if choice != usual
        ),
    ]


def _set(link: SerialLink, address: DeviceAddress) -> SerialLink:
    """The driver's settings, as far as the DEVICE text leaves them free."""
    lines = [line_settings(line, address) for line in (link, *link.also)]
    first, *others = unlike(lines)
    return SerialLink(
        first.baud, first.bytesize, first.parity, first.stopbits, first.rtscts, link.silence_s, tuple(others)
    )


def unlike(lines: Sequence[SerialLink]) -> list[SerialLink]:
    """Each setting once, in order."""
    return list({key(line): line for line in reversed(lines)}.values())[::-1]


def key(line: SerialLink) -> LineKey:
    """What makes two settings the same."""
    return line.baud, line.bytesize, line.parity, line.stopbits, line.rtscts


def _differing(line: SerialLink, usual: SerialLink) -> list[tuple[str, str]]:
    out: list[tuple[str, str]] = []
    for word in LINE_OPTIONS:
        value = getattr(line, word)
        if value != getattr(usual, word):
            out.append((word, ("yes" if value else "no") if isinstance(value, bool) else f"{value}"))
    return out


def _complains(candidate: Candidate) -> bool:
    """Whether noise becomes Faults: without that, nothing can be concluded from a driver's silence."""
    try:
        protocol = candidate.protocol()
        protocol.opened(0)
        events = [*protocol.receive(NOISE, 1), *protocol.closed(2)]
    except Exception:  # noqa: BLE001 a driver may be anybody's
        return False
    wasted = sum(event.size for event in events if isinstance(event, Fault))
    return wasted >= COMPLAINS * len(NOISE)
