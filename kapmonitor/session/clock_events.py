"""How far the computer's time of day can be trusted.

Part of kapmonitor.session.events, whose rules hold here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class ClockHeld:
    """Whether the network holds the time of day.

    `offset_ns` is what is still being corrected, `error_ns` how far off it may be at most.
    """

    TYPE: ClassVar[str] = "clock.held"
    VERSION: ClassVar[int] = 1
    synchronised: bool
    offset_ns: int
    error_ns: int
