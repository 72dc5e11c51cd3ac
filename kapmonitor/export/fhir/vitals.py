"""Observations of a session: each cuff reading; of every other numeric one a minute, and its seconds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from kapmonitor import mdc
from kapmonitor.export.fhir.coding import (
    BP_PANEL,
    BP_PANEL_MDC,
    CATEGORY,
    PROFILES,
    Json,
    code_of,
    component,
    value_or_reason,
)
from kapmonitor.export.fhir.naming import Names
from kapmonitor.export.source import Source, Tell, Value, loinc_of
from kapmonitor.model import Absent, CuffReading, Measured, Validity
from kapmonitor.record.cuffs import CUFF_REFS
from kapmonitor.session.events import ChannelDescribed

SECOND_NS: Final = 1_000_000_000
PER_MINUTE: Final = 60
_MARKS: Final = {Validity.OVERFLOW: "U", Validity.UNDERFLOW: "L"}
NO_SAMPLE: Final = "E"
DOUBTED: Final = "the device itself doubted this value"


@dataclass(slots=True)
class _Minute:
    """What came of one channel in one minute: the newest reading, and one word for each second."""

    number: int
    newest: Value | None = None
    measured: Value | None = None
    words: list[str] = field(default_factory=lambda: [NO_SAMPLE] * PER_MINUTE)

    def take(self, value: Value, second: int) -> None:
        self.newest = value
        if value.value is None or value.value - value.value != 0:
            if self.words[second] == NO_SAMPLE:
                self.words[second] = _MARKS.get(value.validity, NO_SAMPLE)
        else:
            self.measured = value
            self.words[second] = f"{value.value:.10g}"


def observations(source: Source, names: Names, tell: Tell) -> Iterator[Json]:
    """All of them; what was not of this person at that time is left out."""
    for cuff in source.cuffs():
        if not cuff.stored:
            yield _pressure(source, names, cuff)
            if isinstance(cuff.pulse, Measured):
                yield _pulse(source, names, cuff)
    for channel, minute in _minutes(source, tell):
        yield from _of_minute(source, names, channel, minute)


def _minutes(source: Source, tell: Tell) -> Iterator[tuple[ChannelDescribed, _Minute]]:
    """Values come in order within ten seconds, so a minute is whole when one of the next but one comes."""
    open_: dict[int, dict[int, _Minute]] = {}
    for value in source.values(tell):
        if not value.is_the_persons or value.channel.ref in CUFF_REFS:
            continue
        second = (value.t_ns - source.start_ns) // SECOND_NS
        number, within = divmod(second, PER_MINUTE)
        mine = open_.setdefault(value.channel.channel, {})
        if number not in mine:
            for old in [each for each in sorted(mine) if each <= number - 2]:
                yield value.channel, mine.pop(old)
            mine[number] = _Minute(number)
        mine[number].take(value, within)
    for channel, minutes in open_.items():
        for number in sorted(minutes):
            yield source.channels[channel], minutes[number]


def _of_minute(source: Source, names: Names, channel: ChannelDescribed, minute: _Minute) -> Iterator[Json]:
    value = minute.measured or minute.newest
    loinc = loinc_of(channel)
    if loinc and value is not None:
        reading = _reading(value)
        code = code_of(loinc, channel.code, channel.label)
        body = _observation(source, names, value.t_ns, channel.device, code, loinc)
        note = {"note": [{"text": DOUBTED}]} if value.validity is Validity.QUESTIONABLE else {}
        yield {**body, **value_or_reason(reading, channel.unit, loinc=loinc), **note}
    if minute.measured is not None:
        # without LOINC: its vital-signs profiles want one quantity, which this is not
        code = code_of(loinc, channel.code, channel.label, with_loinc=False)
        t_ns = source.start_ns + minute.number * PER_MINUTE * SECOND_NS
        body = _observation(source, names, t_ns, channel.device, code, "")
        yield {**body, "valueSampledData": _sampled(channel, minute)}


def _reading(value: Value) -> Measured | Absent:
    if value.value is None or value.value - value.value != 0:
        return Absent(value.validity)
    return Measured(value.value, value.validity)


def _sampled(channel: ChannelDescribed, minute: _Minute) -> Json:
    origin = {"value": 0, "unit": channel.unit, "system": "http://unitsofmeasure.org", "code": channel.unit}
    return {"origin": origin, "period": 1000, "dimensions": 1, "data": " ".join(minute.words)}


def _pressure(source: Source, names: Names, cuff: CuffReading) -> Json:
    code = code_of(BP_PANEL, BP_PANEL_MDC, "Blood pressure")
    body = _observation(source, names, cuff.t_ns, cuff.device, code, BP_PANEL)
    reason = "error" if cuff.failure is not None else ""
    parts = [
        component(mdc.NIBP_SYS, "Systolic", cuff.systolic, reason=reason),
        component(mdc.NIBP_DIA, "Diastolic", cuff.diastolic, reason=reason),
    ]
    if isinstance(cuff.mean, Measured):
        parts.append(component(mdc.NIBP_MEAN, "Mean", cuff.mean))
    note = {"note": [{"text": f"cuff failed: {cuff.failure.value}"}]} if cuff.failure is not None else {}
    return {**body, "component": parts, **note}


def _pulse(source: Source, names: Names, cuff: CuffReading) -> Json:
    term = mdc.NIBP_PULSE
    code = code_of(term.loinc or "", term.code, "Pulse rate from the cuff")
    body = _observation(source, names, cuff.t_ns, cuff.device, code, term.loinc or "")
    return {**body, **value_or_reason(cuff.pulse, term.unit)}


def _observation(source: Source, names: Names, t_ns: int, device: str, code: Json, loinc: str) -> Json:
    profile = {"meta": {"profile": [PROFILES[loinc]]}} if loinc in PROFILES else {}
    vital = {"category": [{"coding": [{"system": CATEGORY, "code": "vital-signs"}]}]} if loinc else {}
    return {
        "resourceType": "Observation",
        **profile,
        "status": "final",
        **vital,
        "code": code,
        "subject": names.patient,
        "effectiveDateTime": source.wall.text(t_ns),
        "device": names.device(device),
    }
