"""Telling a new cuff result from the repetition of the last one, and an old result from one of now.

The monitor repeats its last result for hours. A result is new if its time stamp is another one than before,
or, without a stamp, if the measurement was seen going on before it. One that is older than the connection, or
whose age cannot be known, is told once, as stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from devices.drivers.intellivue.apdu import Attributes, Polled, absolute_time

ABSOLUTE_STAMP, RELATIVE_STAMP = 0x0990, 0x0991
TICK_NS = 125_000
_TICKS = 1 << 32

SLACK_NS = 2_000_000_000
"""Stamps are in whole seconds, and an answer is up to a second older than its arrival."""

LONGEST_NS = 180_000_000_000
"""No measurement of a cuff takes longer."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """When a measurement was made, as far as the monitor says."""

    identity: bytes
    device_time: str | None
    age_ns: int | None

    def is_before(self, opened_ns: int, t_ns: int, slack_ns: int = SLACK_NS) -> bool:
        """Whether what arrived at `t_ns` was measured before the link was opened, as far as is known."""
        return self.age_ns is not None and t_ns - self.age_ns < opened_ns - slack_ns


def stamp(attributes: Attributes, reply: Polled) -> Stamp | None:
    """The time stamp of an object in a poll's answer."""
    absolute, relative = attributes.get(ABSOLUTE_STAMP), attributes.get(RELATIVE_STAMP)
    device_time = absolute_time(absolute) if absolute is not None else None
    if relative is not None and len(relative) == 4:
        ticks = (reply.ticks - int.from_bytes(relative, "big")) % _TICKS
        # A stamp slightly ahead of the answer that carries it is of now.
        age_ns = ticks * TICK_NS if ticks < _TICKS // 2 else 0
        if device_time is not None:
            return Stamp(device_time.encode(), device_time, age_ns)
        return Stamp(relative, _earlier(reply.clock, age_ns), age_ns)
    if device_time is None:
        return None
    return Stamp(device_time.encode(), device_time, _age_ns(device_time, reply.clock))


def _earlier(clock: str | None, age_ns: int) -> str | None:
    if clock is None:
        return None
    moment = datetime.fromisoformat(clock) - timedelta(microseconds=age_ns // 1000)
    return moment.replace(microsecond=0).isoformat()


def _age_ns(device_time: str, clock: str | None) -> int | None:
    if clock is None:
        return None
    since = datetime.fromisoformat(clock) - datetime.fromisoformat(device_time)
    return max(0, int(since.total_seconds())) * 1_000_000_000


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do with a result: tell it, and whether as one from before the connection."""

    stored: bool


class Newness:
    """Remembers what was told of one kind of result; what it remembers outlasts the connection."""

    def __init__(self) -> None:
        self._told: bytes | None = None
        self._first = True
        self._ongoing = False
        self._opened_ns = 0

    def opened(self, t_ns: int) -> None:
        """The link is open (again)."""
        self._opened_ns = t_ns
        self._ongoing, self._first = False, True

    def going_on(self) -> bool:
        """A measurement is going on; whether it has just begun."""
        begun, self._ongoing = not self._ongoing, True
        return begun

    def ended(self) -> bool:
        """No measurement is going on; whether one has just ended."""
        seen, self._ongoing = self._ongoing, False
        return seen

    def judge(self, found: Stamp | None, t_ns: int, *, seen: bool, empty: bool) -> Verdict | None:
        """What to do with a complete result; None if it is not to be told.

        `seen`: its measurement was seen going on. `empty`: it has no number.
        """
        if found is None:
            return self._unstamped(seen=seen, empty=empty)
        if found.identity == self._told:
            return None
        self._told = found.identity
        if found.age_ns is None:
            return Verdict(stored=not seen)
        # One that was seen going on may bear the time at which it began, but is no result from long before.
        slack_ns = LONGEST_NS if seen else SLACK_NS
        return Verdict(stored=found.is_before(self._opened_ns, t_ns, slack_ns))

    def _unstamped(self, *, seen: bool, empty: bool) -> Verdict | None:
        if empty and not seen:
            return None
        first, self._first = self._first, False
        return Verdict(stored=not seen) if first or seen else None
