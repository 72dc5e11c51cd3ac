"""What a record that was not closed holds, for the session that goes on with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kapmonitor.alarms.limits import LimitSet, parse
from kapmonitor.alarms.takeup import worth_recalling
from kapmonitor.errors import ConfigError, RecordDamaged, RecordError, RecordLocked
from kapmonitor.model import ChannelKey, CuffReading
from kapmonitor.protocol import read as protocol_module
from kapmonitor.protocol.read import Protocol
from kapmonitor.record.items import NumericRow
from kapmonitor.record.reader import ALWAYS, RecordReader
from kapmonitor.record.stories import Stories
from kapmonitor.record.view import RecordView
from kapmonitor.session.events import (
    ChannelDescribed,
    ClockAnchored,
    ComputerBoot,
    LimitsSet,
    SessionResumed,
    SessionStarted,
    Stamped,
)
from kapmonitor.session.state import SessionState, fold
from kapmonitor.view import Role

TRENDS: Final = (Role.HR, Role.SPO2)


@dataclass(frozen=True, slots=True)
class Earlier:
    """A session until the program was killed.

    `events` are all of them, in the record's order; `readings` those numbers that alarms recall; `trends`
    what the dashboard showed of each continuous role, as (t_ns, value). `last_t_ns` is its newest time, and
    `last_utc_ns` the time of day that belongs to that.
    """

    path: Path
    started: Stamped
    state: SessionState
    events: tuple[Stamped, ...]
    channels: tuple[ChannelDescribed, ...]
    readings: tuple[NumericRow, ...]
    trends: Mapping[Role, tuple[tuple[int, float], ...]]
    cuffs: tuple[CuffReading, ...]
    limits: LimitSet
    protocol: Protocol | None
    last_t_ns: int
    last_utc_ns: int
    waves_lost_ns: int = 0
    """How much of the waves before its newest time did not reach the disk."""
    boot: Stamped | None = None
    """Which start of the computer its times were last said to belong to."""

    def last_waking_ns(self, boot: str) -> int | None:
        """What kapmonitor.clock.waking_ns was at its newest time, if that was this start of the computer."""
        if self.boot is None or not isinstance(self.boot.event, ComputerBoot) or self.boot.event.boot != boot:
            return None
        return self.boot.event.waking_ns + self.last_t_ns - self.boot.t_ns


def is_unfinished(path: Path) -> bool:
    """Whether this is a record whose session was not closed and could be gone on with.

    RecordLocked if nothing on this computer opens it: what it is then is not known.
    """
    if not path.is_file():
        return False
    try:
        with RecordReader(path) as reader:
            return not reader.is_closed()
    except RecordLocked:
        raise
    except RecordError:
        return False


def earlier_of(path: Path) -> Earlier:
    """RecordDamaged if the session cannot be gone on with: closed, unreadable, or without its limits."""
    view = RecordView(path)
    try:
        return _earlier(path, view)
    finally:
        view.close()


def _earlier(path: Path, view: RecordView) -> Earlier:
    if view.reader.is_closed():
        raise RecordDamaged(str(path), "the session was closed; only one that was interrupted goes on")
    events = tuple(row.stamped for row in view.events())
    if not events or not isinstance(events[0].event, SessionStarted):
        raise RecordDamaged(str(path), "its beginning cannot be read")
    state = _folded(events)
    rows = list(view.reader.numerics(*ALWAYS))
    last_t_ns = max(events[-1].t_ns, *(row.t_ns for row in rows[-LATEST:]), view.span()[1])
    return Earlier(
        path=path,
        started=events[0],
        state=state,
        events=events,
        channels=tuple(view.channels.values()),
        readings=tuple(worth_recalling(events, rows)),
        trends={role: tuple(_trend(role, rows, view)) for role in TRENDS},
        cuffs=view.cuffs(*ALWAYS),
        limits=_limits(path, events),
        protocol=_protocol(state),
        last_t_ns=last_t_ns,
        last_utc_ns=last_t_ns + _utc_minus_t_ns(events),
        waves_lost_ns=_waves_lost_ns(view.reader, last_t_ns),
        boot=next((each for each in reversed(events) if isinstance(each.event, ComputerBoot)), None),
    )


FLOWED_NS: Final = 10_000_000_000
"""A wave that ended longer ago had ended by itself."""
LONGEST_NS: Final = 600_000_000_000
"""No chunk of a wave is longer; so the beginning of a long record is not read for its end."""
LATEST: Final = 1000
"""Rows come in order of time within some seconds: the newest is among the last of them."""


def _waves_lost_ns(reader: RecordReader, last_t_ns: int) -> int:
    """From the end of the newest wave; 0 where none flowed by then."""
    numbers = [number for number, channel in reader.channels().items() if channel.fs > 0]
    since = last_t_ns - FLOWED_NS
    flowed = (each for number in numbers for each in reader.waves(number, since, last_t_ns, LONGEST_NS))
    ends = [each.t0_ns + round(len(each.samples) * 1e9 / each.fs) for each in flowed]
    return max(0, last_t_ns - max(ends)) if ends else 0


def _folded(events: Iterable[Stamped]) -> SessionState:
    state = SessionState()
    for stamped in events:
        state = fold(state, stamped)
    return state


def _trend(role: Role, rows: Iterable[NumericRow], view: RecordView) -> Iterator[tuple[int, float]]:
    """What the dashboard showed for a role, at each time of the device that stood for it."""
    stories: Stories = view.stories
    shown: dict[ChannelKey, list[tuple[int, int]]] = {}
    for begin_ns, end_ns, key in stories.shown(role):
        shown.setdefault(key, []).append((begin_ns, end_ns))
    spans = {
        number: shown[key]
        for number, channel in view.channels.items()
        if (key := ChannelKey(channel.device, channel.ref)) in shown
    }
    for row in rows:
        if row.value is None or row.stored:
            continue
        if any(begin_ns <= row.t_ns < end_ns for begin_ns, end_ns in spans.get(row.channel, ())):
            yield row.t_ns, row.value


def _limits(path: Path, events: Iterable[Stamped]) -> LimitSet:
    """Those that the session began with; what was changed since is among the events."""
    first = next((each.event for each in events if isinstance(each.event, LimitsSet)), None)
    if first is None or not first.toml:
        raise RecordDamaged(str(path), "it does not hold the limits it was made with")
    try:
        return parse(first.toml, "the limits in the record")
    except ConfigError as why:
        raise RecordDamaged(str(path), f"this version does not accept its limits ({why})") from why


def _protocol(state: SessionState) -> Protocol | None:
    """The session goes on without one that this version does not accept any more."""
    told = state.care.protocol
    if told is None:
        return None
    with suppress(ConfigError):
        return protocol_module.parse(told.toml, "the protocol in the record")
    return None


def _utc_minus_t_ns(events: Iterable[Stamped]) -> int:
    """By the newest statement of the time of day."""
    found = 0
    for stamped in events:
        if isinstance(stamped.event, SessionStarted | SessionResumed | ClockAnchored):
            found = stamped.event.utc_ns - stamped.t_ns
    return found
