"""A stretch of one device's link out of a record: bytes and states of the link, one after the other.

Works on any record, also on one that is interrupted or still being written, and holds one row at a time.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import Final, TypeVar

from kapmonitor.model import Direction, LinkChanged, LinkProblem, LinkState, WireChunk
from kapmonitor.record.reader import ALWAYS, RecordReader
from kapmonitor.session.codec import decode
from kapmonitor.session.doses import first_dose_ns
from kapmonitor.session.events import (
    DeviceAdded,
    DeviceIdentity,
    DoseAmended,
    DoseGiven,
    LinkEvent,
    SessionStarted,
    Stamped,
)

Entry = WireChunk | LinkChanged
E = TypeVar("E", SessionStarted, DoseGiven, DoseAmended, DeviceAdded, DeviceIdentity, LinkEvent)

_OF_TYPE: Final = "SELECT t_ns, type, version, body FROM event WHERE type = ? ORDER BY seq"
_SIZES: Final = "SELECT device, direction, sum(length(data)) FROM wire GROUP BY device, direction"
_WIRE: Final = (
    "SELECT t_ns, direction, channel, data FROM wire WHERE device = ? AND t_ns >= ? AND t_ns < ? ORDER BY id"
)


@dataclass(frozen=True, slots=True)
class WireDevice:
    """A device of a record, what it said it is, and how many bytes came from it and went to it.

    `serials` are all serial numbers that were heard under its id.
    """

    id: str
    driver: str
    label: str
    address: str
    received: int
    sent: int
    identity: DeviceIdentity
    serials: frozenset[str]


@dataclass(frozen=True, slots=True)
class Session:
    """What of a session a cut has to know. `dose_t_ns` is the first dose's time, None before one."""

    started: SessionStarted
    started_t_ns: int
    dose_t_ns: int | None


def session_of(reader: RecordReader) -> Session | None:
    """How the record began; None if nothing of that can be read."""
    started = next(_events(reader, SessionStarted), None)
    if started is None:
        return None
    given = (Stamped(t_ns, event) for t_ns, event in _events(reader, DoseGiven))
    amended = (Stamped(t_ns, event) for t_ns, event in _events(reader, DoseAmended))
    return Session(started[1], started[0], first_dose_ns(chain(given, amended)))


def wire_devices(reader: RecordReader) -> tuple[WireDevice, ...]:
    """The devices of a record in the order in which they were added."""
    sizes: dict[tuple[str, str], int] = {}
    with reader.reading() as connection:
        for device, direction, size in connection.execute(_SIZES):
            sizes[device, direction] = int(size or 0)
    added = {event.device: event for _, event in _events(reader, DeviceAdded)}
    for device, _ in sizes:
        added.setdefault(device, DeviceAdded(device, "", device, ""))
    return tuple(_wire_device(reader, event, sizes) for event in added.values())


def _wire_device(reader: RecordReader, added: DeviceAdded, sizes: dict[tuple[str, str], int]) -> WireDevice:
    said = DeviceIdentity(added.device, "", "", "", "")
    serials: set[str] = set()
    for _, event in _events(reader, DeviceIdentity):
        if event.device == added.device:
            serials.add(event.serial)
            said = replace(
                said,
                manufacturer=event.manufacturer or said.manufacturer,
                model=event.model or said.model,
                serial=event.serial or said.serial,
                firmware=event.firmware or said.firmware,
            )
    return WireDevice(
        id=added.device,
        driver=added.driver,
        label=added.label,
        address=added.address,
        received=sizes.get((added.device, Direction.IN.value), 0),
        sent=sizes.get((added.device, Direction.OUT.value), 0),
        identity=said,
        serials=frozenset(serials - {""}),
    )


def entries(
    reader: RecordReader, device: str, t0_ns: int = ALWAYS[0], t1_ns: int = ALWAYS[1]
) -> Iterator[Entry]:
    """What crossed a device's link with t0_ns <= t_ns < t1_ns, in order."""
    return heapq.merge(
        _chunks(reader, device, t0_ns, t1_ns), _links(reader, device, t0_ns, t1_ns), key=_place
    )


def _place(entry: Entry) -> tuple[int, int]:
    """Of what has one time: a link is opened before bytes come; all else it becomes after they came."""
    if isinstance(entry, WireChunk):
        return entry.t_ns, 1
    return entry.t_ns, 0 if entry.state is LinkState.CONNECTING else 2


def _chunks(reader: RecordReader, device: str, t0_ns: int, t1_ns: int) -> Iterator[WireChunk]:
    with reader.reading() as connection:
        for t_ns, direction, channel, data in connection.execute(_WIRE, (device, t0_ns, t1_ns)):
            yield WireChunk(t_ns, Direction(direction), data, channel)


def _links(reader: RecordReader, device: str, t0_ns: int, t1_ns: int) -> Iterator[LinkChanged]:
    for t_ns, event in _events(reader, LinkEvent):
        if event.device == device and t0_ns <= t_ns < t1_ns:
            with reader.reading():
                change = LinkChanged(LinkState(event.state), t_ns, LinkProblem(event.problem))
            yield change


def _events(reader: RecordReader, kind: type[E]) -> Iterator[tuple[int, E]]:
    with reader.reading() as connection:
        for t_ns, type_, version, body in connection.execute(_OF_TYPE, (kind.TYPE,)):
            event = decode(type_, version, body)
            if isinstance(event, kind):
                yield t_ns, event
