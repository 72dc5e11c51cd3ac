"""What a record holds and lacks, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta, timezone
from itertools import islice
from typing import Final

from kapmonitor.record import chain
from kapmonitor.record.moves import Noted
from kapmonitor.record.reader import RecordReader
from kapmonitor.session.events import (
    ChannelDescribed,
    RecordHeads,
    RecordMoved,
    SessionResumed,
    SessionStarted,
    Stamped,
)
from kapmonitor.session.timeofday import ANCHORS, times_of_day

GAP_NS: Final = 2_000_000_000
"""Waves missing for longer than this are worth a line."""
MOST_OFFSET_MIN: Final = 24 * 60 - 1
"""A damaged record may claim more."""
MOST_GAPS: Final = 20
"""Lines about gaps of one wave; the rest are counted."""
_TOLD: Final = ANCHORS | RecordHeads | RecordMoved


def counts_of(reader: RecordReader) -> dict[str, int]:
    """How many entries of each kind there are."""
    with reader.reading() as connection:
        (events, seals) = connection.execute(
            "SELECT count(*), coalesce(sum(type = ?), 0) FROM event", (chain.SEAL_TYPE,)
        ).fetchone()
        one = (
            (
                "readings",
                "SELECT (SELECT coalesce(sum(n), 0) FROM numeric) + (SELECT count(*) FROM numeric_tail)",
            ),
            (
                "samples",
                "SELECT coalesce(sum(n), 0) FROM (SELECT n FROM wave UNION ALL SELECT n FROM wave_tail)",
            ),
            ("wire", "SELECT count(*) FROM wire"),
        )
        found = {name: int(connection.execute(query).fetchone()[0]) for name, query in one}
    return {"events": events - seals, "seals": seals, **found}


def missing_from(reader: RecordReader, *, closed: bool) -> tuple[str, ...]:
    """What a person would look for and not find: the end, gaps in waves, times without monitoring."""
    told = tuple(row.stamped for row in reader.events() if isinstance(row.stamped.event, _TOLD))
    clock = _Wall(told)
    end_ns = last_t_ns(reader)
    lines: list[str] = []
    if not closed:
        lines.append(f"the end: the record was not closed, the last entry is of {clock.text(end_ns)}")
    for channel in reader.channels().values():
        if channel.fs > 0:
            lines.extend(_gaps(reader, channel, clock))
            if not closed:
                lines.extend(_silence(reader, channel, end_ns))
    for stamped in told:
        if isinstance(stamped.event, SessionResumed):
            gap_s = stamped.event.gap_ns / 1e9
            lines.append(f"{gap_s:.0f} s without monitoring before {clock.text(stamped.t_ns)}")
        elif isinstance(stamped.event, RecordHeads) and stamped.event.problem:
            heads = stamped.event
            lines.append(f"heads kept {heads.place}, from {clock.text(stamped.t_ns)} on ({heads.problem})")
        elif isinstance(stamped.event, RecordMoved) and stamped.event.left:
            lines.append(f"{stamped.event.left}: stayed where the record was until it moved here")
    return tuple(lines)


def went_on_lines(moved: Noted | None) -> tuple[str, ...]:
    """Where the rest is of a record that was left when its disk failed."""
    if moved is None:
        return ()
    told = "this computer's ledger" if moved.sure else "the note beside it"
    return (f"all after entry {moved.seq}: its disk failed, and by {told} it goes on in {moved.target}",)


def recovered_from(reader: RecordReader) -> tuple[str, ...]:
    """What is there of a record that was not closed."""
    counts = counts_of(reader)
    lines = [f"{counts['events']} events, {counts['readings']} readings, {counts['samples']} wave samples"]
    with reader.reading() as connection:
        (seal_ns,) = connection.execute(
            "SELECT max(t_ns) FROM event WHERE type = ?", (chain.SEAL_TYPE,)
        ).fetchone()
    if seal_ns is None:
        lines.append("the data is not sealed yet and is shown as it stands")
    elif (open_s := (last_t_ns(reader) - seal_ns) / 1e9) > 0:
        lines.append(f"the last {open_s:.1f} s of data are not sealed yet and are shown as they stand")
    return tuple(lines)


def last_t_ns(reader: RecordReader) -> int:
    """The latest time in the record, whatever it belongs to."""
    with reader.reading() as connection:
        times = connection.execute(
            "SELECT max(t_ns) FROM event UNION ALL SELECT max(t1_ns) FROM numeric "
            "UNION ALL SELECT max(t_ns) FROM numeric_tail UNION ALL SELECT max(t_ns) FROM wire "
            "UNION ALL SELECT max(t0_ns + cast(n * 1e9 / fs AS INTEGER)) FROM wave "
            "UNION ALL SELECT max(t0_ns + cast(n * 1e9 / fs AS INTEGER)) FROM wave_tail"
        )
        return max((t for (t,) in times if t is not None), default=0)


def pieces(reader: RecordReader, channel: int) -> Iterator[tuple[int, int]]:
    """First and last time of each stored stretch of a wave, in order of time."""
    with reader.reading() as connection:
        rows = connection.execute(
            "SELECT t0_ns, fs, n FROM wave WHERE channel = ?1 UNION ALL "
            "SELECT t0_ns, fs, n FROM wave_tail WHERE channel = ?1 ORDER BY 1",
            (channel,),
        )
        for t0_ns, fs, n in rows:
            yield t0_ns, t0_ns + round(n * 1e9 / fs)


def _gaps(reader: RecordReader, channel: ChannelDescribed, clock: _Wall) -> Iterator[str]:
    found = _gap_times(reader, channel.channel)
    for from_ns, to_ns in islice(found, MOST_GAPS):
        yield f"{_name(channel)}: nothing for {(to_ns - from_ns) / 1e9:.1f} s from {clock.text(from_ns)}"
    more = sum(1 for _ in found)
    if more:
        yield f"{_name(channel)}: {more} more gaps"


def _gap_times(reader: RecordReader, channel: int) -> Iterator[tuple[int, int]]:
    end_ns: int | None = None
    for t0_ns, t1_ns in pieces(reader, channel):
        if end_ns is not None and t0_ns - end_ns > GAP_NS:
            yield end_ns, t0_ns
        end_ns = max(t1_ns, end_ns or t1_ns)


def _silence(reader: RecordReader, channel: ChannelDescribed, end_ns: int) -> Iterator[str]:
    last_ns = max((t1_ns for _, t1_ns in pieces(reader, channel.channel)), default=None)
    if last_ns is None:
        yield f"{_name(channel)}: no samples at all"
    elif end_ns > last_ns:
        yield f"{_name(channel)}: nothing in the last {(end_ns - last_ns) / 1e9:.1f} s before the end"


def _name(channel: ChannelDescribed) -> str:
    return f"{channel.label} of {channel.device}"


class _Wall:
    """Session times as the clock on the wall showed them, in the zone of the session's beginning."""

    def __init__(self, told: Sequence[Stamped]) -> None:
        self._times, self._zone = times_of_day(told), UTC
        if told and isinstance(told[0].event, SessionStarted):
            offset_min = max(-MOST_OFFSET_MIN, min(told[0].event.utc_offset_min, MOST_OFFSET_MIN))
            self._zone = timezone(timedelta(minutes=offset_min))

    def text(self, t_ns: int) -> str:
        try:
            at = datetime.fromtimestamp(self._times.utc_ns(t_ns) / 1e9, UTC).astimezone(self._zone)
        except (OverflowError, ValueError, OSError):
            return f"{t_ns} ns"
        return at.strftime("%H:%M:%S")
