"""What the trends show at one moment, gathered once per refresh, drawn as often as needed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from kapmonitor.model import CuffReading
from kapmonitor.protocol.cuffdues import Became, PastDue, past_dues
from kapmonitor.protocol.recorded import recorded
from kapmonitor.resting import Baseline
from kapmonitor.session.state import SessionState
from kapmonitor.snapshot import Snapshot
from kapmonitor.view import Role, SignalView
from ui.trends.expected import Band, expected_band
from ui.trends.interruptions import outside
from ui.trends.limits import HIGH_SIDE, LOW_SIDE, Level, levels
from ui.trends.own import NOTHING, Own
from ui.trends.ticks import Origin
from ui.trends.traces import GAP_NS, Gap, Trace, trace
from ui.trends.window import Span

if TYPE_CHECKING:
    from numpy.typing import NDArray

EXACT_GAPS: Final = 6
EDGE_COLUMNS: Final = 32
WORTH_COLUMNS: Final = 5
"""A gap narrower than this is too narrow for its length to be written on it."""

EXACT_NS: Final = 500_000_000
"""Columns as narrow as this tell a gap's length well enough."""

SHOWN_OTHERWISE: Final = frozenset({Became.TAKEN, Became.WAITING})
"""A reading has its bar, and what may still be taken its tick."""
BAND_POINTS: Final = 120
"""Points of an expected band: enough for a smooth edge at any window."""


@dataclass(frozen=True, slots=True)
class Due:
    """A planned cuff; `late` once its time has passed."""

    t_ns: int
    held: bool
    late: bool


@dataclass(frozen=True, slots=True)
class Coming:
    """A track the player means to play next, and when."""

    t0_ns: int
    t1_ns: int
    title: str


