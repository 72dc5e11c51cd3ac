"""What the music panel says, live and in review. Pure: a view in, words and shares out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from playlists.course import VOLUME_CAP_DB, VOLUME_FLOOR_DB, Mode
from ui import format as fmt
from ui.music import wording
from ui.music.ports import MusicView, OutputState

SEGMENTS: Final = 16
ROWS: Final = 4


class Glyph(StrEnum):
    """What pressing the round key would do."""

    PLAY = "play"
    PAUSE = "pause"


@dataclass(frozen=True, slots=True)
class KeyFace:
    """One of the four keys: its letter, its word, whether it is on, whether it can act."""

    letter: str
    word: str
    lit: bool = False
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class RowFace:
    """One line of what comes or, in review, of what there was."""

    left: str
    title: str
    right: str
    faint: bool = False


@dataclass(frozen=True, slots=True)
class MusicFace:
    """Everything on the panel. `word` and `hint` stand alone in its middle; then there is nothing else."""

    heading: str = wording.TITLE
    right: str = ""
    amber: bool = False
    word: str = ""
    hint: str = ""
    glyph: Glyph | None = None
    title: str = ""
    quiet: bool = False
    line: str = ""
    times: str = ""
    progress: float | None = None
    keys: tuple[KeyFace, ...] = ()
    caption: str = ""
    lately: str = ""
    rows: tuple[RowFace, ...] = ()
    trouble: str = ""
    segments: int | None = None
    footer: str = ""
    lists: str = ""


def no_playlist() -> MusicFace:
    """A live session without music."""
    return MusicFace(word=wording.NO_PLAYLIST, hint=wording.NO_PLAYLIST_HINT, lists=wording.LISTS)


def live(view: MusicView) -> MusicFace:
    """A live session's music."""
    heading = wording.EXAMPLE if view.example else wording.TITLE
    if view.checking:
        return MusicFace(heading=heading, word=wording.CHECKING)
    right, amber = _right(view)
    return MusicFace(
        heading=heading,
        right=right,
        amber=amber,
        glyph=_glyph(view),
        title=view.title,
        quiet=view.mode is not Mode.PLAYING or not view.output.usable,
        line=_line(view),
        times=f"{fmt.duration(int(view.at_s * 1e9))} / {clock(view.duration_s)}" if view.title else "",
        progress=min(1.0, view.at_s / view.duration_s) if view.duration_s > 0 else None,
        keys=_keys(view),
        rows=tuple(
            RowFace(row.section, row.title, clock(row.duration_s), faint=row.if_moved) for row in view.coming
        ),
        trouble=_trouble(view),
        segments=segments(view.volume_db),
        footer=wording.CROSSFADE.format(seconds=view.crossfade_s),
        lists=wording.LISTS,
    )


def _glyph(view: MusicView) -> Glyph | None:
    """None where there is nothing to play."""
    if not view.title:
        return None
    return Glyph.PAUSE if view.mode is Mode.PLAYING else Glyph.PLAY


def clock(seconds: float) -> str:
    """`6:40`; nothing for a length that is not known."""
    return fmt.duration(int(seconds * 1e9)) if seconds > 0 else ""


def segments(volume_db: float) -> int:
    """How many of the volume bar's segments are lit: two decibels each, at least one."""
    share = (volume_db - VOLUME_FLOOR_DB) / (VOLUME_CAP_DB - VOLUME_FLOOR_DB)
    return 1 + round(min(1.0, max(0.0, share)) * (SEGMENTS - 1))


def _trouble(view: MusicView) -> str:
    """The one sentence there is room for: what keeps all music from being heard comes first."""
    output = wording.TROUBLES[view.output.state].format(name=view.output.name)
    return output or view.trouble or (wording.ALL_ENDED if view.ended else "")


def _right(view: MusicView) -> tuple[str, bool]:
    output = view.output
    if output.usable and view.duck_db < 0:
        return wording.DUCKED, True
    amber = output.state is not OutputState.READY
    return wording.OUTPUTS[output.state].format(name=output.name), amber


def _line(view: MusicView) -> str:
    if not view.title:
        return ""
    state = ""
    if view.held:
        state = wording.HELD
    elif view.going_to and view.going_to != view.section:
        state = wording.GOING_TO.format(section=view.going_to)
    elif view.mode is Mode.PAUSED:
        state = wording.PAUSED
    elif view.mode is Mode.STOPPED:
        state = wording.ENDED if view.ended else wording.NOT_STARTED
    return " · ".join(part for part in (view.section, state) if part)


def _keys(view: MusicView) -> tuple[KeyFace, ...]:
    some = bool(view.title)
    softest = view.volume_db <= VOLUME_FLOOR_DB
    return (
        KeyFace("H", wording.HELD if view.held else wording.HOLD, lit=view.held, enabled=some),
        KeyFace("S", wording.SOFTEST if softest else wording.SOFTER, enabled=some and not softest),
        KeyFace(
            "G",
            wording.BACK if view.grounded else wording.GROUND,
            lit=view.grounded,
            enabled=view.can_ground or view.grounded,
        ),
        KeyFace("→", wording.NEXT, enabled=some),
    )
