"""A .vital file as a recording: times are UTC in the file, waves keep their words where those are 16 bits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

from kapmonitor.foreign import vital
from kapmonitor.foreign.mapping import Mapping, Named
from kapmonitor.foreign.naming import WAVES, distinct, meant
from kapmonitor.foreign.recording import (
    FASTEST_HZ,
    SLOWEST_HZ,
    Channel,
    Gathered,
    Readings,
    Recording,
    Remark,
    Stretch,
    Tell,
    Values,
    Words,
    all_valid,
    counted,
    in_order,
    without_overlap,
)
from kapmonitor.foreign.scale import scale_of
from kapmonitor.foreign.vital import NUMBER, TEXT, WAVE, VitalTrack

FORMAT: Final = "vital"
EVENTS: Final = "EVENT"
FARTHEST_MIN: Final = 14 * 60
"""No zone is further from UTC."""
LATEST_S: Final = 4e9
"""Times after the year 2096 are none."""


def read(path: Path, mapping: Mapping, tell: Tell) -> Recording:
    """ImportRefused if it is no such file."""
    file = vital.read(path, tell)
    taken = Gathered()
    if file.is_cut:
        taken.left_out.append("the end: the file is cut short or damaged there")
    if file.passed:
        taken.left_out.append(f"{file.passed} packets that cannot be read, or of tracks that are not named")
    names = [f"{track.device}/{track.name}" if track.device else track.name for track in file.tracks]
    owns = distinct(names)
    for track, name, own in zip(file.tracks, names, owns, strict=True):
        mapped = (mapping.tracks[each] for each in (own, name, track.name) if each in mapping.tracks)
        _take(taken, track, own, next(mapped, None))
    taken.left_out += mapping.not_there((*owns, *(track.name for track in file.tracks)))
    if abs(file.offset_min) > FARTHEST_MIN:
        taken.left_out.append(f"the time zone: {file.offset_min} minutes from UTC are none")
        return taken.recording(FORMAT, 0, "not said in the file, taken for UTC")
    return taken.recording(FORMAT, file.offset_min, "as the file says")


def _take(taken: Gathered, track: VitalTrack, name: str, mapped: Named | None) -> None:
    if track.kind == TEXT and track.name == EVENTS:
        good = [(at_s, text) for at_s, text in track.texts if _is_time(at_s) and text]
        taken.remarks += [Remark(_ns(at_s), text) for at_s, text in good]
        taken.left_out += _timeless(name, sum(1 for _, text in track.texts if text) - len(good))
        return
    named = mapped or _named(track)
    if track.kind not in (WAVE, NUMBER) or not track.dtype:
        taken.left_out.append(f"{name}: {'text' if track.kind == TEXT else 'of a kind that is not read'}")
    elif isinstance(named, str):
        taken.left_out.append(f"{name}: {named}")
    elif track.kind == NUMBER:
        found, dropped = _numbers(name, track, named)
        taken.readings.append(found)
        taken.left_out += _timeless(name, len(track.times) - len(found.times) - dropped)
        taken.left_out += counted(dropped, name)
    else:
        taken.left_out += _wave(taken, name, track, named)


def _timeless(name: str, count: int) -> Iterator[str]:
    if count:
        yield f"{name}: {count} without a time that can be"


def _named(track: VitalTrack) -> Named | str:
    """By its name and unit."""
    found = meant(track.name, track.unit)
    if isinstance(found, str):
        return found
    if track.kind == WAVE and found.term not in WAVES:
        return "a wave of what is a number here"
    return Named(found, track.name, track.device or "vital", ())


def _is_time(at_s: float) -> bool:
    return 0 < at_s < LATEST_S


def _ns(at_s: float) -> int:
    """Whole microseconds: a double holds no more of a time of day."""
    return round(at_s * 1e6) * 1000


def _numbers(name: str, track: VitalTrack, named: Named) -> tuple[Readings, int]:
    at_s, values = np.frombuffer(track.times, np.float64), np.frombuffer(track.numbers, np.float64)
    good = (at_s > 0) & (at_s < LATEST_S)
    times = np.round(at_s[good] * 1e6).astype(np.int64) * 1000
    values = values[good].copy()
    values[np.isin(values, named.no_value) | ~np.isfinite(values)] = np.nan
    channel = Channel(name, named.device, named.meant.term, named.label)
    with np.errstate(invalid="ignore", over="ignore"):  # what becomes no number is no value
        values = _clean(values * named.meant.factor, track.dtype)
    return in_order(channel, times, values, all_valid(values))


def _clean(values: Values, dtype: str) -> Values:
    """A 32-bit number by the shortest text that means it: 36.6, not 36.599998."""
    return values.astype(np.float32).astype(str).astype(np.float64) if dtype == "<f4" else values


def _wave(taken: Gathered, name: str, track: VitalTrack, named: Named) -> Iterator[str]:
    """Adds the wave's stretches and says what of it is left out."""
    pieces = [(_ns(at_s), samples) for at_s, samples in track.pieces if _is_time(at_s)]
    scale = scale_of([samples for _, samples in pieces], track.dtype, track.gain, track.offset)
    if scale is None or not SLOWEST_HZ <= track.fs <= FASTEST_HZ:
        yield f"{name}: its scale or its rate is no number that can be"
        return
    factor = named.meant.factor
    fs, step, offset = float(track.fs), scale.step * factor, scale.offset * factor
    channel = Channel(name, named.device, named.meant.term, named.label, fs, step, offset)
    yield from _timeless(name, len(track.pieces) - len(pieces))
    found = (
        _stretch(channel, t_ns, scale.words(samples, named.no_value))
        for t_ns, samples in pieces
        if len(samples)
    )
    stretches, dropped = without_overlap(found)
    taken.stretches += stretches
    yield from counted(dropped, name)
    if scale.shift is None:
        yield f"{name}: what is finer than {step:.3g} {channel.term.unit}"


def _stretch(channel: Channel, t_ns: int, words: Words) -> Stretch:
    return Stretch(channel, t_ns, len(words), lambda start, stop: words[start:stop])
