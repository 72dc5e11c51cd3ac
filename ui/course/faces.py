"""What the page of a course shows: its lines, and the band that belongs to the chosen one. No Qt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

from kapmonitor.course.band import LEAST_SESSIONS, ROLES, Earlier, comparable, on_baseline, own_band
from kapmonitor.course.gather import Course
from kapmonitor.course.reading import Session
from kapmonitor.resting import Baseline
from kapmonitor.view import Role
from ui.course import wording

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Kind(StrEnum):
    """What a line of the list is."""

    SESSION = "session"
    NEXT = "next"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class Row:
    """One line; `place` is its session's among all, -1 for none. What is no session has one cell."""

    kind: Kind
    cells: tuple[str, ...]
    place: int = -1
    faint: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Edges:
    """Low and high edge of a band at whole minutes after the dose, NaN where it is not known; shape (n,)."""

    low: NDArray[np.float64]
    high: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Band:
    """A person's own band for a session, and what is said of it."""

    edges: Mapping[Role, Edges] = field(default_factory=dict)
    words: str = ""


def rows_of(course: Course) -> tuple[Row, ...]:
    """Sessions, the next one to come, and what is not among them."""
    cells = wording.rows(course)
    found = [
        Row(Kind.SESSION, each, place, faint=course.sessions[place].facts is None)
        for place, each in enumerate(cells)
    ]
    if found:
        found.append(Row(Kind.NEXT, (wording.NEXT,)))
    found += [
        Row(Kind.OUT, (f"{out.path.name}: {wording.out_words(out)}",), faint=True) for out in course.out
    ]
    return tuple(found)


def band_of(course: Course, row: Row | None) -> Band:
    """For a session from those before it, for the next one from all of them."""
    if row is None or row.kind is Kind.OUT:
        return Band()
    before = course.sessions if row.kind is Kind.NEXT else course.sessions[: row.place]
    session = None if row.kind is Kind.NEXT else course.sessions[row.place]
    route = _route(before if session is None else (session,))
    if not route:
        return Band(words=wording.NO_ROUTE)
    earlier = comparable(earlier_of(before), route)
    if len(earlier) < LEAST_SESSIONS:
        return Band(words=wording.too_few(len(earlier), route))
    facts = session.facts if session is not None else None
    baseline = facts.baseline if facts is not None else middle([each.facts.baseline for each in earlier])
    edges: dict[Role, Edges] = {}
    used = 0
    for role in ROLES:
        band = own_band(role, earlier)
        placed = None if band is None else on_baseline(band, baseline)
        if band is not None and placed is not None:
            edges[role] = Edges(*placed)
            used = max(used, band.sessions)
    if not edges:
        return Band(words=wording.NO_BASELINE)
    return Band(edges, wording.made_from(used, route, is_next=session is None))


def earlier_of(sessions: Sequence[Session]) -> tuple[Earlier, ...]:
    """Those with a dose, as the band uses them."""
    return tuple(
        Earlier(each.facts, each.curves)
        for each in sessions
        if each.facts is not None and each.curves is not None
    )


def middle(baselines: Sequence[Baseline]) -> Baseline:
    """The median of each value."""

    def of(values: Sequence[float | None]) -> float | None:
        known = [value for value in values if value is not None]
        return median(known) if known else None

    return Baseline(
        of([each.systolic for each in baselines]),
        of([each.diastolic for each in baselines]),
        of([each.hr for each in baselines]),
    )


def _route(sessions: Sequence[Session]) -> str:
    """Of the newest session with a dose; empty where there is none, or it went by several."""
    routes = [each.facts.routes for each in sessions if each.facts is not None]
    return routes[-1][0] if routes and len(routes[-1]) == 1 else ""
