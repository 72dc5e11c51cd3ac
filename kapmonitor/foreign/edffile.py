"""EDF and EDF+ (C and D), checked as it is read: header, samples when they are asked for, annotations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Final

from kapmonitor.errors import ImportRefused
from kapmonitor.foreign.edfrecords import DataRecords
from kapmonitor.foreign.recording import SECOND_NS, Words

HEADER_BYTES: Final = 256
MAGIC: Final = b"0       "
BDF: Final = b"\xffBIOSEMI"
MOST_SIGNALS: Final = 512
LEAST_WORD, MOST_WORD = -32_768, 32_767
MOST_RECORD_BYTES: Final = 64 << 20
AT_ONCE: Final = 1 << 22
"""Words that are in memory at a time where a whole signal is looked through."""
ANNOTATIONS: Final = "EDF Annotations"
_FIELDS: Final = (16, 80, 8, 8, 8, 8, 8, 80, 8, 32)
"""Widths of each signal's fields; each stands for all signals, then the next one."""
_ONSET: Final = re.compile(rb"([+-]\d{1,12}(?:\.\d{1,12})?)(?:\x15(\d{1,12}(?:\.\d{1,12})?))?\x14")
_MONTHS: Final = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
_STARTDATE: Final = re.compile(r"Startdate (\d\d)-([A-Z]{3})-(\d{4})")
_CENTURY_FROM: Final = 85


@dataclass(frozen=True, slots=True)
class Signal:
    """One signal's header; `begin` and `size` are its words in each data record.

    `digital` is (0, 0) where the header's is none that 16 bits have.
    """

    label: str
    transducer: str
    dimension: str
    physical: tuple[float, float]
    digital: tuple[int, int]
    prefiltering: str
    begin: int
    size: int


@dataclass(frozen=True, slots=True, eq=False)
class EdfFile:
    """`began` is a time of day without a zone. `records` are read from the file when they are asked for.

    `expected` is how many data records the header names; the file may be cut short, or have `more`.
    """

    began: datetime
    equipment: str
    is_discontinuous: bool
    is_plus: bool
    record_ns: int
    signals: tuple[Signal, ...]
    records: DataRecords
    expected: int
    more: int


@dataclass(frozen=True, slots=True)
class Annotation:
    """A text at a time after the start."""

    after_ns: int
    text: str


