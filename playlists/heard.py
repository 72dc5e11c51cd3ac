"""What was heard at any time, from the record of a session alone. Pure.

In a crossfade the newer track is what is said. Sound reaches the ear up to the output's buffer, half a
second, after the record says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from kapmonitor.session.events import MusicAction, MusicEvent

BEGINS: Final = frozenset({MusicAction.STARTED, MusicAction.RESUMED, MusicAction.SOUGHT})
ENDS: Final = frozenset({MusicAction.PAUSED, MusicAction.STOPPED, MusicAction.OUTPUT_LOST})


@dataclass(frozen=True, slots=True)
class Heard:
    """A track sounding: `position_s` in its file at `t_ns`, how loud, and where."""

    t_ns: int
    track: str
    title: str
    section: str
    position_s: float
    level_db: float
    output: str


def heard(events: Iterable[tuple[int, MusicEvent]], t_ns: int) -> Heard | None:
    """What sounded at `t_ns`; None where nothing did. The events are (time, event), in their order."""
    now: Heard | None = None
    for at_ns, event in events:
        if at_ns > t_ns:
            break
        now = _after(now, at_ns, event)
    return None if now is None else _later(now, t_ns)


def _after(now: Heard | None, at_ns: int, event: MusicEvent) -> Heard | None:
    action = MusicAction(event.action)
    level_db = round(event.volume_db + event.duck_db + event.gain_db, 2)
    if action in BEGINS:
        begun = (event.track, event.title, event.section, event.position_s)
        return Heard(at_ns, *begun, level_db=level_db, output=event.output)
    if action in ENDS or now is None:
        return None
    if action is MusicAction.MISSING:
        return None if event.track == now.track and event.title == now.title else now
    return replace(_later(now, at_ns), level_db=level_db, output=event.output)


def _later(now: Heard, t_ns: int) -> Heard:
    return replace(now, t_ns=t_ns, position_s=round(now.position_s + (t_ns - now.t_ns) / 1e9, 3))