@dataclass(frozen=True, slots=True, eq=False)
class Signal:
    """One continuous numeric: its trace, its limits over time, and its expected course if there is one."""

    trace: Trace
    high: tuple[Level, ...]
    low: tuple[Level, ...]
    band: Band | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Pressure:
    """All of the blood pressure lane."""

    cuffs: tuple[CuffReading, ...]
    sys_high: tuple[Level, ...]
    dia_high: tuple[Level, ...]
    sys_low: tuple[Level, ...]
    sys_band: Band | None
    dia_band: Band | None
    due: tuple[Due, ...]
    missed: tuple[PastDue, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Content:
    """Everything the lanes draw; `now_ns` is the session's clock or, in review, the playhead."""

    span: Span
    now_ns: int
    end_ns: int
    origin: Origin
    state: SessionState
    hr: Signal
    spo2: Signal
    pressure: Pressure
    coming: tuple[Coming, ...]
    live: bool
    own: Own = NOTHING
    """The person's own bands, where they were asked for."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for: a span in `width` pixel columns, drawn up to `end_ns`, with now at `now_ns`.

    In review (`live` is False) nothing is due any more.
    """

    span: Span
    width: int
    now_ns: int
    end_ns: int
    live: bool = True


def gather(
    view: SignalView,
    snapshot: Snapshot,
    state: SessionState,
    request: Request,
    baseline: Baseline,
    coming: tuple[Coming, ...] = (),
) -> Content:
    """The content for a request."""
    span = request.span
    grid = _with_doses(np.linspace(span.t0_ns, span.t1_ns, BAND_POINTS).astype(np.int64), state)
    clock_ns = snapshot.utc_ns - snapshot.t_ns + snapshot.utc_offset_min * 60_000_000_000
    return Content(
        span=span,
        now_ns=request.now_ns,
        end_ns=request.end_ns,
        origin=Origin(state.dose_t_ns, clock_ns),
        state=state,
        hr=_signal(view, state, Role.HR, request, _band(Role.HR, state, baseline, grid)),
        spo2=_signal(view, state, Role.SPO2, request, None),
        pressure=_pressure(view, state, request, baseline, grid),
        coming=coming,
        live=request.live,
    )


def _band(role: Role, state: SessionState, baseline: Baseline, grid: NDArray[np.int64]) -> Band | None:
    return expected_band(role, state.doses, baseline.value(role), grid, recorded(state))


def _with_doses(grid: NDArray[np.int64], state: SessionState) -> NDArray[np.int64]:
    """The grid with the doses' own times in it, so that a band begins exactly at its dose."""
    doses = np.array([d.t_ns for d in state.doses if grid[0] <= d.t_ns <= grid[-1]], dtype=np.int64)
    return np.union1d(grid, doses)


def _signal(view: SignalView, state: SessionState, role: Role, request: Request, band: Band | None) -> Signal:
    span = request.span
    columns = view.trend(role, span.t0_ns, span.t1_ns, request.width)
    drawn = trace(columns, request.end_ns, state.interruptions)
    return Signal(
        _monitored(_with_exact_gaps(view, role, drawn, request), state),
        levels(state.limits, role, HIGH_SIDE),
        levels(state.limits, role, LOW_SIDE),
        band,
    )


def _with_exact_gaps(view: SignalView, role: Role, drawn: Trace, request: Request) -> Trace:
    """The trace with its newest gaps measured in finer columns, as their lengths are told in seconds."""
    step_ns = -(-(request.span.t1_ns - request.span.t0_ns) // request.width)
    if step_ns <= EXACT_NS:
        return drawn

    def exact(gap: Gap) -> Gap:
        if gap.t1_ns - gap.t0_ns < WORTH_COLUMNS * step_ns:
            return gap
        t0_ns = _edge(view, role, gap.t0_ns, step_ns, last=True)
        t1_ns = (
            gap.t1_ns if gap.t1_ns >= request.end_ns else _edge(view, role, gap.t1_ns, step_ns, last=False)
        )
        return Gap(t0_ns, max(t0_ns, t1_ns))

    newest = tuple(exact(gap) for gap in drawn.gaps[-EXACT_GAPS:])
    return replace(drawn, gaps=(*drawn.gaps[:-EXACT_GAPS], *newest))


def _monitored(drawn: Trace, state: SessionState) -> Trace:
    """Only gaps while the program ran: an interruption has a band of its own."""
    left = (piece for gap in drawn.gaps for piece in outside(gap.t0_ns, gap.t1_ns, state.interruptions))
    return replace(drawn, gaps=tuple(piece for piece in left if piece.t1_ns - piece.t0_ns > GAP_NS))


def _edge(view: SignalView, role: Role, about_ns: int, step_ns: int, *, last: bool) -> int:
    """When signal ended (`last`) or began again within a column to either side of a time."""
    t0_ns, t1_ns = about_ns - step_ns, about_ns + step_ns
    fine = view.trend(role, t0_ns, t1_ns, EDGE_COLUMNS)
    here = np.flatnonzero(~np.isnan(fine.lo))
    if not len(here):
        return about_ns
    column = int(here[-1]) + 1 if last else int(here[0])
    return t0_ns + round(column * (t1_ns - t0_ns) / EDGE_COLUMNS)


def _pressure(
    view: SignalView, state: SessionState, request: Request, baseline: Baseline, grid: NDArray[np.int64]
) -> Pressure:
    span = request.span
    return Pressure(
        cuffs=view.cuffs(span.t0_ns, span.t1_ns),
        sys_high=levels(state.limits, Role.NIBP_SYS, HIGH_SIDE),
        dia_high=levels(state.limits, Role.NIBP_DIA, HIGH_SIDE),
        sys_low=levels(state.limits, Role.NIBP_SYS, LOW_SIDE),
        sys_band=_band(Role.NIBP_SYS, state, baseline, grid),
        dia_band=_band(Role.NIBP_DIA, state, baseline, grid),
        due=due_cuffs(state, request),
        missed=_missed(view, state, request),
    )


def _missed(view: SignalView, state: SessionState, request: Request) -> tuple[PastDue, ...]:
    """Times in view at which a cuff was due and none was taken."""
    if state.dose_t_ns is None:
        return ()
    cuffs = view.cuffs(state.dose_t_ns, request.end_ns)
    dues = past_dues(recorded(state), state, cuffs, request.end_ns)
    return tuple(
        due
        for due in dues
        if due.became not in SHOWN_OTHERWISE and request.span.t0_ns <= due.t_ns <= request.span.t1_ns
    )


def due_cuffs(state: SessionState, request: Request) -> tuple[Due, ...]:
    """The planned cuff and what its interval adds within the span; none once the session is closed."""
    plan = state.cuff_plan
    if plan is None or not plan.next_t_ns or not request.live or state.closed_t_ns is not None:
        return ()
    late = plan.next_t_ns < request.now_ns
    planned = [Due(plan.next_t_ns, plan.held, late)]
    if plan.interval_s > 0 and not late:
        step_ns = plan.interval_s * 1_000_000_000
        later = range(plan.next_t_ns + step_ns, request.span.t1_ns + 1, step_ns)
        planned += [Due(t_ns, held=False, late=False) for t_ns in later]
    return tuple(due for due in planned if request.span.t0_ns <= due.t_ns <= request.span.t1_ns)
