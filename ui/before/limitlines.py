"""The limits of the session in one small table, with where they come from and who signed them; pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kapmonitor.snapshot import LimitInForce, Priority, Snapshot
from ui import format as fmt
from ui.before import wording
from ui.limit_words import named
from ui.limits.face import head, values
from ui.limits.steps import Editing

ROLES: Final = ("nibp-sys", "nibp-dia", "hr", "spo2")


@dataclass(frozen=True, slots=True)
class LimitLine:
    """One row: of what, the limits of two priorities, and the baseline value that they follow."""

    name: str
    medium: str
    high: str
    source: str


@dataclass(frozen=True, slots=True)
class LimitsFace:
    """The rows and what stands below them; `doubtful` if nobody has signed."""

    rows: tuple[LimitLine, ...]
    name: str
    signed: str
    doubtful: bool
    baseline: str
    plan: str


def limits_face(snapshot: Snapshot, now_ns: int) -> LimitsFace:
    """All of it at `now_ns`."""
    above = head(snapshot, Editing(), 1, holding=False)
    baseline = above.baseline
    if snapshot.baseline.baseline is None and snapshot.baseline.proposal is not None:
        found = snapshot.baseline.proposal.baseline
        baseline = f"{above.baseline} — {values(found)}" if found is not None else above.baseline
    return LimitsFace(
        rows=tuple(_row(role, snapshot) for role in ROLES) if snapshot.limits else (),
        name=above.name,
        signed=above.signed,
        doubtful=above.doubtful,
        baseline=baseline,
        plan=_plan(snapshot, now_ns),
    )


def _row(role: str, snapshot: Snapshot) -> LimitLine:
    mine = [limit for limit in snapshot.limits if limit.role == role]
    follows = [limit.source for limit in mine if limit.source[:1].isdigit()]
    sources = follows or [limit.source for limit in mine if limit.priority is Priority.MEDIUM]
    return LimitLine(
        named(role), _cell(mine, Priority.MEDIUM), _cell(mine, Priority.HIGH), _short(sources[:1], mine)
    )


def _short(sources: list[str], mine: list[LimitInForce]) -> str:
    """The medium limit's source where it has one that follows the baseline."""
    medium = [each.source for each in mine if each.priority is Priority.MEDIUM]
    best = next((source for source in medium if source[:1].isdigit()), "".join(sources))
    return best.partition(",")[0]


def _cell(limits: list[LimitInForce], priority: Priority) -> str:
    mine = [limit for limit in limits if limit.priority is priority]
    found = [one for side in ("high", "low") for one in [m for m in mine if m.side == side][:1]]
    said = [_words(limit, alone=len(found) == 1) for limit in found]
    return "   ".join(said)


def _words(limit: LimitInForce, *, alone: bool) -> str:
    """`> 140 for 10 s, ≥ 160 at once`; where two share a cell, the numbers alone: L tells the rest."""
    if limit.limit is None:
        return wording.NO_NUMBER
    over = limit.side == "high"
    text = (wording.ABOVE if over else wording.BELOW).format(limit=fmt.amount(limit.limit))
    if limit.delay_s and alone:
        text += wording.FOR.format(length=fmt.length(round(limit.delay_s * fmt.SECOND_NS)))
    if limit.at_once is not None and alone:
        at_once = wording.AT_ONCE_ABOVE if over else wording.AT_ONCE_BELOW
        text += at_once.format(limit=fmt.amount(limit.at_once))
    return text


def _plan(snapshot: Snapshot, now_ns: int) -> str:
    plan = snapshot.session.cuff_plan
    if plan is None or plan.next_t_ns == 0:
        return wording.NO_PLAN
    left = fmt.duration(plan.next_t_ns - now_ns)
    if not plan.interval_s:
        return wording.NEXT_CUFF_ONCE.format(left=left)
    every = fmt.length(plan.interval_s * fmt.SECOND_NS)
    return wording.NEXT_CUFF.format(left=left, every=every)