def read(path: Path) -> EdfFile:
    """ImportRefused, with words, for what is no EDF or contradicts itself."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(HEADER_BYTES)
        if head[:8] == BDF:
            raise ImportRefused(str(path), "is BDF, with samples of 24 bits; only EDF and EDF+ are read")
        if len(head) < HEADER_BYTES or head[:8] != MAGIC:
            raise ImportRefused(str(path), "is not an EDF file: it does not begin as one")
        count = _whole(path, head[252:256], "number of signals", 1, MOST_SIGNALS)
        signal_head = file.read(HEADER_BYTES * count)
    if len(signal_head) < HEADER_BYTES * count:
        raise ImportRefused(str(path), "is cut short in its header")
    signals = tuple(_signals(path, signal_head, count))
    words = sum(signal.size for signal in signals)
    begin = HEADER_BYTES * (count + 1)
    if _whole(path, head[184:192], "size of the header", 0, 10**8) != begin or words * 2 > MOST_RECORD_BYTES:
        raise ImportRefused(str(path), "has a header that contradicts itself")
    n = (size - begin) // (2 * words)
    expected = _whole(path, head[236:244], "number of data records", -1, 10**8)
    present = n if expected < 0 else min(n, expected)
    reserved = _text(head[192:236])
    return EdfFile(
        began=_began(path, head),
        equipment=_text(head[88:168]),
        is_discontinuous=reserved.startswith("EDF+D"),
        is_plus=reserved.startswith("EDF+"),
        record_ns=_duration_ns(path, head[244:252]),
        signals=signals,
        records=DataRecords(path, begin, words, present),
        expected=max(expected, present),
        more=n - present,
    )


def _text(raw: bytes) -> str:
    return raw.decode("latin-1").replace("\x00", " ").strip()


def _whole(path: Path, raw: bytes, what: str, low: int, high: int) -> int:
    text = _text(raw)
    if not re.fullmatch(r"[+-]?\d{1,10}", text) or not low <= int(text) <= high:
        raise ImportRefused(str(path), f"has a header whose {what} is {text!r}")
    return int(text)


def _number(raw: str) -> float:
    try:
        return float(raw.replace(",", "."))
    except ValueError:
        return float("nan")


def _duration_ns(path: Path, raw: bytes) -> int:
    seconds = _number(_text(raw))
    if not 0 <= seconds <= 86_400:
        raise ImportRefused(str(path), f"has a header whose data record lasts {_text(raw)!r} s")
    return round(seconds * SECOND_NS)


def _began(path: Path, head: bytes) -> datetime:
    day, time = _text(head[168:176]), _text(head[176:184])
    date = re.fullmatch(r"(\d\d)\.(\d\d)\.(\d\d)", day)
    clock = re.fullmatch(r"(\d\d)[.:](\d\d)[.:](\d\d)", time)
    wrong = ImportRefused(str(path), f"has a header whose start is {day!r} {time!r}")
    if date is None or clock is None:
        raise wrong
    short = int(date[3])
    year, month, number = 1900 + short + 100 * (short < _CENTURY_FROM), int(date[2]), int(date[1])
    said = _STARTDATE.match(_text(head[88:168]))
    if said is not None and said[2] in _MONTHS:
        year, month, number = int(said[3]), _MONTHS.index(said[2]) + 1, int(said[1])
    try:
        return datetime(year, month, number, int(clock[1]), int(clock[2]), int(clock[3]))  # noqa: DTZ001  # it names no zone
    except ValueError as why:
        raise wrong from why


def _signals(path: Path, head: bytes, count: int) -> Iterator[Signal]:
    columns: list[list[str]] = []
    at = 0
    for width in _FIELDS:
        columns.append([_text(head[at + place * width : at + (place + 1) * width]) for place in range(count)])
        at += width * count
    begin = 0
    for label, transducer, dimension, low, high, least, most, filtered, samples, _ in zip(
        *columns, strict=True
    ):
        size = _whole(path, samples.encode("latin-1"), "number of samples", 1, MOST_RECORD_BYTES // 2)
        physical = _number(low), _number(high)
        yield Signal(label, transducer, dimension, physical, _digital(least, most), filtered, begin, size)
        begin += size


def _digital(least: str, most: str) -> tuple[int, int]:
    low, high = _number(least), _number(most)
    if LEAST_WORD <= low < high <= MOST_WORD and low.is_integer() and high.is_integer():
        return int(low), int(high)
    return 0, 0


def words_of(file: EdfFile, signal: Signal, first: int, start: int, stop: int) -> Words:
    """Samples of a signal, counted from data record `first` on."""
    begin, end = start // signal.size, -(-stop // signal.size)
    block = file.records.column(first + begin, first + end, signal.begin, signal.size)
    return block.reshape(-1)[start - begin * signal.size : stop - begin * signal.size]


def annotations_of(file: EdfFile, signal: Signal) -> Iterator[tuple[int | None, list[Annotation]]]:
    """What each data record says in an annotation signal: its own time if it says that, and the texts."""
    at_once = max(1, AT_ONCE // signal.size)
    for first in range(0, len(file.records), at_once):
        stop = min(first + at_once, len(file.records))
        for words in file.records.column(first, stop, signal.begin, signal.size):
            yield _said(words.tobytes())


def _said(raw: bytes) -> tuple[int | None, list[Annotation]]:
    onset: int | None = None
    found = []
    for part in raw.split(b"\x00"):
        match = _ONSET.match(part)
        if match is None:
            continue
        after_ns = int(Decimal(match[1].decode()) * SECOND_NS)
        texts = part[match.end() :].split(b"\x14")
        if onset is None and not texts[0]:
            onset = after_ns
        found += [Annotation(after_ns, text.decode("utf-8", "replace")) for text in texts if text]
    return onset, found
