"""A recording of another program becomes a record that says it was imported; whole or not at all."""

from __future__ import annotations

import heapq
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np

from kapmonitor import __version__
from kapmonitor.errors import ImportRefused
from kapmonitor.foreign.recording import (
    LONGEST_NS,
    SECOND_NS,
    TOO_LONG,
    VALIDITIES,
    Channel,
    Readings,
    Recording,
    Remark,
    Stretch,
    Tell,
)
from kapmonitor.foreign.whole import whole
from kapmonitor.model import GenerationMode, Validity
from kapmonitor.plausible import RANGES
from kapmonitor.record.batch import FOLD_NS, FOLDS_PER_MINUTE
from kapmonitor.record.items import DataRow, NumericRow, WaveSlice
from kapmonitor.record.store import Store, create_record
from kapmonitor.session import events as ev
from kapmonitor.session.events import SessionStarted, Stamped
from kapmonitor.vault.home import Vault

ORIGIN_NS: Final = 1000 * SECOND_NS
"""The session's clock at its start; any positive number does."""
DRIVER: Final = "import"
IMPORTER: Final = f"kapmonitor {__version__}"
REASON: Final = "imported"

Item = Stamped | DataRow
Timed = tuple[int, int, Item]
"""When, in which order what comes at the same time, and what."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The file a recording was read from, and the mapping's text that was used."""

    file: Path
    sha256: str
    size: int
    mapping: str


def keep(recording: Recording, origin: Origin, out: Path, tell: Tell, vault: Vault | None = None) -> None:
    """Write the record, encrypted if there is a vault; RecordError or ImportRefused leave nothing behind."""
    span = recording.span()
    if span is None:
        raise ImportRefused(str(origin.file), f"holds nothing that can be taken over{_why(recording)}")
    start_ns, end_ns = span
    if end_ns - start_ns > LONGEST_NS:
        raise ImportRefused(str(origin.file), TOO_LONG)
    with whole(out) as draft:
        started = SessionStarted(
            session=uuid.uuid4().hex,
            mode=GenerationMode.IMPORTED.value,
            software=IMPORTER,
            utc_ns=start_ns,
            utc_offset_min=recording.offset_min,
            zone=recording.zone,
        )
        create_record(draft, Stamped(ORIGIN_NS, started), ORIGIN_NS, vault)
        store = Store(draft)
        try:
            _fill(store, recording, origin, span, tell)
            closing_ns = ORIGIN_NS + end_ns - start_ns
            store.finish(closing_ns, ev.SessionClosed(REASON, end_ns))
        finally:
            store.abandon()


def _why(recording: Recording) -> str:
    return f": {'; '.join(recording.left_out[:5])}" if recording.left_out else ""


def _fill(store: Store, recording: Recording, origin: Origin, span: tuple[int, int], tell: Tell) -> None:
    """The story of the file, then what it holds by time, a minute in one go."""
    channels = (
        *(each.channel for each in recording.readings),
        *(each.channel for each in recording.stretches),
    )
    numbers = {channel: number for number, channel in enumerate(dict.fromkeys(channels), start=1)}
    store.commit_folded([(ORIGIN_NS, [*_story(recording, origin, numbers)])])
    shift_ns, length_ns = ORIGIN_NS - span[0], max(1, span[1] - span[0])
    streams: list[Iterator[Timed]] = [_remarks(recording.remarks, shift_ns)]
    streams += [_rows(each, numbers[each.channel], shift_ns) for each in recording.readings]
    streams += [
        _slices([each for each in recording.stretches if each.channel == channel], number, shift_ns)
        for channel, number in numbers.items()
        if channel.fs > 0
    ]
    windows = _windows(heapq.merge(*streams, key=lambda timed: timed[:2]))
    while minute := list(islice(windows, FOLDS_PER_MINUTE)):
        store.commit_folded(minute)
        store.checkpoint()
        tell(min(1.0, (minute[-1][0] - ORIGIN_NS) / length_ns))


