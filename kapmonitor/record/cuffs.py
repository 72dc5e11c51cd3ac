"""Cuff determinations put together again from the readings of a record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from kapmonitor import mdc
from kapmonitor.model import Absent, CuffReading, Measured, NibpFailure, Reading, Validity
from kapmonitor.plausible import cuff_is_plausible
from kapmonitor.record.items import EventRow, NumericRow
from kapmonitor.record.numericpages import NumericPages
from kapmonitor.record.pyramid import NUMERIC_BUCKET_NS
from kapmonitor.session.events import ChannelDescribed, CuffEvent

CUFF_REFS: Final = frozenset((mdc.NIBP_SYS.ref, mdc.NIBP_DIA.ref, mdc.NIBP_MEAN.ref, mdc.NIBP_PULSE.ref))


def determinations(numerics: NumericPages, channels: Mapping[int, ChannelDescribed]) -> Iterable[CuffReading]:
    """Readings of one device that share a time are one determination."""
    wanted = {number: channel for number, channel in channels.items() if channel.ref in CUFF_REFS}
    groups: dict[tuple[str, int, str | None, bool], dict[str, Reading]] = {}
    for row in _cuff_rows(numerics, frozenset(wanted)):
        channel = wanted[row.channel]
        group = groups.setdefault((channel.device, row.t_ns, row.device_time, row.stored), {})
        group[channel.ref] = reading_of(row)
    for (device, t_ns, _, stored), parts in groups.items():
        yield _whole(device, t_ns, parts, stored=stored)


def failures(events: Iterable[EventRow]) -> Iterable[CuffReading]:
    """Determinations that ended without numbers."""
    gone = Absent(Validity.INVALID)
    for row in events:
        event = row.stamped.event
        if isinstance(event, CuffEvent) and event.failure:
            known = event.failure in set(NibpFailure)
            failure = NibpFailure(event.failure) if known else NibpFailure.UNKNOWN
            yield CuffReading(row.stamped.t_ns, event.device, gone, gone, gone, gone, failure)


def _cuff_rows(numerics: NumericPages, channels: frozenset[int]) -> list[NumericRow]:
    """Read only where the overview has a cuff."""
    starts = {int(t_ns) for channel in channels for t_ns in numerics.overview(channel).times}
    rows: dict[NumericRow, None] = {}
    for t_ns in sorted(starts):
        rows.update(dict.fromkeys(numerics.rows(channels, t_ns, t_ns + NUMERIC_BUCKET_NS)))
    return list(rows)


def reading_of(row: NumericRow) -> Reading:
    """A stored numeric as the reading it was."""
    if row.value is None:
        return Absent(row.validity, row.raw)
    return Measured(row.value, row.validity)


def _whole(device: str, t_ns: int, parts: dict[str, Reading], *, stored: bool) -> CuffReading:
    """One determination; pressures that do not fit together are kept as raw."""
    nothing_said = Absent(Validity.NOT_AVAILABLE)
    cuff = CuffReading(
        t_ns,
        device,
        systolic=parts.get(mdc.NIBP_SYS.ref, nothing_said),
        diastolic=parts.get(mdc.NIBP_DIA.ref, nothing_said),
        mean=parts.get(mdc.NIBP_MEAN.ref, nothing_said),
        pulse=parts.get(mdc.NIBP_PULSE.ref, nothing_said),
        stored=stored,
    )
    if cuff_is_plausible(cuff.systolic, cuff.diastolic, cuff.mean):
        return cuff
    doubted = [_doubted(reading) for reading in (cuff.systolic, cuff.diastolic, cuff.mean)]
    return replace(cuff, systolic=doubted[0], diastolic=doubted[1], mean=doubted[2])


def _doubted(reading: Reading) -> Reading:
    return Absent(Validity.INVALID, reading.value) if isinstance(reading, Measured) else reading
