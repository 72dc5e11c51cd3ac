"""An EDF file as a recording: outside the digital range is no value, EDF+D has gaps where it says so."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kapmonitor import mdc
from kapmonitor.errors import ImportRefused
from kapmonitor.foreign import edffile
from kapmonitor.foreign.daytime import ns_of, offset_min
from kapmonitor.foreign.edffile import ANNOTATIONS, EdfFile, Signal
from kapmonitor.foreign.edfsaid import take_notes
from kapmonitor.foreign.edftimes import Part, timeline, times_of
from kapmonitor.foreign.mapping import Mapping, Named, zone_of
from kapmonitor.foreign.naming import WAVES, as_term, distinct, meant
from kapmonitor.foreign.recording import (
    FASTEST_HZ,
    MOST_VALUES,
    SECOND_NS,
    SLOWEST_HZ,
    VALID,
    Channel,
    Gathered,
    Readings,
    Recording,
    Stretch,
    Tell,
    Words,
    counted,
    in_order,
    without_overlap,
)
from kapmonitor.model import NO_SAMPLE

FORMAT: Final = "edf"
OURS: Final = "kapmonitor"
DIGITS: Final = 6
FINEST: Final = 1e-12
"""Steps of a scale; what is finer is none."""
_OUR_ZONE: Final = re.compile(r"\bUTC([+-]\d\d:\d\d)\b")
_WORDS: Final = re.compile(r"^(\S.*) (\S+)$")


def read(path: Path, mapping: Mapping, tell: Tell) -> Recording:
    """ImportRefused if it is no such file. Its samples are read from it later, piece by piece."""
    file = edffile.read(path)
    zone, said = _zone(file, mapping)
    began_ns = ns_of(file.began.replace(tzinfo=zone))
    if began_ns is None:
        raise ImportRefused(str(path), f"has a header whose start is in the year {file.began.year}")
    taken = Gathered()
    if len(file.records) < file.expected:
        taken.left_out.append(f"the end: only {len(file.records)} of {file.expected} data records are there")
    if file.more:
        taken.left_out.append(f"the end: {file.more} data records more than the header names")
    line = timeline(path, file, began_ns, tell)
    taken.left_out += line.left_out
    signals = [signal for signal in file.signals if not signal.label.startswith(ANNOTATIONS)]
    names = distinct(signal.label for signal in signals)
    for name, signal in zip(names, signals, strict=True):
        _take(taken, file, name, signal, line.parts, mapping)
    taken.left_out += mapping.not_there(names)
    take_notes(taken, line.notes, began_ns, is_ours=OURS in file.equipment)
    return taken.recording(FORMAT, offset_min(began_ns, zone), said)


def _zone(file: EdfFile, mapping: Mapping) -> tuple[tzinfo, str]:
    """The mapping's, or the one that our own exports name, or UTC; and in words where it is from."""
    if mapping.zone is not None:
        return mapping.zone, mapping.zone_name
    named = _OUR_ZONE.search(file.equipment) if OURS in file.equipment else None
    zone = zone_of(named[1]) if named is not None else None
    if named is not None and zone is not None:
        return zone, f"UTC{named[1]}, as the file says"
    return UTC, "not said in the file, taken for UTC"


def _take(
    taken: Gathered, file: EdfFile, name: str, signal: Signal, parts: Sequence[Part], mapping: Mapping
) -> None:
    named = mapping.tracks.get(name) or _named(signal)
    if isinstance(named, str):
        taken.left_out.append(f"{name}: {named}")
        return
    scale = _scale(signal, named.meant.factor)
    if scale is None:
        taken.left_out.append(f"{name}: its range is no number that can be")
        return
    fs = signal.size * SECOND_NS / file.record_ns if file.record_ns else 0.0
    is_wave = named.meant.term in WAVES
    if not fs or (is_wave and not SLOWEST_HZ <= fs <= FASTEST_HZ):
        lasts = f"{file.record_ns / SECOND_NS:g} s"
        taken.left_out.append(f"{name}: {signal.size} samples in {lasts} are no rate that is taken over")
        return
    taken.left_out += _outside(file, name, signal, is_wave=is_wave)
    none = tuple((value * named.meant.factor - scale[1]) / scale[0] for value in named.no_value)
    if is_wave:
        channel = Channel(name, named.device, named.meant.term, named.label, fs, *scale)
        found = (_stretch(channel, file, signal, part, none) for part in parts)
        stretches, dropped = without_overlap(found)
        taken.stretches += stretches
        taken.left_out += counted(dropped, name)
    elif len(file.records) * signal.size + taken.values > MOST_VALUES:
        taken.left_out.append(f"{name}: more than {MOST_VALUES} numbers")
    else:
        channel = Channel(name, named.device, named.meant.term, named.label)
        readings, dropped = _numbers(channel, file, signal, parts, (*scale, none))
        taken.readings.append(readings)
        taken.left_out += counted(dropped, name)


