"""What was the case at one time, in one line: the numbers, with the pressure's own time, and what went on."""

from __future__ import annotations

from typing import Final

import numpy as np

from kapmonitor.model import CuffReading
from ui import format as fmt
from ui import strings
from ui.trends import wording
from ui.trends.content import Content
from ui.trends.interruptions import holds
from ui.trends.traces import Trace
from ui.trends.window import MINUTE_NS

SEPARATOR: Final = "   "
NEAR_NOTE_NS: Final = MINUTE_NS
"""A note is named if it was made within a minute of the time asked for."""


def moment_text(content: Content, t_ns: int) -> str:
    """A time to the second: T+19:44, or the clock before the first dose."""
    dose_t_ns = content.origin.dose_t_ns
    return (
        fmt.offset(t_ns, dose_t_ns)
        if dose_t_ns is not None
        else fmt.wall(t_ns + content.origin.clock_ns, 0, seconds=True)
    )


def values_at(content: Content, t_ns: int, columns: int, known: CuffReading | None = None) -> str:
    """`T+19:44   HR 88   SpO₂ 97   BP 147/92 at T+20:00`; what is missing says so.

    `known` is the newest cuff reading where it may be older than what the content holds.
    """
    then = holds(content.state.interruptions, t_ns)
    numbers = [
        fmt.NO_VALUE if then else _number(signal.trace, content, t_ns, columns)
        for signal in (content.hr, content.spo2)
    ]
    parts = [
        moment_text(content, t_ns),
        *([wording.NOT_MONITORED_THEN] if then else []),
        f"{strings.HR} {numbers[0]}",
        f"{strings.SPO2} {numbers[1]}",
    ]
    cuff = _last_cuff(content.pressure.cuffs, t_ns) or known
    if cuff is None:
        parts.append(f"{strings.BP} {fmt.NO_PRESSURE}")
    else:
        parts.append(f"{strings.BP} {fmt.pressure(cuff)} at {moment_text(content, cuff.t_ns)}")
    title = next(
        (s.title for s in reversed(content.state.music) if s.t0_ns <= t_ns < (s.t1_ns or t_ns + 1)), ""
    )
    note = _note(content, t_ns)
    return SEPARATOR.join([*parts, *(text for text in (title, note) if text)])


def _note(content: Content, t_ns: int) -> str:
    """The nearest note made within a minute; else what went on then."""
    stand = [n for n in content.state.notes if not n.withdrawn and n.text]
    near = [n for n in stand if abs(n.t_ns - t_ns) <= NEAR_NOTE_NS]
    if near:
        return min(near, key=lambda n: abs(n.t_ns - t_ns)).text
    lasted = [
        n for n in stand if n.lasts and n.t_ns <= t_ns < (content.end_ns if n.end_ns is None else n.end_ns)
    ]
    return lasted[-1].text if lasted else ""


def _number(trace: Trace, content: Content, t_ns: int, columns: int) -> str:
    """The trace's value in the pixel column of a time; `---` in a gap, as no value is made up."""
    span = content.span
    column = int((t_ns - span.t0_ns) * columns / (span.t1_ns - span.t0_ns))
    place = int(np.searchsorted(trace.index, column))
    if place >= len(trace.index) or trace.index[place] != column:
        return fmt.NO_VALUE
    low, high = round(float(trace.lo[place])), round(float(trace.hi[place]))
    return str(low) if low == high else f"{low}–{high}"


def _last_cuff(cuffs: tuple[CuffReading, ...], t_ns: int) -> CuffReading | None:
    """The newest whole reading at a time; a reading made later is not yet known then."""
    before = [cuff for cuff in cuffs if cuff.failure is None and cuff.t_ns <= t_ns]
    return before[-1] if before else None
