"""A record as exports read it: its events at once, its values one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Final

from kapmonitor import mdc
from kapmonitor.errors import RecordDamaged
from kapmonitor.export.plain import device_names
from kapmonitor.export.policy import WHOLE, Policy, leaving
from kapmonitor.export.wall import Wall
from kapmonitor.model import CuffReading, Validity
from kapmonitor.record.items import WaveSlice
from kapmonitor.record.reader import ALWAYS, UNREADABLE, RecordReader
from kapmonitor.record.report import last_t_ns
from kapmonitor.record.stories import Stories
from kapmonitor.record.verify import DAMAGED, verify
from kapmonitor.record.view import RecordView, check_length
from kapmonitor.session.events import ChannelDescribed, SessionStarted, Stamped
from kapmonitor.session.state import SessionState, fold

Tell = Callable[[float], None]
"""Told from 0 to 1 how far something has come; may raise to end it."""
TOLD_EVERY: Final = 100


def untold(_share: float) -> None:
    """For those whom progress does not interest."""


@dataclass(frozen=True, slots=True)
class Value:
    """One reading of the record. `value` is None where there was none, and `validity` then says why.

    `stored` is one that the device took before it was connected: its time is that of its arrival.
    `unconfirmed` is one of a device of which nobody had said that it was on this person.
    """

    t_ns: int
    channel: ChannelDescribed
    value: float | None
    validity: Validity
    stored: bool = False
    unconfirmed: bool = False
    device_time: str = ""

    @property
    def is_the_persons(self) -> bool:
        """Whether it may be taken for a value of this person at this time."""
        return not self.stored and not self.unconfirmed


class Source:
    """An open record and what may leave of it; close it, or use it in a `with`.

    RecordDamaged if its beginning cannot be read, and at the end of the `with` if something else could not.
    """

    def __init__(self, path: Path, policy: Policy = WHOLE) -> None:
        self.path = path
        self.policy = policy
        self._cuffs: tuple[CuffReading, ...] | None = None
        self.reader = RecordReader(path)
        try:
            recorded = tuple(row.stamped for row in self.reader.events())
            self.start_ns = _beginning(path, recorded)
            self.end_ns = _end(path, self.start_ns, last_t_ns(self.reader))
            self.is_closed = self.reader.is_closed()
        except BaseException:
            self.reader.close()
            raise
        self.wall = Wall(recorded, policy.shift_ns if policy.deidentified else 0)
        self.events = leaving(recorded, policy)
        self.stories = Stories(self.events)
        self._devices = device_names(each.event for each in recorded) if policy.deidentified else {}
        self.channels = _channels(self.events)
        as_recorded = _channels(recorded)
        self.named = {_name(as_recorded[number]): _name(channel) for number, channel in self.channels.items()}
        """How the record calls its channels, and what they are called where they leave."""

    def __enter__(self) -> Source:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.reader.close()
        if isinstance(error, UNREADABLE) and verify(self.path).kind == DAMAGED:
            raise RecordDamaged(str(self.path), f"is damaged, and not what it should be ({error})") from error

    @property
    def started(self) -> SessionStarted:
        """How the session began, as far as that may leave."""
        first = self.events[0].event
        if not isinstance(first, SessionStarted):  # the first event always is
            raise TypeError(f"{first} began the record")
        return first

    def state(self) -> SessionState:
        """The whole session, as far as it may leave."""
        state = SessionState()
        for stamped in sorted(self.events, key=_time):
            state = fold(state, stamped)
        return state

    def wave_channels(self) -> tuple[ChannelDescribed, ...]:
        return tuple(channel for channel in self.channels.values() if channel.fs > 0)

    def values(self, tell: Tell = untold) -> Iterator[Value]:
        """All readings, in order of time within ten seconds."""
        deidentified = self.policy.deidentified
        for number, row in enumerate(self.reader.numerics()):
            if number % TOLD_EVERY == 0:
                tell(self.share(row.t_ns))
            channel = self.channels.get(row.channel)
            if channel is None:
                raise RecordDamaged(str(self.path), f"nothing says what channel {row.channel} is")
            yield Value(
                row.t_ns,
                channel,
                row.value,
                row.validity,
                row.stored,
                self.stories.doubted(channel.device, row.t_ns),
                "" if deidentified else row.device_time or "",
            )

    def has_values(self) -> bool:
        """Whether there is any reading or sample; a damaged record may have some that nobody can read."""
        try:
            if next(iter(self.reader.numerics()), None) is not None:
                return True
            return any(next(iter(self.wave(each)), None) is not None for each in self.wave_channels())
        except RecordDamaged:
            return True

    def cuffs(self) -> tuple[CuffReading, ...]:
        """All cuff readings and failures of devices that were known to be on this person, by time."""
        if self._cuffs is None:
            view = RecordView(self.path)
            try:
                found = view.cuffs(*ALWAYS)
            finally:
                view.close()
            self._cuffs = tuple(
                replace(cuff, device=self._devices.get(cuff.device, cuff.device)) for cuff in found
            )
        return self._cuffs

    def wave(self, channel: ChannelDescribed) -> Iterator[WaveSlice]:
        """The samples of one wave, a stored stretch at a time."""
        return self.reader.waves(channel.channel)

    def share(self, t_ns: int) -> float:
        """How much of the session lies before a time."""
        return min(1.0, max(0.0, (t_ns - self.start_ns) / max(1, self.end_ns - self.start_ns)))


def _end(path: Path, start_ns: int, last_ns: int) -> int:
    """The end of what is exported; RecordDamaged if it cannot be."""
    check_length(path, start_ns, last_ns)
    return max(start_ns, last_ns)


def _beginning(path: Path, recorded: tuple[Stamped, ...]) -> int:
    if not recorded or not isinstance(recorded[0].event, SessionStarted):
        raise RecordDamaged(str(path), "its beginning cannot be read")
    return recorded[0].t_ns


def _channels(events: Iterable[Stamped]) -> dict[int, ChannelDescribed]:
    return {each.event.channel: each.event for each in events if isinstance(each.event, ChannelDescribed)}


def _name(channel: ChannelDescribed) -> str:
    """As kapmonitor.record.report names one."""
    return f"{channel.label} of {channel.device}"


def _time(stamped: Stamped) -> int:
    return stamped.t_ns


def loinc_of(channel: ChannelDescribed) -> str:
    """The LOINC code of what a channel measures; empty where there is none."""
    term = mdc.BY_REF.get(channel.ref)
    return (term.loinc or "") if term is not None else ""
