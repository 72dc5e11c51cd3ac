"""When the data records of an EDF file are, and what its annotations say, within what a session can last."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kapmonitor.errors import ImportRefused
from kapmonitor.foreign import edffile
from kapmonitor.foreign.edffile import ANNOTATIONS, Annotation, EdfFile
from kapmonitor.foreign.recording import LONGEST_NS, TOO_LONG, Tell, Times

TOGETHER_NS: Final = 1_000_000
"""Data records that begin so close to the end of the one before go on where that ended."""


@dataclass(frozen=True, slots=True)
class Part:
    """Data records `first` to `stop` that follow each other; `utc_ns` is the first one's time."""

    first: int
    stop: int
    utc_ns: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """The parts of a file, its texts, and in words what of these is left out."""

    parts: tuple[Part, ...]
    notes: tuple[Annotation, ...]
    left_out: tuple[str, ...]


def timeline(path: Path, file: EdfFile, began_ns: int, tell: Tell) -> Timeline:
    """ImportRefused if the data records do not say when they are, or lie further apart than a session."""
    onsets, notes = _annotations(file, tell)
    if file.is_discontinuous and (len(onsets) < len(file.records) or None in onsets):
        raise ImportRefused(str(path), "is EDF+D, and not all of its data records say when they are")
    times = [onset or 0 for onset in (onsets if file.is_discontinuous else onsets[:1])]
    if len(file.records) * file.record_ns > LONGEST_NS or any(abs(each) > LONGEST_NS for each in times):
        raise ImportRefused(str(path), TOO_LONG)
    good = tuple(note for note in notes if abs(note.after_ns) <= LONGEST_NS)
    far = len(notes) - len(good)
    told = (f"{far} annotations more than a week from the beginning",) if far else ()
    return Timeline(tuple(_parts(file, times, began_ns)), good, told)


def _annotations(file: EdfFile, tell: Tell) -> tuple[list[int | None], list[Annotation]]:
    """Each data record's own time, where it says it, and all texts."""
    signals = [signal for signal in file.signals if signal.label.startswith(ANNOTATIONS)]
    columns = [edffile.annotations_of(file, signal) for signal in signals]
    onsets: list[int | None] = []
    notes: list[Annotation] = []
    for record, said in enumerate(zip(*columns, strict=True)):
        tell(record / len(file.records))
        for place, (onset, found) in enumerate(said):
            notes += found
            if place == 0:
                onsets.append(onset)
    return onsets, notes


def _parts(file: EdfFile, times: list[int], began_ns: int) -> Iterator[Part]:
    """Of EDF+D where its times go on; of others all in one, from the first record's own time."""
    count = len(file.records)
    if not count:
        return
    if not file.is_discontinuous:
        yield Part(0, count, began_ns + (times[0] if times else 0))
        return
    first = 0
    for record in range(1, count + 1):
        due_ns = times[first] + (record - first) * file.record_ns
        if record == count or abs(times[record] - due_ns) > TOGETHER_NS:
            yield Part(first, record, began_ns + times[first])
            first = record


def times_of(part: Part, places: NDArray[np.intp], size: int, record_ns: int) -> Times:
    """Of samples of a part, of which each data record has `size`."""
    records, within = np.divmod(places.astype(np.int64), size)
    whole, rest = divmod(record_ns, size)  # in one product they would not fit in 64 bits
    times: Times = part.utc_ns + records * record_ns + within * whole + within * rest // size
    return times
