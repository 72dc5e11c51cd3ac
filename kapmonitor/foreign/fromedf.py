"""An EDF file as a recording: digital minimum is no value, EDF+D has gaps where it says so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Final

import numpy as np

from kapmonitor import mdc
from kapmonitor.errors import ImportRefused
from kapmonitor.foreign import edffile
from kapmonitor.foreign.edffile import ANNOTATIONS, Annotation, EdfFile, Signal
from kapmonitor.foreign.mapping import Mapping, Named, zone_of
from kapmonitor.foreign.naming import WAVES, as_term, meant
from kapmonitor.foreign.recording import (
    MOST_VALUES,
    SECOND_NS,
    VALID,
    Channel,
    Gathered,
    Readings,
    Recording,
    Remark,
    Stretch,
    Tell,
    Words,
    counted,
    in_order,
    without_overlap,
)
from kapmonitor.model import NO_SAMPLE, NibpFailure

FORMAT: Final = "edf"
OURS: Final = "kapmonitor"
BEGINS: Final = "recording begins"
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
TOGETHER_NS: Final = 1_000_000
"""Data records that begin so close to the end of the one before go on where that ended."""
DIGITS: Final = 6
CUFF_TERMS: Final = (mdc.NIBP_SYS, mdc.NIBP_DIA, mdc.NIBP_MEAN)
_CUFF: Final = re.compile(r"NIBP (---|[\d.]+)/(---|[\d.]+)(?: \(([\d.]+)\))? mmHg")
_FAILED: Final = re.compile(r"NIBP failed: ([a-z-]+)")
_OUR_ZONE: Final = re.compile(r"\bUTC([+-]\d\d:\d\d)\b")
_WORDS: Final = re.compile(r"^(\S.*) (\S+)$")


@dataclass(frozen=True, slots=True)
class _Part:
    """Data records `first` to `stop` that follow each other; `utc_ns` is the first one's time."""

    first: int
    stop: int
    utc_ns: int


def read(path: Path, mapping: Mapping, tell: Tell) -> Recording:
    """ImportRefused if it is no such file. Its samples are read from it later, piece by piece."""
    file = edffile.read(path)
    zone, said = _zone(file, mapping)
    began_ns = _ns(file.began.replace(tzinfo=zone))
    taken = Gathered()
    if len(file.records) < file.expected:
        taken.left_out.append(f"the end: only {len(file.records)} of {file.expected} data records are there")
    signals = [signal for signal in file.signals if not signal.label.startswith(ANNOTATIONS)]
    onsets, notes = _annotations(path, file, tell)
    parts = list(_parts(file, onsets, began_ns))
    for name, signal in _distinct(signals):
        _take(taken, file, name, signal, parts, mapping)
    _say(taken, file, notes, began_ns)
    return taken.recording(FORMAT, _offset_min(file.began, zone), said)


def _zone(file: EdfFile, mapping: Mapping) -> tuple[tzinfo, str]:
    """The mapping's, or the one that our own exports name, or UTC; and in words where it is from."""
    if mapping.zone is not None:
        return mapping.zone, mapping.zone_name
    named = _OUR_ZONE.search(file.equipment) if OURS in file.equipment else None
    zone = zone_of(named[1]) if named is not None else None
    if named is not None and zone is not None:
        return zone, f"UTC{named[1]}, as the file says"
    return UTC, "not said in the file, taken for UTC"


def _ns(at: datetime) -> int:
    return (at - EPOCH) // timedelta(microseconds=1) * 1000


def _offset_min(at: datetime, zone: tzinfo) -> int:
    return int((at.replace(tzinfo=zone).utcoffset() or timedelta()) / timedelta(minutes=1))


def _distinct(signals: list[Signal]) -> Iterator[tuple[str, Signal]]:
    """Each signal with a name of its own."""
    seen: dict[str, int] = {}
    for signal in signals:
        seen[signal.label] = seen.get(signal.label, 0) + 1
        yield signal.label if seen[signal.label] == 1 else f"{signal.label} #{seen[signal.label]}", signal


def _annotations(path: Path, file: EdfFile, tell: Tell) -> tuple[list[int | None], list[Annotation]]:
    """Each data record's own time, where it says it, and all texts."""
    signals = [signal for signal in file.signals if signal.label.startswith(ANNOTATIONS)]
    onsets: list[int | None] = []
    notes: list[Annotation] = []
    for record in range(len(file.records) if signals else 0):
        tell(record / len(file.records))
        for place, signal in enumerate(signals):
            onset, found = edffile.annotations_of(file, signal, record)
            notes += found
            if place == 0:
                onsets.append(onset)
    if file.is_discontinuous and None in onsets:
        raise ImportRefused(str(path), "is EDF+D, and not all of its data records say when they are")
    return onsets, notes