def _named(signal: Signal) -> Named | str:
    """Our own exports name device and term; others go by label and unit."""
    ours = _WORDS.match(signal.transducer)
    term = mdc.BY_REF.get(ours[2]) if ours is not None else None
    if ours is not None and term is not None:
        found = as_term(term, "Cel" if signal.dimension == "degC" else signal.dimension)
        return found if isinstance(found, str) else Named(found, signal.label, ours[1], ())
    found = meant(signal.label, signal.dimension)
    return found if isinstance(found, str) else Named(found, signal.label, "edf", ())


def _scale(signal: Signal, factor: float) -> tuple[float, float] | None:
    """Step and offset in our unit; None where the header gives no scale."""
    (low, high), (least, most) = signal.physical, signal.digital
    if not (abs(low) < 1e9 and abs(high) < 1e9 and least < most):
        return None
    step = (high - low) / (most - least)
    return (step * factor, (low - least * step) * factor) if abs(step * factor) >= FINEST else None


def _lowest(signal: Signal) -> int:
    """The lowest word that is a value: the digital minimum, unless the signal says that it means none."""
    least = signal.digital[0]
    return least + 1 if f"digital {least} = no value" in signal.prefiltering else least


def _outside(file: EdfFile, name: str, signal: Signal, *, is_wave: bool) -> Iterator[str]:
    """In words, how many samples are no value, but for those that the signal says are none."""
    least, most = signal.digital
    outside = unheld = 0
    at_once = max(1, edffile.AT_ONCE // signal.size)
    for first in range(0, len(file.records), at_once):
        stop = min(first + at_once, len(file.records))
        words = file.records.column(first, stop, signal.begin, signal.size)
        outside += int(np.count_nonzero((words < least) | (words > most)))
        unheld += int(np.count_nonzero(words == NO_SAMPLE))
    if outside:
        yield f"{name}: {outside} samples outside its digital range, {least} to {most}"
    if is_wave and unheld and _lowest(signal) == NO_SAMPLE:
        yield f"{name}: {unheld} samples at {NO_SAMPLE}, which means no sample here"


def _gone(words: Words, signal: Signal, none: tuple[float, ...]) -> NDArray[np.bool_]:
    """Where there is no value: outside the digital range, or words that mean none."""
    gone: NDArray[np.bool_] = (words < _lowest(signal)) | (words > signal.digital[1])
    if none:
        gone |= np.isclose(words[:, None].astype(np.float64), none, atol=0.5).any(axis=1)
    return gone


def _stretch(channel: Channel, file: EdfFile, signal: Signal, part: Part, none: tuple[float, ...]) -> Stretch:
    def read(start: int, stop: int) -> Words:
        words = edffile.words_of(file, signal, part.first, start, stop)
        words[_gone(words, signal, none)] = NO_SAMPLE
        return words

    return Stretch(channel, part.utc_ns, (part.stop - part.first) * signal.size, read)


def _numbers(
    channel: Channel,
    file: EdfFile,
    signal: Signal,
    parts: Sequence[Part],
    scale: tuple[float, float, tuple[float, ...]],
) -> tuple[Readings, int]:
    """A number at each sample's time, rounded to what the file's few digits of scale can mean."""
    step, offset, none = scale
    times, values = [np.empty(0, np.int64)], [np.empty(0, np.float64)]
    for part in parts:
        words = edffile.words_of(file, signal, part.first, 0, (part.stop - part.first) * signal.size)
        there = np.flatnonzero(~_gone(words, signal, none))
        times.append(times_of(part, there, signal.size, file.record_ns))
        values.append(np.round(words[there] * step + offset, DIGITS))
    every = np.concatenate(values)
    return in_order(channel, np.concatenate(times), every, np.full(len(every), VALID, np.int8))
