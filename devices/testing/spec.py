"""Whether what is said of a driver is complete and of the right form."""

from __future__ import annotations

import re

from devices.protocol import (
    BleLink,
    CuffControl,
    DriverOption,
    DriverSpec,
    GattProtocol,
    SerialLink,
    WireProtocol,
)
from devices.testing.parts import defaults, demand, make

LEVELS = ("manual", "capture", "device")
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def check_spec(spec: DriverSpec) -> None:
    """What the driver says of itself is complete and of the right form."""
    demand(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", spec.id), spec, "id: small letters, digits, hyphens")
    demand(spec.label and spec.vendor, spec, "label and vendor are missing")
    demand(spec.metrics, spec, "no metrics")
    _check_evidence(spec)
    _check_link(spec)
    names = [option.name for option in spec.options]
    demand(len(set(names)) == len(names), spec, "two options have one name")
    for option in spec.options:
        _check_option(spec, option)
    protocol = make(spec)
    right = isinstance(protocol, WireProtocol) == isinstance(spec.link, SerialLink)
    demand(right and isinstance(protocol, GattProtocol), spec, "the protocol does not fit the link")
    demand(all(command.name and command.help for command in spec.commands), spec, "a command without a word")
    if isinstance(protocol, CuffControl):
        named = any(command.on_patient for command in spec.commands)
        demand(named, spec, "a driver that starts a cuff lists its commands that act on a person")


def _check_evidence(spec: DriverSpec) -> None:
    evidence = spec.evidence
    demand(evidence.level in LEVELS, spec, f"evidence: the level is one of {LEVELS}")
    known = evidence.documents or evidence.vectors or evidence.captures
    demand(known, spec, "evidence: neither documents nor vectors nor captures")
    demand(
        evidence.captures or evidence.level == "manual", spec, f"evidence: {evidence.level} without captures"
    )
    demand(evidence.gaps or not spec.beta, spec, "evidence: the gaps do not say on what it was never tried")
    texts = (*evidence.documents, *evidence.vectors, *evidence.captures, *evidence.gaps)
    demand(all(texts), spec, "evidence: an empty text")


def _check_link(spec: DriverSpec) -> None:
    if isinstance(spec.link, BleLink):
        known = spec.link.services or spec.link.name_prefixes
        demand(known, spec, "link: neither services nor names to recognise it by")
        demand(
            all(map(UUID.fullmatch, spec.link.services)), spec, "link: services are 128-bit, small letters"
        )
        return
    for link in (spec.link, *spec.link.also):
        demand(link.baud > 0 and link.silence_s > 0 and link.parity in "NEOMS", spec, f"link: {link}")
    demand(not any(link.also for link in spec.link.also), spec, "link: other settings have none of their own")


def _check_option(spec: DriverSpec, option: DriverOption) -> None:
    fits = not option.choices or option.default in option.choices
    demand(
        fits and option.help, spec, f"option {option.name}: the default is none of the choices, or no help"
    )
    tried = option.choices or ((True, False) if isinstance(option.default, bool) else (option.default,))
    for value in tried:
        make(spec, {**defaults(spec), option.name: value})
