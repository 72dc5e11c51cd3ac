"""Tidy CSV: one row per value, the same columns everywhere, and a dictionary that says what each means."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from kapmonitor.export.moments import Moment, moments_of
from kapmonitor.export.source import Source, Tell, Value, loinc_of
from kapmonitor.export.standing import STATE, state_words
from kapmonitor.export.target import Draft
from kapmonitor.export.wall import seconds_text
from kapmonitor.model import NO_SAMPLE, Validity
from kapmonitor.record.verify import Verdict
from kapmonitor.session.events import ChannelDescribed

DICTIONARY, EVENTS = ".dictionary.csv", ".events.csv"
COLUMNS: Final = {
    "utc": "time of day in UTC, ISO 8601, to the millisecond",
    "t_rel_s": "seconds since the record began, by a clock that nobody can set",
    "channel": "what was measured; the rows of kind channel say more",
    "mdc_code": "its code in ISO/IEEE 11073-10101, partition * 65536 + term",
    "value": "the value in the unit beside it; empty where there was none, never a number in its stead",
    "unit": "UCUM",
    "validity": "how far the device stood by it; the rows of kind validity say what the words mean",
    "device": "which device of the session it came from",
    "flags": "stored: taken before the device was connected, the time is that of its arrival; "
    "unconfirmed: of a device of which nobody had said that it was on this person",
    "device_time": "what the device's own clock said, if it told; not corrected",
}
EVENT_COLUMNS: Final = ("utc", "t_rel_s", "until_t_rel_s", "kind", "text", "by")
VALIDITY_WORDS: Final = {
    Validity.VALID: "a value",
    Validity.VALIDATED: "a value that somebody confirmed",
    Validity.ONGOING: "a value of a measurement that went on",
    Validity.QUESTIONABLE: "a value that the device itself doubted",
    Validity.CALIBRATING: "none, the device was calibrating",
    Validity.INVALID: "none, the measurement failed or could not be right",
    Validity.OVERFLOW: "none, above what the device measures",
    Validity.UNDERFLOW: "none, below what the device measures",
    Validity.NOT_AVAILABLE: "none, the device had none",
}
_DICTIONARY_COLUMNS: Final = (
    "kind",
    "name",
    "meaning",
    "unit",
    "mdc_code",
    "mdc_ref",
    "loinc",
    "device",
    "samples_per_s",
)
GUARD: Final = "'"
GUARDED: Final = (
    "stands before a text that begins with = + - @ or a tab, so that no spreadsheet takes it for a formula; "
    "it is not part of the text. Texts that begin so with apostrophes before it have one more. "
    "Numbers never have it"
)
_FORMULA: Final = re.compile(r"'*[=+\-@\t\r\n]")
_SIGNIFICANT: Final = 9
"""Digits of a sample: more than 16 bits hold."""


def write(source: Source, verdict: Verdict, draft: Draft, tell: Tell, *, waves: bool) -> None:
    """The values, what happened, and the dictionary; samples of waves only if asked for: millions of rows."""
    _file(draft.file(), tuple(COLUMNS), lambda: _rows(source, tell, waves=waves))
    _file(draft.file(EVENTS), EVENT_COLUMNS, lambda: _event_rows(source, verdict))
    _file(draft.file(DICTIONARY), _DICTIONARY_COLUMNS, lambda: _dictionary(source, verdict, waves=waves))


def guarded(text: str) -> str:
    """The text, with an apostrophe before it if a spreadsheet would take it for a formula."""
    return f"{GUARD}{text}" if _FORMULA.match(text) else text


def _file(path: Path, columns: Sequence[str], rows: Callable[[], Iterator[Sequence[str]]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows())


def _rows(source: Source, tell: Tell, *, waves: bool) -> Iterator[Sequence[str]]:
    part = 1 / (1 + len(source.wave_channels())) if waves else 1.0
    for value in source.values(lambda share: tell(share * part)):
        yield _row(source, value)
    for number, channel in enumerate(source.wave_channels() if waves else (), start=1):
        yield from _samples(source, channel, lambda share, at=number: tell((at + share) * part))  # type: ignore[misc]


def _row(source: Source, value: Value) -> Sequence[str]:
    channel = value.channel
    return (
        source.wall.text(value.t_ns),
        seconds_text(value.t_ns - source.start_ns),
        guarded(channel.label),
        str(channel.code),
        "" if value.value is None else repr(value.value),
        channel.unit,
        value.validity.value,
        guarded(channel.device),
        " ".join(flags(value)),
        guarded(value.device_time),
    )


def flags(value: Value) -> Iterator[str]:
    """What is to be known of a value besides."""
    if value.stored:
        yield "stored"
    if value.unconfirmed:
        yield "unconfirmed"


def _samples(source: Source, channel: ChannelDescribed, tell: Tell) -> Iterator[Sequence[str]]:
    """A row per sample; none where there is no sample."""
    label, device = guarded(channel.label), guarded(channel.device)
    ends = (label, str(channel.code)), (channel.unit, Validity.VALID.value, device)
    doubts = source.stories.doubts(channel.device)
    for piece in source.wave(channel):
        tell(source.share(piece.t0_ns))
        for number, word in enumerate(piece.samples.tolist()):
            if word == NO_SAMPLE:
                continue
            t_ns = piece.t0_ns + round(number * 1e9 / piece.fs)
            value = f"{word * channel.resolution + channel.offset:.{_SIGNIFICANT}g}"
            times = source.wall.text(t_ns), seconds_text(t_ns - source.start_ns)
            doubted = any(begin_ns <= t_ns < end_ns for begin_ns, end_ns in doubts)
            yield (*times, *ends[0], value, *ends[1], "unconfirmed" if doubted else "", "")


def _event_rows(source: Source, verdict: Verdict) -> Iterator[Sequence[str]]:
    state = Moment(source.start_ns, None, STATE, state_words(verdict))
    for each in (state, *moments_of(source.state())):
        yield (
            source.wall.text(each.t0_ns),
            seconds_text(each.t0_ns - source.start_ns),
            "" if each.t1_ns is None else seconds_text(each.t1_ns - source.start_ns),
            each.kind,
            guarded(each.text),
            guarded(each.by),
        )


def _dictionary(source: Source, verdict: Verdict, *, waves: bool) -> Iterator[Sequence[str]]:
    nothing = ("",) * 6
    yield (STATE, verdict.kind, state_words(verdict), *nothing)
    for name, meaning in COLUMNS.items():
        yield ("column", name, meaning, *nothing)
    yield ("text", GUARD, GUARDED, *nothing)
    for word, meaning in VALIDITY_WORDS.items():
        yield ("validity", word.value, meaning, *nothing)
    for channel in source.channels.values():
        yield (
            "channel",
            guarded(channel.label),
            _about(channel, waves=waves),
            channel.unit,
            str(channel.code),
            channel.ref,
            loinc_of(channel),
            guarded(channel.device),
            f"{channel.fs:g}" if channel.fs > 0 else "",
        )


def _about(channel: ChannelDescribed, *, waves: bool) -> str:
    if channel.fs <= 0:
        return "readings"
    return "samples of a wave" if waves else "samples of a wave, left out of this export"
