"""How one moves through a record: steps, speeds, the next moment of a kind. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

SPEEDS: Final = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0)
STEP_NS: Final = 10_000_000_000
"""How far one step of the arrow keys goes."""
SMALL_NS: Final = 1_000_000_000
"""How far one small step goes."""

GRACE_NS: Final = 3_000_000_000
"""While it plays, "previous" passes over a moment that was only just reached."""

Moment = tuple[int, str]


def faster(speed: float) -> float:
    """The next higher speed; the highest stays."""
    return next((s for s in SPEEDS if s > speed), SPEEDS[-1])


def slower(speed: float) -> float:
    """The next lower speed; the lowest stays."""
    return next((s for s in reversed(SPEEDS) if s < speed), SPEEDS[0])


def next_moment(moments: Sequence[Moment], kind: str, now_ns: int) -> int | None:
    """When the next moment of a kind is, strictly after now; None if there is none."""
    return next((t_ns for t_ns, of in moments if of == kind and t_ns > now_ns), None)


def previous_moment(moments: Sequence[Moment], kind: str, now_ns: int, *, playing: bool) -> int | None:
    """When the one before was; None if there is none."""
    before_ns = now_ns - (GRACE_NS if playing else 0)
    return next((t_ns for t_ns, of in reversed(moments) if of == kind and t_ns < before_ns), None)


def first_dose(moments: Sequence[Moment]) -> int | None:
    """From when T+ counts."""
    return next((t_ns for t_ns, kind in moments if kind == "dose"), None)


def record_span(data: tuple[int, int], moments: Sequence[Moment]) -> tuple[int, int]:
    """From the first to the last thing in a record, readings (equal times: none) and moments alike."""
    times = [*(data if data[1] > data[0] else ()), *(t_ns for t_ns, _ in moments)]
    return (min(times), max(times)) if times else (0, 0)
