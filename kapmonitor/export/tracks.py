"""A record's channels at fixed rates, as EDF wants them: int16 words, one of which says "no value"."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kapmonitor.errors import ExportError
from kapmonitor.export.source import Source, Tell, untold
from kapmonitor.model import NO_SAMPLE
from kapmonitor.record.cuffs import CUFF_REFS
from kapmonitor.session.events import ChannelDescribed

Words = NDArray[np.int16]
SECOND_NS: Final = 1_000_000_000
JITTER_S: Final = 0.04
"""Stretches of a wave that begin so close to the end of the one before go on where it ended."""
MOST_WORD: Final = 32_767
_FINEST: Final = 0.001
_COARSEST: Final = 100.0
"""With larger steps the ends of the scale have more digits than EDF has room for."""
_DENOMINATOR: Final = 8


@dataclass(frozen=True, slots=True)
class Track:
    """Channels of one name, of which a session that was taken up again has several; `step` is one word."""

    channels: tuple[ChannelDescribed, ...]
    rate: Fraction
    step: float
    offset: float

    @property
    def first(self) -> ChannelDescribed:
        return self.channels[0]

    @property
    def is_wave(self) -> bool:
        return self.first.fs > 0


def tracks_of(source: Source) -> tuple[Track, ...]:
    """What becomes a signal: all waves, and all numerics but those of cuffs, which are annotations."""
    named: dict[tuple[str, str, float, float, float], list[ChannelDescribed]] = {}
    for channel in source.channels.values():
        if channel.ref not in CUFF_REFS:
            name = (channel.device, channel.ref, channel.fs, channel.resolution, channel.offset)
            named.setdefault(name, []).append(channel)
    largest = _largest(source)
    tracks = tuple(_track(tuple(channels), largest) for channels in named.values())
    for track in tracks:
        if not track.is_wave and track.step > _COARSEST:
            who = f"{track.first.label or track.first.ref} of {track.first.device}"
            raise ExportError(str(source.path), f"EDF has no room for a value of {who}; csv and json have")
    return tracks


def _track(channels: tuple[ChannelDescribed, ...], largest: Mapping[int, float]) -> Track:
    first = channels[0]
    if first.fs > 0:
        rate = Fraction(first.fs).limit_denominator(_DENOMINATOR)
        return Track(channels, rate or Fraction(1), first.resolution, first.offset)
    most = max(largest.get(each.channel, 0.0) for each in channels)
    step = _FINEST
    while most / step > MOST_WORD:
        step *= 10
    return Track(channels, Fraction(1), step, 0.0)


def _largest(source: Source) -> dict[int, float]:
    """The largest value of each numeric, so that the finest steps can be chosen that hold it."""
    found: dict[int, float] = {}
    for value in source.values():
        if value.value is not None and abs(value.value) != float("inf"):
            number = value.channel.channel
            found[number] = max(found.get(number, 0.0), abs(value.value))
    return found


def wave_words(source: Source, track: Track, t0_ns: int, n: int, tell: Tell = untold) -> Words:
    """The `n` words of a wave from a time on."""
    words = np.full(n, NO_SAMPLE, np.int16)
    rate = float(track.rate)
    for channel in track.channels:
        end: int | None = None
        for piece in source.reader.waves(channel.channel, t0_ns, t0_ns + round(n / rate * SECOND_NS)):
            tell(source.share(piece.t0_ns))
            at = round((piece.t0_ns - t0_ns) * rate / SECOND_NS)
            if end is not None and abs(at - end) <= JITTER_S * rate + 1.5:
                at = end
            end = at + len(piece.samples)
            first, stop = max(0, -at), max(0, min(len(piece.samples), n - at))
            if first < stop:
                words[at + first : at + stop] = piece.samples[first:stop]
        for begin_ns, end_ns in source.stories.doubts(channel.device):
            words[_place(begin_ns - t0_ns, rate, n) : _place(end_ns - t0_ns, rate, n)] = NO_SAMPLE
    return words


def _place(after_ns: int, rate: float, n: int) -> int:
    """The first word at or after a time, within the words there are."""
    return min(n, max(0, math.ceil(after_ns * rate / SECOND_NS)))


def numeric_words(
    source: Source, tracks: Iterable[Track], t0_ns: int, seconds: int, tell: Tell = untold
) -> dict[int, Words]:
    """The newest value of each second of each numeric, by the number of its track's first channel."""
    words: dict[int, Words] = {}
    of: dict[int, tuple[Words, float]] = {}
    for track in tracks:
        mine = words[track.first.channel] = np.full(seconds, NO_SAMPLE, np.int16)
        of.update((channel.channel, (mine, track.step)) for channel in track.channels)
    for value in source.values(tell):
        place = (value.t_ns - t0_ns) // SECOND_NS
        found = of.get(value.channel.channel)
        if found is None or not 0 <= place < seconds or not value.is_the_persons:
            continue
        if value.value is not None and abs(value.value) != float("inf"):
            found[0][place] = round(value.value / found[1])
    return words
