"""What a number tile says at a given time; pure. The age of a value is judged here, at every paint.

A value too old, absent or unknown becomes `---` with words; it is never blank, never 0, never the last one.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from kapmonitor.model import Absent, AlertKind, LinkProblem, LinkState, Measured, Validity
from kapmonitor.snapshot import Freshness, LinkStatus, Priority, Tile
from ui import format as fmt
from ui import strings
from ui.tiles.look import Crossed, Look

PLAIN: Final = Look()
NONE_CROSSED: Final = Crossed()
STALE_NS: Final = 3 * fmt.SECOND_NS
"""A heart rate or saturation older than this could pass for live and is not shown."""
TICK_ALLOWANCE_NS: Final = fmt.SECOND_NS // 2
"""Real time between a value's arrival and its paint; a clock n times as fast sees n times as much of it."""
SAID_NOW_NS: Final = 2 * fmt.SECOND_NS
DOUBTFUL: Final = frozenset({Validity.QUESTIONABLE, Validity.CALIBRATING, Validity.ONGOING})


class Trust(StrEnum):
    """How a number is painted: full colour, quieter, struck, or gone."""

    FULL = "full"
    QUIET = "quiet"
    STRUCK = "struck"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class NumberFace:
    """One number tile. `words` stands in the middle of a tile without a value, `footer` below."""

    digits: str
    trust: Trust
    words: str
    footer: str
    low: str
    high: str
    alarm: Priority | None
    crossed: tuple[bool, bool] = (False, False)
    """Whether `low`, and whether `high`, is a limit that alarms now and not the nearest one."""
    look: Look = PLAIN
    beat: int = 0
    """Changes with every reading that arrives, so that a live tile is seen to live."""


def stale_after_ns(speed: float) -> int:
    """How old a continuous value may be on a clock that runs `speed` times as fast as real time."""
    return STALE_NS + round(max(0.0, speed - 1.0) * TICK_ALLOWANCE_NS)


def number_face(
    tile: Tile,
    link: LinkStatus | None,
    now_ns: int,
    speed: float,
    extra: str = "",
    look: Look = PLAIN,
    crossed: Crossed = NONE_CROSSED,
) -> NumberFace:
    """The face of a heart rate or saturation tile; `extra` joins the footer of a live value."""
    age_ns = now_ns - tile.t_ns
    digits, trust, words = fmt.NO_VALUE, Trust.GONE, ""
    if tile.unconfirmed:
        words, footer = strings.UNCONFIRMED, tile.source
    elif tile.unread and tile.freshness is not Freshness.FRESH:
        words, footer = strings.UNREAD, tile.source
    elif tile.freshness is Freshness.NONE:
        words, footer = _waiting(tile, link), tile.source
    elif tile.freshness is Freshness.STALE or age_ns > stale_after_ns(speed):
        words, footer = _why_stale(tile, link), strings.NO_VALUE_FOR.format(age=fmt.duration(age_ns))
        footer = _join(footer, tile.source)
    elif isinstance(tile.reading, Absent):
        words, footer = _why_absent(tile), _join(strings.NO_VALID, tile.source)
    else:
        digits, trust = _digits(tile.reading, tile)
        when = strings.NOW if age_ns < SAID_NOW_NS else fmt.age(age_ns)
        others = strings.MORE_SOURCES.format(count=tile.others) if tile.others else ""
        footer = _join(when, tile.source + others, extra, alert_words(tile.alerts))
    return NumberFace(
        digits=digits,
        trust=trust,
        words=words,
        footer=footer,
        low=_limit(crossed.low, tile.low),
        high=_limit(crossed.high, tile.high),
        alarm=tile.alarm,
        crossed=(crossed.low is not None, crossed.high is not None),
        look=look,
        beat=tile.t_ns if trust is not Trust.GONE else 0,
    )


def _limit(crossed: float | None, nearest: float | None) -> str:
    """The limit that the alarm line names, and without an alarm the one that would be met first."""
    shown = crossed if crossed is not None else nearest
    return fmt.limit(shown) if shown is not None else ""


def alert_words(alerts: tuple[AlertKind, ...]) -> str:
    """What the device itself complains of."""
    return ", ".join(strings.ALERTS[alert] for alert in alerts)


def link_words(link: LinkStatus) -> str:
    """Why a link is not live."""
    if link.problem in (LinkProblem.LOST, LinkProblem.SILENT):
        return strings.LINK_LOST if link.problem is LinkProblem.LOST else strings.SILENT
    return strings.LINK_PROBLEMS[link.problem] or strings.LINK_STATES[link.state]


def link_of(links: tuple[LinkStatus, ...], source: str) -> LinkStatus | None:
    """The link that a tile's source names, by label or by device."""
    return next((link for link in links if source and source in (link.label, link.device)), None)


def _digits(reading: Measured, tile: Tile) -> tuple[str, Trust]:
    quiet = tile.freshness is not Freshness.FRESH or reading.validity in DOUBTFUL
    return f"{reading.value:.0f}", Trust.QUIET if quiet else Trust.FULL


def _waiting(tile: Tile, link: LinkStatus | None) -> str:
    if link is None and not tile.source:
        return strings.NO_SENSOR
    if link is None or link.state is LinkState.LIVE:
        return strings.WAITING
    return link_words(link)


def _why_stale(tile: Tile, link: LinkStatus | None) -> str:
    if link is not None and link.state is not LinkState.LIVE:
        # It was there: that its port is not found either is nothing that helps in front of this tile.
        return strings.LINK_LOST if link.problem is LinkProblem.NOT_FOUND else link_words(link)
    return alert_words(tile.alerts) or strings.SILENT


def _why_absent(tile: Tile) -> str:
    return alert_words(tile.alerts) or strings.NO_VALID


def _join(*parts: str) -> str:
    return " · ".join(part for part in parts if part)
