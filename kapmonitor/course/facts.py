"""What one session comes to, counted from its first dose; pure.

All times are nanoseconds after that dose, so that the same session on another day has the same facts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kapmonitor.course.beyond import Beyond, Span, beyond_by_second, beyond_of, cuff_spans, length, stands
from kapmonitor.levels import HIGH_SIDE, LOW_SIDE, levels
from kapmonitor.model import CuffReading, Measured
from kapmonitor.resting import Baseline
from kapmonitor.session.doses import Dose
from kapmonitor.session.events import NoteKind
from kapmonitor.session.state import SessionState
from kapmonitor.view import Role

SECOND_NS: Final = 1_000_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Numbers:
    """A continuous value by the second: smallest and largest, NaN where there was none; shape (n,) each."""

    t0_ns: int
    lo: NDArray[np.float32]
    hi: NDArray[np.float32]

    @property
    def times(self) -> NDArray[np.int64]:
        return self.t0_ns + np.arange(len(self.lo), dtype=np.int64) * SECOND_NS


@dataclass(frozen=True, slots=True)
class Read:
    """What a session's facts are made from, in the record's own time. `breaks` are times without monitoring.

    `ready_ns` is when all was met for leaving, None where that is not known.
    """

    state: SessionState
    cuffs: tuple[CuffReading, ...]
    heart_rate: Numbers
    saturation: Numbers
    baseline: Baseline
    end_ns: int
    breaks: tuple[Span, ...] = ()
    ready_ns: int | None = None


@dataclass(frozen=True, slots=True)
class Amount:
    """What was given of one drug by one route; `mg_per_kg` is None where a weight is missing."""

    drug: str
    route: str
    mg: float
    mg_per_kg: float | None
    doses: int


@dataclass(frozen=True, slots=True)
class Facts:
    """`peak` is the reading with the highest systolic pressure, the earliest of several; None without one.

    `tags` are how often each one-key note was made, in the order in which they first were. `corrected` and
    `withdrawn` count the doses whose entries were put right, and those that were never given.
    """

    amounts: tuple[Amount, ...]
    doses_ns: tuple[int, ...]
    corrected: int
    withdrawn: int
    baseline: Baseline
    peak: CuffReading | None
    readings: int
    pressure: Beyond
    heart_rate: Beyond
    saturation: Beyond
    ready_ns: int | None
    left_ns: int | None
    end_ns: int
    lost_ns: int
    tags: tuple[tuple[str, int], ...]

    @property
    def routes(self) -> tuple[str, ...]:
        """How the doses were given, each way once."""
        return tuple(dict.fromkeys(amount.route for amount in self.amounts))


def facts_of(read: Read) -> Facts | None:
    """None for a session without a dose: nothing could be counted from anything."""
    zero_ns = read.state.dose_t_ns
    if zero_ns is None:
        return None
    state, after = read.state, lasting(read.cuffs, zero_ns, read.end_ns)
    left_ns = state.care.left_t_ns
    return Facts(
        amounts=amounts_of(state.doses),
        doses_ns=tuple(dose.t_ns - zero_ns for dose in state.doses),
        corrected=sum(1 for dose in state.doses if dose.changes),
        withdrawn=len(state.doses_withdrawn),
        baseline=read.baseline,
        peak=_peak(after, zero_ns),
        readings=sum(1 for cuff in after if cuff.failure is None),
        pressure=_pressure(read, after),
        heart_rate=_continuous(read, read.heart_rate, Role.HR, HIGH_SIDE),
        saturation=_continuous(read, read.saturation, Role.SPO2, LOW_SIDE),
        ready_ns=None if read.ready_ns is None else max(0, read.ready_ns - zero_ns),
        left_ns=None if left_ns is None else left_ns - zero_ns,
        end_ns=read.end_ns - zero_ns,
        lost_ns=length(_within(read.breaks, zero_ns, read.end_ns)),
        tags=_tags(state),
    )


def _within(spans: Iterable[Span], t0_ns: int, t1_ns: int) -> Iterator[Span]:
    """What of them lies in a time."""
    for begin_ns, end_ns in spans:
        if max(begin_ns, t0_ns) < min(end_ns, t1_ns):
            yield max(begin_ns, t0_ns), min(end_ns, t1_ns)


def lasting(cuffs: Sequence[CuffReading], t0_ns: int, t1_ns: int) -> tuple[CuffReading, ...]:
    """Readings taken within a time, in order; none out of a device's memory, whose time is not known."""
    found = (cuff for cuff in cuffs if t0_ns <= cuff.t_ns <= t1_ns and not cuff.stored)
    return tuple(sorted(found, key=lambda cuff: cuff.t_ns))


def amounts_of(doses: Sequence[Dose]) -> tuple[Amount, ...]:
    """What was given in all, drug by drug and route by route, as it stands by now."""
    found = []
    for (drug, route), each in groupby(sorted(doses, key=_way), key=_way):
        given = tuple(each)
        shares = [dose.mg_per_kg for dose in given]
        known = [share for share in shares if share is not None]
        per_kg = sum(known) if len(known) == len(shares) else None
        found.append(Amount(drug, route, sum(dose.amount_mg for dose in given), per_kg, len(given)))
    return tuple(found)


def _way(dose: Dose) -> tuple[str, str]:
    return dose.drug.strip().casefold(), dose.route


def _peak(cuffs: Sequence[CuffReading], zero_ns: int) -> CuffReading | None:
    found = [(cuff.systolic.value, cuff) for cuff in cuffs if isinstance(cuff.systolic, Measured)]
    if not found:
        return None
    highest = max(found, key=lambda pair: pair[0])[1]
    return replace(highest, t_ns=highest.t_ns - zero_ns)


def _pressure(read: Read, after: Sequence[CuffReading]) -> Beyond:
    """Systolic or diastolic at or above its limit. A measurement that failed does not end what stood."""
    whole = [cuff for cuff in after if cuff.failure is None]
    spans = cuff_spans(whole, read.end_ns, read.breaks)
    lines = read.state.limits
    return beyond_of(
        (
            (stands([c.systolic for c in whole], spans), levels(lines, Role.NIBP_SYS, HIGH_SIDE)),
            (stands([c.diastolic for c in whole], spans), levels(lines, Role.NIBP_DIA, HIGH_SIDE)),
        ),
        HIGH_SIDE,
    )


def _continuous(read: Read, numbers: Numbers, role: Role, side: str) -> Beyond:
    times = numbers.times
    counts = (times >= (read.state.dose_t_ns or 0)) & (times < read.end_ns)
    low_high = numbers.lo[counts], numbers.hi[counts]
    return beyond_by_second(times[counts], low_high, SECOND_NS, levels(read.state.limits, role, side), side)


def _tags(state: SessionState) -> tuple[tuple[str, int], ...]:
    notes = sorted(state.notes, key=lambda note: note.t_ns)
    stand = [note for note in notes if not note.withdrawn and (note.tag or note.kind == NoteKind.TAG)]
    return tuple(Counter(note.tag or note.text for note in stand).items())