def _parts(file: EdfFile, onsets: list[int | None], began_ns: int) -> Iterator[_Part]:
    """Of EDF+D where its times go on; of others all in one, from the first record's own time."""
    count = len(file.records)
    if not count:
        return
    if not file.is_discontinuous:
        yield _Part(0, count, began_ns + ((onsets[0] if onsets else 0) or 0))
        return
    times = [onset or 0 for onset in onsets]
    first = 0
    for record in range(1, count + 1):
        due_ns = times[first] + (record - first) * file.record_ns
        if record == count or abs(times[record] - due_ns) > TOGETHER_NS:
            yield _Part(first, record, began_ns + times[first])
            first = record


def _take(
    taken: Gathered, file: EdfFile, name: str, signal: Signal, parts: list[_Part], mapping: Mapping
) -> None:
    named = mapping.tracks.get(name) or _named(signal)
    if isinstance(named, str):
        taken.left_out.append(f"{name}: {named}")
        return
    scale = _scale(signal)
    if scale is None or not file.record_ns:
        taken.left_out.append(f"{name}: its range is no number that can be")
        return
    fs = signal.size * SECOND_NS / file.record_ns
    factor = named.meant.factor
    step, offset = scale[0] * factor, scale[1] * factor
    is_wave = named.meant.term in WAVES
    channel = Channel(
        name,
        named.device,
        named.meant.term,
        named.label,
        fs if is_wave else 0.0,
        step if is_wave else 1.0,
        offset if is_wave else 0.0,
    )
    none = tuple((value - scale[1]) / scale[0] for value in named.no_value)
    if is_wave:
        found = (_stretch(channel, file, signal, part, none) for part in parts)
        stretches, dropped = without_overlap(found)
        taken.stretches += stretches
        taken.left_out += counted(dropped, name)
    elif len(file.records) * signal.size > MOST_VALUES:
        taken.left_out.append(f"{name}: more than {MOST_VALUES} numbers")
    else:
        readings, dropped = _numbers(channel, file, signal, parts, (step, offset, none))
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


def _scale(signal: Signal) -> tuple[float, float] | None:
    """Step and offset; None where the header gives no scale."""
    (low, high), (least, most) = signal.physical, signal.digital
    if not (abs(low) < 1e9 and abs(high) < 1e9 and low != high and least < most):
        return None
    step = (high - low) / (most - least)
    return step, low - least * step


def _read(file: EdfFile, signal: Signal, first: int, span: tuple[int, int], none: tuple[float, ...]) -> Words:
    """Words, NO_SAMPLE where the file has its lowest word or one that means none."""
    words = edffile.words_of(file, signal, first, *span)
    gone = words <= signal.digital[0]
    if none:
        gone |= np.isclose(words[:, None].astype(np.float64), none, atol=0.5).any(axis=1)
    words[gone] = NO_SAMPLE
    return words


def _stretch(
    channel: Channel, file: EdfFile, signal: Signal, part: _Part, none: tuple[float, ...]
) -> Stretch:
    def read(start: int, stop: int) -> Words:
        return _read(file, signal, part.first, (start, stop), none)

    return Stretch(channel, part.utc_ns, (part.stop - part.first) * signal.size, read)


def _numbers(
    channel: Channel,
    file: EdfFile,
    signal: Signal,
    parts: list[_Part],
    scale: tuple[float, float, tuple[float, ...]],
) -> tuple[Readings, int]:
    """A number at each sample's time, rounded to what the file's few digits of scale can mean."""
    step, offset, none = scale
    times, values = [np.empty(0, np.int64)], [np.empty(0, np.float64)]
    for part in parts:
        n = (part.stop - part.first) * signal.size
        words = _read(file, signal, part.first, (0, n), none)
        there = np.flatnonzero(words != NO_SAMPLE)
        times.append(part.utc_ns + there * file.record_ns // signal.size)
        values.append(np.round(words[there] * step + offset, DIGITS))
    every = np.concatenate(values)
    return in_order(channel, np.concatenate(times), every, np.full(len(every), VALID, np.int8))


def _say(taken: Gathered, file: EdfFile, notes: list[Annotation], began_ns: int) -> None:
    """Annotations become remarks; those of our own exports that are cuff readings become these again."""
    is_ours = OURS in file.equipment
    cuffs: dict[mdc.Term, list[tuple[int, float]]] = {term: [] for term in CUFF_TERMS}
    for note in notes:
        utc_ns = began_ns + note.after_ns
        cuff = _CUFF.fullmatch(note.text) if is_ours else None
        failed = _FAILED.fullmatch(note.text) if is_ours else None
        if cuff is not None:
            for term, text in zip(CUFF_TERMS, cuff.groups(), strict=True):
                if text not in (None, "---"):
                    cuffs[term].append((utc_ns, float(text)))
        elif failed is not None and failed[1] in set(NibpFailure):
            taken.remarks.append(Remark(utc_ns, "", failed[1]))
        elif note.text.strip() and note.text != BEGINS:
            taken.remarks.append(Remark(utc_ns, note.text))
    for term, pairs in cuffs.items():
        if pairs:
            times, values = np.array([t for t, _ in pairs], np.int64), np.array([v for _, v in pairs])
            channel = Channel(term.ref, "import", term, term.ref)
            taken.readings.append(in_order(channel, times, values, np.full(len(pairs), VALID, np.int8))[0])
