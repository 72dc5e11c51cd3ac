"""Notices that the console stands still; pure. Three beats missed, one a second, and it has stopped."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

S_NS: Final = 1_000_000_000
PATIENCE_NS: Final = 3 * S_NS
GONE_PATIENCE_NS: Final = S_NS // 2
"""A console whose process has ended without saying so will not beat again."""
RECOVERED_NS: Final = 2 * S_NS
TONE_NS: Final = 120 * S_NS
STAY_NS: Final = 900 * S_NS
"""The window of a console that is gone stays this long, unless somebody has seen it."""


class Health(StrEnum):
    """How the console is."""

    WELL = "well"
    STOPPED = "stopped"
    SEEN = "seen"
    """It has stopped, and somebody said that they know."""


@dataclass(frozen=True, slots=True)
class Heart:
    """`alive_ns` is when both the core and the screen were last known to live."""

    alive_ns: int
    gui: int | None = None
    gone: bool = False
    health: Health = Health.WELL
    since_ns: int = 0
    well_since_ns: int | None = None

    def silent_ns(self, now_ns: int) -> int:
        """For how long nothing has come."""
        return now_ns - self.alive_ns

    def sounds(self, now_ns: int) -> bool:
        """Whether the failure tone is due."""
        late = self.gone and now_ns - self.since_ns >= TONE_NS
        return self.health is Health.STOPPED and not late

    def over(self, now_ns: int) -> bool:
        """Whether nothing is left to be done: the console is gone, and that was said long enough."""
        return self.gone and (
            self.health is Health.SEEN
            or (self.health is Health.STOPPED and now_ns - self.since_ns >= STAY_NS)
        )


def beat(heart: Heart, gui: int | None, now_ns: int) -> Heart:
    """The core beat; it counts only if the screen counted on, too."""
    if gui is not None and gui == heart.gui:
        return heart
    return replace(heart, gui=gui, alive_ns=now_ns)


def gone(heart: Heart) -> Heart:
    """The console's process has ended, and did not say so before."""
    return replace(heart, gone=True)


def seen(heart: Heart) -> Heart:
    """Somebody dismissed the warning."""
    return replace(heart, health=Health.SEEN) if heart.health is Health.STOPPED else heart


def look(heart: Heart, now_ns: int) -> Heart:
    """Judge it now."""
    patience_ns = GONE_PATIENCE_NS if heart.gone else PATIENCE_NS
    missing = heart.silent_ns(now_ns) >= patience_ns
    if heart.health is Health.WELL:
        return replace(heart, health=Health.STOPPED, since_ns=now_ns) if missing else heart
    if missing:
        return replace(heart, well_since_ns=None)
    if heart.well_since_ns is None:
        return replace(heart, well_since_ns=now_ns)
    if now_ns - heart.well_since_ns >= RECOVERED_NS:
        return replace(heart, health=Health.WELL, well_since_ns=None)
    return heart
