"""What a file of another program holds, in our words: readings, samples and remarks with the time of day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kapmonitor.mdc import Term
from kapmonitor.model import Validity

Tell = Callable[[float], None]
"""Told from 0 to 1 how far something has come; may raise to end it."""
SECOND_NS: Final = 1_000_000_000
JITTER_NS: Final = 40_000_000
"""A stretch that begins so close to the end of the one before goes on where that ended."""
LONGEST_NS: Final = 7 * 86_400 * SECOND_NS
"""No session is longer, and no record can be reviewed that is."""
TOO_LONG: Final = "its times are further apart than a week: cut it into sessions"
SLOWEST_HZ, FASTEST_HZ = 0.01, 10_000.0
"""Of a wave."""
VALIDITIES: Final = tuple(Validity)
VALID: Final = VALIDITIES.index(Validity.VALID)
MOST_VALUES: Final = 20_000_000
"""Numbers of one file, which are held in memory until they are in order."""
MOST_REMARKS: Final = 20_000
LONGEST_REMARK: Final = 2_000

Times = NDArray[np.int64]
Values = NDArray[np.float64]
Words = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Channel:
    """One track that is taken over. `fs` is 0 for numerics; value = word * resolution + offset."""

    name: str
    device: str
    term: Term
    label: str
    fs: float = 0.0
    resolution: float = 1.0
    offset: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Readings:
    """Numbers of a channel, arrays of shape (n,): nanoseconds since 1970, ascending; NaN where there is none.

    `validity` are places in VALIDITIES.
    """

    channel: Channel
    times: Times
    values: Values
    validity: NDArray[np.int8]


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """Samples of a wave without a gap in time; `read(start, stop)` gives them as words, from the file."""

    channel: Channel
    utc_ns: int
    n: int
    read: Callable[[int, int], Words]

    @property
    def end_ns(self) -> int:
        """When the sample after the last one would be."""
        return self.utc_ns + round(self.n * SECOND_NS / self.channel.fs)


@dataclass(frozen=True, slots=True)
class Remark:
    """Something the file says of a time; `failure` is a NibpFailure word if a cuff gave no numbers."""

    utc_ns: int
    text: str
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Recording:
    """All that is taken over, and in words what is not.

    `zone` says which zone the file's times were taken to be of, `offset_min` is its distance from UTC.
    """

    format: str
    offset_min: int
    zone: str
    readings: tuple[Readings, ...]
    stretches: tuple[Stretch, ...]
    remarks: tuple[Remark, ...]
    left_out: tuple[str, ...]

    def span(self) -> tuple[int, int] | None:
        """The first and the last time in it; None if nothing is in it."""
        starts = [int(each.times[0]) for each in self.readings if len(each.times)]
        ends = [int(each.times[-1]) for each in self.readings if len(each.times)]
        said = [each.utc_ns for each in self.remarks]
        starts += [*(each.utc_ns for each in self.stretches), *said]
        ends += [*(each.end_ns for each in self.stretches), *said]
        return (min(starts), max(ends)) if starts else None


@dataclass(slots=True)
class Gathered:
    """What was made of a file so far."""

    readings: list[Readings] = field(default_factory=list)
    stretches: list[Stretch] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    @property
    def values(self) -> int:
        """How many numbers."""
        return sum(len(each.times) for each in self.readings)

    def recording(self, format_: str, offset_min: int, zone: str) -> Recording:
        """All of it; of remarks no more than a record takes."""
        remarks, told = shortened(self.remarks)
        data = tuple(self.readings), tuple(self.stretches), remarks
        return Recording(format_, offset_min, zone, *data, (*self.left_out, *told))


def in_order(
    channel: Channel, times: Times, values: Values, validity: NDArray[np.int8]
) -> tuple[Readings, int]:
    """By time; of several at one time the last one, and how many were left out for that."""
    order = np.argsort(times, kind="stable")
    times, values, validity = times[order], values[order], validity[order]
    keep = np.ones(len(times), np.bool_)
    keep[:-1] = np.diff(times) != 0
    found = Readings(channel, times[keep], values[keep], validity[keep])
    return found, int(len(times) - keep.sum())


def all_valid(values: Values) -> NDArray[np.int8]:
    """For formats without words of validity: a number is one, NaN is none."""
    none = VALIDITIES.index(Validity.NOT_AVAILABLE)
    return np.where(np.isfinite(values), VALID, none).astype(np.int8)


def without_overlap(stretches: Iterable[Stretch]) -> tuple[tuple[Stretch, ...], int]:
    """The stretches of a wave by time; samples for times that the one before has are left out and counted."""
    found: list[Stretch] = []
    dropped, end_ns = 0, None
    for stretch in sorted(stretches, key=_begin):
        over_ns = 0 if end_ns is None else end_ns - stretch.utc_ns
        skip = 0
        if over_ns > JITTER_NS + 1.5 * SECOND_NS / stretch.channel.fs:
            skip = min(stretch.n, round(over_ns * stretch.channel.fs / SECOND_NS))
        dropped += skip
        if skip < stretch.n:
            found.append(_from(stretch, skip))
            end_ns = max(end_ns or found[-1].end_ns, found[-1].end_ns)
    return tuple(found), dropped


def _begin(stretch: Stretch) -> int:
    return stretch.utc_ns


def _from(stretch: Stretch, skip: int) -> Stretch:
    if not skip:
        return stretch
    read = stretch.read
    later_ns = round(skip * SECOND_NS / stretch.channel.fs)
    return replace(
        stretch,
        utc_ns=stretch.utc_ns + later_ns,
        n=stretch.n - skip,
        read=lambda start, stop: read(start + skip, stop + skip),
    )


def shortened(remarks: Sequence[Remark]) -> tuple[tuple[Remark, ...], tuple[str, ...]]:
    """By time, no more and no longer than a record takes, and in words what that leaves out."""
    told = []
    if len(remarks) > MOST_REMARKS:
        told.append(f"{len(remarks) - MOST_REMARKS} remarks: more than {MOST_REMARKS} are not taken over")
    if any(len(each.text) > LONGEST_REMARK for each in remarks):
        told.append(f"the ends of remarks of more than {LONGEST_REMARK} characters")
    kept = sorted(remarks, key=lambda each: each.utc_ns)[:MOST_REMARKS]
    return tuple(replace(each, text=each.text[:LONGEST_REMARK]) for each in kept), tuple(told)


def counted(dropped: int, name: str) -> Iterator[str]:
    """In words, how many values had the time of another."""
    if dropped:
        yield f"{name}: {dropped} values with the time of another one; the last of each is kept"
