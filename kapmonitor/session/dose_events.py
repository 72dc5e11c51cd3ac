"""What is said afterwards of a dose or of a cuff that was due: corrections and reasons.

Part of kapmonitor.session.events, whose rules hold here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class DoseAmended:
    """What an earlier dose was in truth, all of it; the entry it corrects stays on record.

    `dose` is the dose's id, `at_ns` when it was given, `given_by` who gave it, `by` who corrects. One that is
    `withdrawn` was never given.
    """

    TYPE: ClassVar[str] = "dose.amended"
    VERSION: ClassVar[int] = 1
    dose: str
    at_ns: int
    drug: str
    amount_mg: float
    route: str
    site: str
    given_by: str
    lot: str
    witness: str
    weight_kg: float
    withdrawn: bool
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class CuffExplained:
    """Why no reading was taken at a time at which one was due; an empty reason takes that back."""

    TYPE: ClassVar[str] = "cuff.explained"
    VERSION: ClassVar[int] = 1
    due_t_ns: int
    reason: str
    by: str
