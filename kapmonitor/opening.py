"""What a session is to begin with, and the events that open its record."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from devices.raw import with_raw
from devices.registry import Registry, load
from kapmonitor import __version__
from kapmonitor.alarms.limits import LimitSet
from kapmonitor.annunciation import Sound
from kapmonitor.clock import Clock
from kapmonitor.members import Member, Unknown, members, unknown
from kapmonitor.model import GenerationMode
from kapmonitor.protocol.read import Protocol
from kapmonitor.session.care_events import ProtocolSet
from kapmonitor.session.events import SessionStarted, Stamped


@dataclass(frozen=True, slots=True)
class Person:
    """Who the session is for, as far as the console needs to know."""

    record_number: str = ""
    initials: str = ""
    session: int = 1
    of: int = 1


@dataclass(frozen=True, slots=True)
class Plan:
    """All that a session needs to begin."""

    path: Path
    devices: tuple[str, ...]
    limits: LimitSet
    mode: GenerationMode = GenerationMode.REAL
    person: Person = Person()
    speed: float = 1.0
    look: tuple[str, ...] = ()
    """Addresses to look at, besides the serial ports and Bluetooth, when somebody looks for devices."""
    protocol: Protocol | None = None
    """How the clinic runs a session; None where nobody does, as in a recording."""
    sound: Sound | None = None
    """How alarms are heard; None where nobody is in front of this computer to hear them."""
    keep_awake: bool = True
    """Ask the system not to sleep by itself while the session is open."""
    wire_only: bool = False
    """Keep what crossed the wires and nothing that was made of it; `raw` is then a driver, too."""
    backup: Path | None = None
    """A second folder, on another disk, for copies of the record; where it goes on if its own disk fails."""
    ledger: Path | None = None
    """The file that holds the heads of this computer's records, besides the one beside the record."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a session's DEVICE texts came to: devices, places where one is to be found, known drivers."""

    registry: Registry
    members: tuple[Member, ...]
    unknown: tuple[Unknown, ...]


def second_folder(plan: Plan) -> Path | None:
    """The plan's other folder; None where that is the one that the record is in."""
    same = plan.backup is not None and plan.backup.resolve() == plan.path.parent.resolve()
    return None if same else plan.backup


def what_is_given(plan: Plan) -> Given:
    """AddressError or DriverLoadError names the first DEVICE text that cannot be used."""
    registry = with_raw(load()) if plan.wire_only else load()
    return Given(registry, members(plan.devices, registry), unknown(plan.devices, registry))


def started_event(plan: Plan, clock: Clock) -> Stamped:
    """The event that opens a record, stamped now."""
    local = datetime.now().astimezone()
    offset = local.utcoffset()
    event = SessionStarted(
        session=uuid.uuid4().hex,
        mode=plan.mode.value,
        software=f"kapmonitor {__version__}",
        utc_ns=clock.utc_ns(),
        utc_offset_min=round(offset.total_seconds() / 60) if offset is not None else 0,
        zone=local.tzname() or "",
        person=plan.person.record_number,
        initials=plan.person.initials,
        number=plan.person.session,
        of=plan.person.of,
    )
    return Stamped(clock.now_ns(), event)


def protocol_event(protocol: Protocol) -> ProtocolSet:
    """The protocol for the record."""
    return ProtocolSet(protocol.name, protocol.signed_by, protocol.signed_on, protocol.example, protocol.toml)
