"""EDF+ through edfio: waves at their own rate, numerics once a second; cuffs, notes, alarms as annotations.

A file is one stretch without interruption, and no longer than memory likes. EDF has no word for "no value":
where there is none stands the lowest word there is, -32768, and each signal says so. Nothing is interpolated.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from kapmonitor import __version__
from kapmonitor.errors import ExportError
from kapmonitor.export.cuffwords import cuff_words
from kapmonitor.export.moments import moments_of
from kapmonitor.export.source import Source, Tell
from kapmonitor.export.standing import STATE, state_words
from kapmonitor.export.target import Draft
from kapmonitor.export.tracks import SECOND_NS, Track, Words, numeric_words, tracks_of, wave_words
from kapmonitor.export.wall import MS_NS
from kapmonitor.model import NO_SAMPLE
from kapmonitor.record.verify import INTACT, Verdict
from kapmonitor.session.events import ChannelDescribed

if TYPE_CHECKING:
    from edfio import Edf, EdfAnnotation, EdfSignal

MOST_SAMPLES: Final = 1 << 25
"""Words of one file, all signals together."""
MOST_WORDS: Final = 1 << 30
"""Words of all files together, two gigabytes: six days of what a worst session has in one."""
FIRST_YEAR: Final = 1985
LAST_YEAR: Final = 2084
CENTURY: Final = f"EDF has dates from {FIRST_YEAR} to {LAST_YEAR}"
"""EDF dates have two digits for the year."""
MOST_RECORD_BYTES: Final = 61_440
"""What EDF allows a data record."""
LONGEST_RECORD_S: Final = 10
LONGEST_LABEL: Final = 16
GAP_WORDS: Final = f"digital {NO_SAMPLE} = no value"
DIMENSIONS: Final = {"mm[Hg]": "mmHg", "/min": "1/min", "1": "", "Cel": "degC"}
_NOT_IN_TEXT: Final = re.compile(r"[\x00-\x1f\x7f]+")
_NOT_IN_CODE: Final = re.compile(r"[^A-Za-z0-9.\-]+")


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the session that becomes one file."""

    t0_ns: int
    t1_ns: int


def write(source: Source, verdict: Verdict, draft: Draft, tell: Tell) -> None:
    """One file, or of a session that was interrupted or is very long several: `NAME.part-2.edf`, ..."""
    tracks = tracks_of(source)
    lasted_s = (source.end_ns - source.start_ns) / SECOND_NS
    if lasted_s * float(sum(track.rate for track in tracks)) > MOST_WORDS:
        days = round(lasted_s / 86_400)
        why = f"EDF+ has a word for each moment of {days} days, too many for a disk; csv and json have not"
        raise ExportError(str(source.path), why)
    parts = tuple(parts_of(source, tracks))
    _check_years(source, parts)
    for number, part in enumerate(parts):
        part_tell = _shared(tell, number, len(parts))
        path = draft.file() if number == 0 else draft.file(f".part-{number + 1}{draft.out.suffix}")
        _edf(source, verdict, tracks, part, part_tell).write(path)


def _check_years(source: Source, parts: Sequence[Part]) -> None:
    """ExportError if a file would begin in a year of which EDF cannot say the century."""
    for part in parts:
        try:
            year = _local(source, part.t0_ns).year
        except OverflowError:
            year = 0
        if not FIRST_YEAR <= year <= LAST_YEAR:
            when = f"in {year}" if year else "at a time that no calendar holds"
            why = f"begins {when} by the clock of its computer"
            raise ExportError(str(source.path), f"{why}; {CENTURY}, csv and json have any year")


def parts_of(source: Source, tracks: Sequence[Track]) -> Iterator[Part]:
    """From the start, and from each end of an interruption, to where the next one begins."""
    gaps = source.state().interruptions
    starts = (source.start_ns, *(gap.t1_ns for gap in gaps))
    ends = (*(gap.t0_ns for gap in gaps), source.end_ns + 1)
    longest_ns = _longest_s(tracks) * SECOND_NS
    for start_ns, end_ns in zip(starts, ends, strict=True):
        for t0_ns in range(start_ns, max(end_ns, start_ns + 1), longest_ns):
            yield Part(t0_ns, min(end_ns, t0_ns + longest_ns))


def _longest_s(tracks: Sequence[Track]) -> int:
    per_s = float(sum(track.rate for track in tracks)) or 1.0
    record_s = _record_s(tracks)
    return max(1, int(MOST_SAMPLES / per_s / record_s)) * record_s


