"""When each scale of the protocol is due, what was scored for it, and what was missed; pure.

All of it follows from what is on record, so a session that is taken up again wants the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from kapmonitor.protocol.read import read
from kapmonitor.protocol.scales import Scale
from kapmonitor.session.care import Care, Score
from kapmonitor.session.state import SessionState

MIN_NS: Final = 60_000_000_000
EARLY_NS: Final = 2 * MIN_NS
"""A score taken so early is the planned one."""
OVERDUE_NS: Final = 10 * MIN_NS
MISSED_NS: Final = 30 * MIN_NS
"""What is scored so late says nothing of the time it was wanted for."""


class Standing(StrEnum):
    """How it stands with one time of one scale."""

    TO_COME = "to-come"
    DUE = "due"
    OVERDUE = "overdue"
    SCORED = "scored"
    MISSED = "missed"


OPEN: Final = frozenset({Standing.DUE, Standing.OVERDUE})


@dataclass(frozen=True, slots=True)
class Due:
    """One time at which a scale is wanted; `before` the dose it is wanted from the session's start on."""

    scale: Scale
    t_ns: int
    standing: Standing
    score: Score | None = None
    before: bool = False


def scales_of(care: Care) -> tuple[Scale, ...]:
    """The scales of the protocol on record; none where it cannot be read."""
    return _scales(care.protocol.toml) if care.protocol is not None else ()


@lru_cache(maxsize=4)
def _scales(toml: str) -> tuple[Scale, ...]:
    protocol, mistakes = read(toml, "the protocol in the record")
    return () if mistakes else protocol.scales


def dues(scales: Sequence[Scale], state: SessionState, now_ns: int) -> tuple[Due, ...]:
    """Every time up to now and what comes next, in order; of equal ones the protocol's first."""
    found = [due for scale in scales for due in _of_scale(scale, state, now_ns)]
    return tuple(sorted(found, key=lambda due: due.t_ns))


def wanted(found: Sequence[Due]) -> tuple[Due, ...]:
    """What is due and was not scored, the longest waiting first."""
    return tuple(due for due in found if due.standing in OPEN)


def counts_for(found: Sequence[Due], scale: str, now_ns: int) -> int:
    """The time for which a score of now counts; 0 where none is wanted."""
    for due in found:
        if due.scale.id == scale and due.standing in OPEN | {Standing.TO_COME}:
            return due.t_ns if due.t_ns - now_ns <= EARLY_NS else 0
    return 0


def standing_scores(scores: Sequence[Score]) -> tuple[Score, ...]:
    """Without those that a later one replaces."""
    newest = {(score.scale, score.due_t_ns): score for score in scores if score.due_t_ns}
    replaced = {(score.scale, score.replaces_t_ns) for score in scores if score.replaces_t_ns}
    return tuple(
        score
        for score in scores
        if (score.scale, score.t_ns) not in replaced
        and newest.get((score.scale, score.due_t_ns), score) is score
    )


def _of_scale(scale: Scale, state: SessionState, now_ns: int) -> Iterator[Due]:
    own = [score for score in state.care.scores if score.scale == scale.id]
    dose_ns = state.dose_t_ns
    if scale.before and state.started is not None:
        early = [score for score in own if dose_ns is None or score.t_ns < dose_ns]
        open_ = Standing.DUE if dose_ns is None else Standing.MISSED
        standing = Standing.SCORED if early else open_
        yield Due(scale, state.started_t_ns, standing, early[-1] if early else None, before=True)
    if dose_ns is not None:
        later = [score for score in own if score.t_ns >= dose_ns and score.due_t_ns]
        yield from _after_dose(scale, later, dose_ns, now_ns)


def _after_dose(scale: Scale, scores: Sequence[Score], dose_ns: int, now_ns: int) -> Iterator[Due]:
    # A score may be early, so the next time can have one, and the one after it is then to come.
    minutes = scale.due.until(max(0.0, (now_ns + EARLY_NS - dose_ns) / MIN_NS))
    last = minutes[-1] if minutes else 0.0
    coming = scale.due.after(last)
    times = [
        dose_ns + round(minute * MIN_NS) for minute in (*minutes, *(() if coming is None else (coming,)))
    ]
    given = {min(times, key=lambda t_ns: abs(t_ns - score.due_t_ns)): score for score in scores if times}
    for place, t_ns in enumerate(times):
        next_ns = times[place + 1] if place + 1 < len(times) else None
        score = given.get(t_ns)
        yield Due(scale, t_ns, _standing(t_ns, next_ns, now_ns) if score is None else Standing.SCORED, score)


def _standing(t_ns: int, next_ns: int | None, now_ns: int) -> Standing:
    """A time that was not scored."""
    if now_ns < t_ns:
        return Standing.TO_COME
    if now_ns >= t_ns + MISSED_NS or (next_ns is not None and now_ns >= next_ns):
        return Standing.MISSED
    return Standing.OVERDUE if now_ns >= t_ns + OVERDUE_NS else Standing.DUE
