"""What is typed about a track or a section, as numbers; ValueError, in words, where it is none. Pure."""

from __future__ import annotations

import re
from typing import Final

from playlists.edits import CROSSFADE_S, FADE_S, GAIN_DB, LONGEST_S
from playlists.model import Playlist, Section, Track
from playlists.problems import SHORTEST_S
from ui import format as fmt
from ui.playlist import wording

TIME: Final = re.compile(r"(?:(\d{1,2}):)?(\d{1,4}):(\d{1,2}(?:[.,]\d{1,3})?)|(\d{1,5}(?:[.,]\d{1,3})?)")


def seconds(text: str, name: str) -> float | None:
    """`4:30`, `1:02:03.5` or `270`; None for nothing."""
    if not text.strip():
        return None
    found = TIME.fullmatch(text.strip())
    if found is None:
        raise ValueError(wording.BAD_TIME.format(name=name))
    if found[4]:
        total = _number(found[4])
    else:
        total = int(found[1] or 0) * 3600 + int(found[2]) * 60 + _number(found[3])
    if total > LONGEST_S:
        raise ValueError(wording.BAD_TIME.format(name=name))
    return total


def number(text: str, name: str, allowed: tuple[float, float]) -> float | None:
    """A number within what is allowed; None for nothing."""
    said = text.strip().replace(fmt.MINUS, "-")
    if not said:
        return None
    if re.fullmatch(r"[+-]?\d{1,3}(?:[.,]\d{1,3})?", said):
        value = _number(said)
        if allowed[0] <= value <= allowed[1]:
            return value
    raise ValueError(wording.BAD_NUMBER.format(name=name, least=allowed[0], most=allowed[1]))


def gain_db(text: str) -> float:
    """How much louder, or with a minus softer."""
    return number(text, wording.FIELDS["gain"], GAIN_DB) or 0.0


def fade_s(text: str) -> float | None:
    """The fade to what follows; None for the list's own."""
    return number(text, wording.FIELDS["fade"], FADE_S)


def end_s(text: str, start_s: float) -> float | None:
    """Where a track ends, which is after where it begins."""
    end = seconds(text, wording.FIELDS["end"])
    if end is not None and end < start_s + SHORTEST_S:
        raise ValueError(wording.BAD_END.format(start=clock(start_s)))
    return end


def crossfade_s(text: str) -> float:
    """The fade of a list, which it cannot be without."""
    found = number(text, wording.FIELDS["crossfade"], CROSSFADE_S)
    return Playlist("", ()).crossfade_s if found is None else found


def list_texts(playlist: Playlist) -> dict[str, str]:
    """What stands in the fields of a list."""
    return {"list": playlist.title, "crossfade": f"{playlist.crossfade_s:g}"}


def track_texts(track: Track) -> dict[str, str]:
    """What stands in the fields of a track."""
    return {
        "title": track.title,
        "gain": _signed(track.gain_db),
        "start": clock(track.start_s) if track.start_s else "",
        "end": "" if track.end_s is None else clock(track.end_s),
        "fade": "" if track.fade_s is None else f"{track.fade_s:g}",
    }


def section_texts(section: Section) -> dict[str, str]:
    """What stands in the fields of a section."""
    return {
        "name": section.name,
        "earliest": clock(section.earliest_s) if section.earliest_s else "",
        "latest": "" if section.latest_s is None else clock(section.latest_s),
    }


def clock(value: float) -> str:
    """`6:40`, `1:02:03`, with what is left of a second where there is something: `6:40.5`."""
    whole, rest = divmod(round(value * 1000), 1000)
    return fmt.duration(whole * fmt.SECOND_NS) + (f".{rest:03d}".rstrip("0") if rest else "")


def _signed(value: float) -> str:
    if not value:
        return ""
    return f"{'+' if value > 0 else fmt.MINUS}{abs(value):g}"


def _number(text: str) -> float:
    return float(text.replace(",", "."))