def _record_s(tracks: Sequence[Track]) -> int:
    """Whole seconds in which every signal has whole samples, as many as the format allows."""
    least = math.lcm(*(track.rate.denominator for track in tracks))
    size = 2 * float(sum(track.rate for track in tracks)) * least
    return least * max(1, min(LONGEST_RECORD_S // least, int(MOST_RECORD_BYTES / max(size, 1.0))))


def _edf(source: Source, verdict: Verdict, tracks: Sequence[Track], part: Part, tell: Tell) -> Edf:
    from edfio import Edf, Patient, Recording

    t0_ns = part.t0_ns - source.wall.utc_ns(part.t0_ns) % MS_NS
    record_s = _record_s(tracks)
    seconds = max(1, math.ceil((part.t1_ns - t0_ns) / SECOND_NS / record_s)) * record_s
    began = _local(source, t0_ns)
    number = source.started.person
    return Edf(
        [*_signals(source, tracks, t0_ns, seconds, tell)],
        patient=Patient(code=_code(number) if number else "X"),
        recording=Recording(
            startdate=began.date(),
            equipment_code=f"kapmonitor_{__version__}",
            additional=(_zone(source.started.utc_offset_min), f"{STATE}_{verdict.kind}"),
        ),
        starttime=began.time(),
        data_record_duration=record_s,
        annotations=[*_annotations(source, verdict, Part(t0_ns, part.t1_ns))],
    )


def _zone(offset_min: int) -> str:
    """EDF has no field for the zone of its times: `UTC+01:00`."""
    hours, minutes = divmod(abs(offset_min), 60)
    return f"UTC{'-' if offset_min < 0 else '+'}{hours:02d}:{minutes:02d}"


def _signals(
    source: Source, tracks: Sequence[Track], t0_ns: int, seconds: int, tell: Tell
) -> Iterator[EdfSignal]:
    waves = [track for track in tracks if track.is_wave]
    steps = len(waves) + 1
    numerics = [track for track in tracks if not track.is_wave]
    found = numeric_words(source, numerics, t0_ns, seconds, _shared(tell, 0, steps))
    for place, track in enumerate(waves, start=1):
        n = int(track.rate * seconds)
        yield _signal(track, wave_words(source, track, t0_ns, n, _shared(tell, place, steps)))
    for track in numerics:
        yield _signal(track, found[track.first.channel])
    if not tracks:
        yield _no_signal(seconds)


def _signal(track: Track, words: Words) -> EdfSignal:
    from edfio import EdfSignal

    low, high = (word * track.step + track.offset for word in (NO_SAMPLE, -NO_SAMPLE - 1))
    return EdfSignal.from_digital(
        words,
        float(track.rate),
        label=_label(track.first),
        transducer_type=_ascii(f"{track.first.device} {track.first.ref}")[:80],
        physical_dimension=_ascii(DIMENSIONS.get(track.first.unit, track.first.unit))[:8],
        physical_range=(low, high),
        digital_range=(NO_SAMPLE, -NO_SAMPLE - 1),
        prefiltering=GAP_WORDS,
    )


def _label(channel: ChannelDescribed) -> str:
    """What the device calls it; without letters that EDF has, the end of its name in ISO/IEEE 11073."""
    label = _ascii(channel.label).strip()
    if label and label != channel.ref:
        return label[:LONGEST_LABEL]
    parts = channel.ref.split("_")[1:] or [channel.ref]
    while len(parts) > 1 and len("_".join(parts)) > LONGEST_LABEL:
        del parts[0]
    return _ascii("_".join(parts))[:LONGEST_LABEL] or f"channel {channel.channel}"


def _no_signal(seconds: int) -> EdfSignal:
    """For a record without any channel: edfio makes no file that has annotations alone."""
    from edfio import EdfSignal

    return EdfSignal.from_digital(
        np.full(seconds, NO_SAMPLE, np.int16), 1.0, label="none", prefiltering=GAP_WORDS
    )


def _annotations(source: Source, verdict: Verdict, part: Part) -> Iterator[EdfAnnotation]:
    from edfio import EdfAnnotation

    yield EdfAnnotation(0.0, None, "recording begins")
    if verdict.kind != INTACT:
        yield EdfAnnotation(0.0, None, _NOT_IN_TEXT.sub(" ", f"{STATE} {state_words(verdict)}"))
    for cuff in source.cuffs():
        if part.t0_ns <= cuff.t_ns < part.t1_ns and not cuff.stored:
            yield EdfAnnotation((cuff.t_ns - part.t0_ns) // MS_NS / 1000, None, cuff_words(cuff))
    for each in moments_of(source.state()):
        if not part.t0_ns <= each.t0_ns < part.t1_ns or each.kind == "cuff failed":
            continue
        length = None if each.t1_ns is None else max(0, each.t1_ns - each.t0_ns) // MS_NS / 1000
        text = _NOT_IN_TEXT.sub(" ", f"{each.kind}: {each.text}")
        yield EdfAnnotation((each.t0_ns - part.t0_ns) // MS_NS / 1000, length, text)


def _shared(tell: Tell, number: int, count: int) -> Tell:
    """Told about one of several equal parts of the work."""
    return lambda share: tell((number + share) / count)


def _local(source: Source, t_ns: int) -> datetime:
    """The time of day as the room's clock had it, which is what EDF means."""
    utc = datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=source.wall.utc_ns(t_ns) // MS_NS)
    return utc.replace(tzinfo=None) + timedelta(minutes=source.started.utc_offset_min)


def _code(text: str) -> str:
    return _NOT_IN_CODE.sub("_", _ascii(text))[:20] or "X"


def _ascii(text: str) -> str:
    """As SpO₂ becomes SpO2."""
    return _NOT_IN_TEXT.sub(" ", unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode())
