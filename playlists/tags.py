"""What a sound file says of itself: title, artist, album, and how loud it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import log10
from pathlib import Path
from typing import Final

from playlists.model import LUFS, PEAK_DBFS, Loudness

REFERENCE_LUFS: Final = -18.0
"""To which ReplayGain brings a track."""
R128_LUFS: Final = -23.0
LONGEST: Final = 200
FULL_SCALE: Final = 0.0
"""Where a tag says no peak, the highest is assumed."""
BELIEVED_DB: Final = 40.0
"""A tag that claims to know a larger gain is not believed."""


@dataclass(frozen=True, slots=True)
class Tags:
    """What is known of a piece from its file's tags; empty where they do not say."""

    title: str = ""
    artist: str = ""
    album: str = ""
    disc: int | None = None
    number: int | None = None
    loudness: Loudness | None = None

    def follows(self, before: Tags) -> bool:
        """Whether it comes right after another piece on one album."""
        if not self.album or self.number is None or before.number is None:
            return False
        same = (self.album, self.artist, self.disc) == (before.album, before.artist, before.disc)
        return same and self.number == before.number + 1


def tags(path: Path) -> Tags:
    """The file's tags; empty ones where it has none or they cannot be read. Never fails."""
    from tinytag import TinyTag

    try:
        found = TinyTag.get(path, duration=False)
    except Exception:  # noqa: BLE001 whatever a damaged tag makes it raise: music is played without one
        return Tags()
    return Tags(
        title=_line(found.title),
        artist=_line(found.artist),
        album=_line(found.album),
        disc=found.disc,
        number=found.track,
        loudness=_loudness(found.other),
    )


def _line(said: str | None) -> str:
    """In one line, without what cannot be shown."""
    return re.sub("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\\s]+", " ", said or "").strip()[:LONGEST]


def _loudness(other: Mapping[str, list[str]]) -> Loudness | None:
    """From the tags of ReplayGain, or of R128 as Opus files have them."""
    found = {key.casefold(): values[0] for key, values in other.items() if values}
    gain, reference = _number(found.get("replaygain_track_gain")), REFERENCE_LUFS
    if gain is None:
        opus = _number(found.get("r128_track_gain"))
        gain, reference = None if opus is None else opus / 256, R128_LUFS
    if gain is None or abs(gain) > BELIEVED_DB:
        return None
    lufs, peak = round(reference - gain, 2), _peak_dbfs(_number(found.get("replaygain_track_peak")))
    return Loudness(lufs, peak) if LUFS[0] <= lufs <= LUFS[1] else None


def _peak_dbfs(peak: float | None) -> float:
    """As a playlist can hold it; FULL_SCALE, with which it is played softest, where it cannot."""
    dbfs = round(20 * log10(peak), 2) if peak is not None and peak > 0 else FULL_SCALE
    return dbfs if PEAK_DBFS[0] <= dbfs <= PEAK_DBFS[1] else FULL_SCALE


def _number(said: str | None) -> float | None:
    """The number that a text such as '-7.30 dB' begins with."""
    found = re.match(r"\s*([+-]?\d{1,6}(?:\.\d{1,9})?)\s*(?:dB)?\s*$", said or "", re.IGNORECASE)
    return float(found[1]) if found else None
