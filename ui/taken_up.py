"""What is said for a while after an interrupted session was taken up again; pure."""

from __future__ import annotations

from typing import Final

from kapmonitor.session.state import Interruption
from kapmonitor.snapshot import Snapshot
from ui import format as fmt
from ui import strings

SAID_NS: Final = 120_000_000_000
"""Long enough for someone who looks at the person first."""


def to_tell(snapshot: Snapshot, now_ns: int) -> Interruption | None:
    """The last stretch without monitoring, for some time after it."""
    known = snapshot.session.interruptions
    return known[-1] if known and known[-1].t1_ns <= now_ns < known[-1].t1_ns + SAID_NS else None


def words(gap: Interruption, snapshot: Snapshot) -> str:
    """Until when everything is there, what is not, and until when nothing was monitored.

    A note counts as saved once it is on disk, so none of those can be lost.
    """

    def at(t_ns: int) -> str:
        return fmt.wall(snapshot.utc_ns + t_ns - snapshot.t_ns, snapshot.utc_offset_min, seconds=True)

    length = fmt.length(gap.t1_ns - gap.t0_ns)
    lost = strings.WAVES_LOST.format(seconds=f"{gap.waves_lost_ns / fmt.SECOND_NS:.1f}")
    kept = f"{strings.NO_NOTE_LOST}, {lost}" if gap.waves_lost_ns else strings.NO_NOTE_LOST
    return strings.TAKEN_UP.format(t0=at(gap.t0_ns), t1=at(gap.t1_ns), length=length, kept=kept)


class TakenUp:
    """The notice of one window: told until somebody puts it away, each interruption once."""

    def __init__(self) -> None:
        self._away: Interruption | None = None

    def words(self, snapshot: Snapshot, now_ns: int) -> str:
        """What to say now; empty where there is nothing to tell."""
        gap = to_tell(snapshot, now_ns)
        return "" if gap is None or gap == self._away else words(gap, snapshot)

    def put_away(self, snapshot: Snapshot, now_ns: int) -> None:
        """Somebody has read it."""
        self._away = to_tell(snapshot, now_ns)
