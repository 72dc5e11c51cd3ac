"""The list of doses on their page: each with its own T+, and what it was before it was corrected. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest

from kapmonitor.session.doses import Dose
from kapmonitor.snapshot import Snapshot
from ui import format as fmt
from ui.dose import wording


@dataclass(frozen=True, slots=True)
class DoseRow:
    """A dose: its T+ by now, its time of day, what it was, details, and its earlier wordings."""

    dose: Dose
    since: str
    at: str
    what: str
    details: str
    changes: tuple[str, ...]
    withdrawn: bool


def rows(snapshot: Snapshot, now_ns: int) -> tuple[DoseRow, ...]:
    """The doses that stand, oldest first, and after them those that were never given."""
    session = snapshot.session

    def row(dose: Dose, *, withdrawn: bool) -> DoseRow:
        return DoseRow(
            dose,
            "" if withdrawn else fmt.offset(now_ns, dose.t_ns),
            clock(snapshot, dose.t_ns),
            wording.NEVER.format(what=wording.what(dose)) if withdrawn else wording.what(dose),
            wording.details(dose),
            tuple(
                wording.change(
                    change,
                    # What it was changed to: the wording after it, or the present one.
                    later.was if later is not None else dose,
                    clock(snapshot, change.t_ns),
                    clock(snapshot, change.was.t_ns),
                )
                for change, later in zip_longest(dose.changes, dose.changes[1:])
            ),
            withdrawn,
        )

    stand = tuple(row(dose, withdrawn=False) for dose in session.doses)
    return (*stand, *(row(dose, withdrawn=True) for dose in session.doses_withdrawn))


def clock(snapshot: Snapshot, t_ns: int, *, seconds: bool = False) -> str:
    """The clock on the wall at a time of the session."""
    return fmt.wall(snapshot.utc_ns + t_ns - snapshot.t_ns, snapshot.utc_offset_min, seconds=seconds)
