"""Reading one session out of its record, for the course it belongs to; nothing here changes the file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from kapmonitor.columns import blank
from kapmonitor.course.beyond import Span
from kapmonitor.course.curves import BEFORE_NS, Curves, curves_of
from kapmonitor.course.facts import SECOND_NS, Facts, Numbers, Read, facts_of
from kapmonitor.course.ready import ready_ns, signed_ready_ns
from kapmonitor.errors import RecordDamaged
from kapmonitor.model import CuffReading
from kapmonitor.record.reader import ALWAYS
from kapmonitor.record.report import last_t_ns
from kapmonitor.record.verify import DAMAGED, verify
from kapmonitor.record.view import RecordView
from kapmonitor.resting import baseline_of
from kapmonitor.reviewframes import Frames
from kapmonitor.session.events import ComputerSlept, SessionStarted, Stamped
from kapmonitor.session.state import SessionState
from kapmonitor.session.timeofday import times_of_day
from kapmonitor.view import Role

LONGEST_NS: Final = 24 * 3600 * SECOND_NS
"""No session is longer; a damaged time must not ask for a year of seconds."""

Tell = Callable[[float], None]
"""Told from 0 to 1 how far something has come; may raise to end it."""


@dataclass(frozen=True, slots=True)
class Session:
    """A session of the course. `facts` and `curves` are None where no dose was given.

    `utc_ns` is when T+0 was, or the session's beginning; `is_closed` is whether its record was.
    """

    path: Path
    started: SessionStarted
    utc_ns: int
    is_closed: bool
    facts: Facts | None
    curves: Curves | None


def session_of(path: Path, ledger: Path | None, tell: Tell) -> Session:
    """The session in a record; RecordDamaged if it is not what was written or cannot be read."""
    verdict = verify(path, ledger)
    if verdict.kind == DAMAGED:
        raise RecordDamaged(str(path), f"is damaged ({verdict.first_bad})")
    tell(0.5)
    with closing(RecordView(path)) as view:
        try:
            return _session(path, view, tell)
        except (ArithmeticError, ValueError, LookupError, TypeError) as why:
            raise RecordDamaged(str(path), f"cannot be read as a session ({why})") from why


def _session(path: Path, view: RecordView, tell: Tell) -> Session:
    events = [row.stamped for row in view.events()]
    first = events[0].event if events else None
    if not isinstance(first, SessionStarted):
        raise RecordDamaged(str(path), "its beginning cannot be read")
    start_ns, closed = events[0].t_ns, view.reader.is_closed()
    frames = Frames(events)
    state = frames.last().session
    zero_ns = state.dose_t_ns
    utc_ns = times_of_day(events).utc_ns(start_ns if zero_ns is None else zero_ns)
    if zero_ns is None:
        return Session(path, first, utc_ns, closed, None, None)
    end_ns = state.care.left_t_ns or state.closed_t_ns or last_t_ns(view.reader)
    if end_ns - start_ns > LONGEST_NS or not start_ns <= zero_ns <= start_ns + LONGEST_NS:
        raise RecordDamaged(str(path), "its times are not those of one session")
    cuffs = view.cuffs(*ALWAYS)
    breaks = _breaks(state, events)
    from_ns = max(start_ns, zero_ns - BEFORE_NS)
    tell(0.7)
    read = Read(
        state=state,
        cuffs=cuffs,
        heart_rate=_numbers(view, Role.HR, from_ns, end_ns, breaks),
        saturation=_numbers(view, Role.SPO2, from_ns, end_ns, breaks),
        baseline=baseline_of(view, state),
        end_ns=end_ns,
        breaks=breaks,
        ready_ns=_ready(frames, cuffs, state, end_ns),
    )
    tell(1.0)
    return Session(path, first, utc_ns, closed, facts_of(read), curves_of(read))


def _ready(frames: Frames, cuffs: Sequence[CuffReading], state: SessionState, end_ns: int) -> int | None:
    """By the form as it was signed, else by the checks as they stood when the person left."""
    by_form = signed_ready_ns(state)
    return by_form if by_form is not None else ready_ns(frames.at(end_ns), cuffs, end_ns)


def _breaks(state: SessionState, events: Sequence[Stamped]) -> tuple[Span, ...]:
    """Stretches in which nothing was monitored: the program did not run, or the computer slept."""
    stopped = [(gap.t0_ns, gap.t1_ns) for gap in state.interruptions]
    slept = [(s.t_ns - s.event.length_ns, s.t_ns) for s in events if isinstance(s.event, ComputerSlept)]
    return tuple(sorted((*stopped, *slept)))


def _numbers(view: RecordView, role: Role, t0_ns: int, t1_ns: int, breaks: Sequence[Span]) -> Numbers:
    """What the dashboard showed, second by second; nothing while it was not known whose values they were."""
    seconds = max(1, -(-(t1_ns - t0_ns) // SECOND_NS))
    until_ns = t0_ns + seconds * SECOND_NS
    columns = view.trend(role, t0_ns, until_ns, seconds)
    key = view.key_of(role)
    shown = {each.device for _, _, each in view.stories.shown(role)} | ({key.device} if key else set())
    doubts = [(a_ns, min(b_ns, until_ns)) for device in shown for a_ns, b_ns in view.stories.doubts(device)]
    found = blank(columns, [*breaks, *doubts])
    return Numbers(t0_ns, np.asarray(found.lo, np.float32), np.asarray(found.hi, np.float32))