def _story(recording: Recording, origin: Origin, numbers: dict[Channel, int]) -> Iterator[Stamped]:
    yield Stamped(
        ORIGIN_NS,
        ev.SessionImported(
            format=recording.format,
            file=origin.file.name,
            sha256=origin.sha256,
            size=origin.size,
            importer=IMPORTER,
            zone=recording.zone,
            mapping=origin.mapping,
            left_out=recording.left_out,
        ),
    )
    devices = [each.device for each in numbers]
    for device in dict.fromkeys(devices + ["import"] * any(each.failure for each in recording.remarks)):
        yield Stamped(ORIGIN_NS, ev.DeviceAdded(device, DRIVER, device, ""))
    for channel, number in numbers.items():
        term, period_s = channel.term, _period_s(recording, channel)
        scale = (channel.fs, channel.resolution, channel.offset, period_s)
        described = ev.ChannelDescribed(
            number, channel.device, term.ref, term.code, channel.label, term.unit, *scale
        )
        yield Stamped(ORIGIN_NS, described)


def _period_s(recording: Recording, channel: Channel) -> float:
    """How often a numeric comes, as far as the file shows it."""
    apart = [np.diff(each.times) for each in recording.readings if each.channel == channel]
    if not apart or not len(apart[0]):
        return 1.0
    return max(1.0, round(float(np.median(apart[0])) / SECOND_NS, 1))


def _remarks(remarks: Sequence[Remark], shift_ns: int) -> Iterator[Timed]:
    for number, remark in enumerate(remarks, start=1):
        t_ns = remark.utc_ns + shift_ns
        if remark.failure:
            yield t_ns, 0, Stamped(t_ns, ev.CuffEvent("import", "idle", remark.failure))
        else:
            note = ev.NoteAdded(f"import-{number}", ev.NoteKind.TEXT.value, remark.text, "import", t_ns)
            yield t_ns, 0, Stamped(t_ns, note)


def _rows(readings: Readings, number: int, shift_ns: int) -> Iterator[Timed]:
    """What cannot be a value of a living person is kept as what the file said, not as a value."""
    low, high = RANGES.get(readings.channel.term.ref, (float("-inf"), float("inf")))
    columns = (readings.times.tolist(), readings.values.tolist(), readings.validity.tolist())
    for utc_ns, value, place in zip(*columns, strict=True):
        t_ns, validity = utc_ns + shift_ns, VALIDITIES[place]
        if value != value:  # NaN: none was given
            row = NumericRow(t_ns, number, None, validity)
        elif low <= value <= high:
            row = NumericRow(t_ns, number, value, validity)
        else:
            row = NumericRow(t_ns, number, None, Validity.INVALID, value)
        yield t_ns, number, row


def _slices(stretches: Sequence[Stretch], number: int, shift_ns: int) -> Iterator[Timed]:
    """At most a second each; a stretch that follows another at once goes on where that ended."""
    for stretch in stretches:
        fs = stretch.channel.fs
        size = max(1, int(fs))
        for first in range(0, stretch.n, size):
            t_ns = stretch.utc_ns + shift_ns + round(first * SECOND_NS / fs)
            words = stretch.read(first, min(first + size, stretch.n))
            yield t_ns, number, WaveSlice(t_ns, number, fs, words)


def _windows(timed: Iterator[Timed]) -> Iterator[tuple[int, list[Item]]]:
    """What lies in each stretch of ten seconds in which there is something, with its end."""
    items: list[Item] = []
    end_ns = ORIGIN_NS + FOLD_NS
    for t_ns, _, item in timed:
        if t_ns >= end_ns:
            if items:
                yield end_ns, items
            items, end_ns = [], t_ns - (t_ns - ORIGIN_NS) % FOLD_NS + FOLD_NS
        items.append(item)
    if items:
        yield end_ns, items
