"""Displayed values, basic class: from 278 bytes to readings, and what the monitor says of its signals."""

from __future__ import annotations

from dataclasses import dataclass, replace
from struct import Struct
from typing import Final

from devices.drivers.ge_dri import values
from devices.drivers.ge_dri.values import Pressure, pressure_of, reading
from kapmonitor.model import Absent, AlertKind, Measured, Metric, Observation, Reading, Validity

SIZE: Final = 278
CLASS_OFFSET: Final = 276
CLASS_MASK, BASIC = 0x0F00, 0x0000

TIME: Final = Struct("<I")
CLASS: Final = Struct("<H")
EXISTS, ACTIVE = 0x01, 0x02
"""Status bits of each group: the module is there, and it measures."""

ECG_AT, NIBP_AT, SPO2_AT, CO2_AT, EXTRA_AT = 4, 76, 122, 136, 230
PRESSURES_AT: Final = (20, 34, 48, 62, 244, 258)
TEMPERATURES_AT: Final = (90, 98, 106, 114)
GASES_AT: Final = (150, 160, 170)
"""Oxygen, nitrous oxide, anaesthetic agent."""

ECG_GROUP: Final = Struct("<IH5h")
FOUR: Final = Struct("<IH4h")
TWO: Final = Struct("<IH2h")
ONE: Final = Struct("<IHh")
EXTRA: Final = Struct("<3h")

ASYSTOLE, NOISE, ARTEFACT, LEARNING = 0x04, 0x80, 0x100, 0x200
UNSURE: Final = NOISE | ARTEFACT | LEARNING
SOURCE_SHIFT, SOURCE_MASK = 3, 0x0F
ECG_SOURCES: Final = frozenset({1, 9})
"""Sources of the displayed heart rate that are ECGs; others are a pressure or the pleth."""

APNOEA_GAS, GAS_CALIBRATING, GAS_ZEROING, OCCLUSION, LEAK = 0x04, 0x08, 0x10, 0x20, 0x40
APNOEA_IMPEDANCE, APNOEA_ALARM_OFF = 0x80, 0x100

CHANNEL_OFF: Final = (0x0800, 0x1000, 0x2000)
"""Status bits of the ECG group."""

ZEROING, ZEROED = 0x04, 0x08
"""Status bits of an invasive pressure."""

SATURATION_MASK, VENOUS = 0x03, 2
CHANNEL_SHIFTS: Final = (8, 4, 0)
"""Where the ECG label has the leads of channels 1 to 3."""

PER_SHARE: Final = 10_000
"""A pulse amplitude is sent in hundredths of a percent."""


@dataclass(frozen=True, slots=True)
class Group:
    """One group of values: its status and label bits, and its words."""

    status: int
    label: int
    words: tuple[int, ...]

    @property
    def exists(self) -> bool:
        """Whether its module is there."""
        return bool(self.status & EXISTS)

    def read(self, place: int, metric: Metric, per_unit: float = 1.0) -> Reading:
        """One of its words; none counts while nothing is measured."""
        found = reading(self.words[place], metric.term, per_unit)
        if isinstance(found, Measured) and not self.status & ACTIVE:
            return Absent(Validity.NOT_AVAILABLE, found.value)
        return found


class Displayed:
    """One set of displayed values, read when it is asked for something."""

    def __init__(self, part: bytes) -> None:
        """`part` has at least SIZE bytes."""
        self._part = part
        self.time = values.clock_text(TIME.unpack_from(part)[0])
        self.basic = CLASS.unpack_from(part, CLASS_OFFSET)[0] & CLASS_MASK == BASIC
        self.ecg = self._group(ECG_GROUP, ECG_AT)
        self.nibp = self._group(FOUR, NIBP_AT)
        self.spo2 = self._group(FOUR, SPO2_AT)
        self.co2 = self._group(FOUR, CO2_AT)
        self.pressures = tuple(self._group(FOUR, place) for place in PRESSURES_AT)

    def _group(self, form: Struct, place: int) -> Group:
        status, label, *words = form.unpack_from(self._part, place)
        return Group(status, label, tuple(words))

    def readings(self) -> dict[Metric, Reading]:
        """Every continuous number whose module is there."""
        found: dict[Metric, Reading] = {}
        self._ecg(found)
        if self.spo2.exists and self.spo2.label & SATURATION_MASK != VENOUS:
            found[values.SATURATION] = self.spo2.read(0, values.SATURATION, 100)
            found[values.PULSE] = self.spo2.read(1, values.PULSE)
            found[values.AMPLITUDE] = self.spo2.read(2, values.AMPLITUDE, PER_SHARE)
        self._breathing(found)
        self._gases(found)
        self._temperatures(found)
        self._invasive(found)
        return found

    def _ecg(self, found: dict[Metric, Reading]) -> None:
        """Heart rate, if an ECG is its source, and ST levels."""
        ecg = self.ecg
        if not ecg.exists:
            return
        heart = replace(ecg, words=(self._heart_word(),)).read(0, values.HEART)
        if isinstance(heart, Measured) and ecg.status & UNSURE:
            heart = replace(heart, validity=Validity.QUESTIONABLE)
        found[values.HEART] = heart
        for place, metric in enumerate(values.ST_LEVELS, 1):
            found[metric] = ecg.read(place, metric, 100)

    def _heart_word(self) -> int:
        """The displayed heart rate if an ECG is its source, else what the ECG alone gives."""
        source = self.ecg.status >> SOURCE_SHIFT & SOURCE_MASK
        if source in ECG_SOURCES:
            return self.ecg.words[0]
        return int(EXTRA.unpack_from(self._part, EXTRA_AT)[0])

    def _breathing(self, found: dict[Metric, Reading]) -> None:
        """Breaths counted from the gas, or from the impedance where that has none."""
        counts = [self._gas(2, values.BREATHS)] * self.co2.exists
        counts += [self.ecg.read(4, values.BREATHS)] * self.ecg.exists
        if counts:
            found[values.BREATHS] = next((c for c in counts if isinstance(c, Measured)), counts[0])

    def _gases(self, found: dict[Metric, Reading]) -> None:
        if self.co2.exists:
            found[values.CO2_END] = self._gas(0, values.CO2_END, 100)
            found[values.CO2_IN] = self._gas(1, values.CO2_IN, 100)
        for at, pair in zip(GASES_AT, values.GASES, strict=True):
            group = self._group(TWO, at)
            if group.exists:
                found |= {metric: group.read(place, metric, 100) for place, metric in enumerate(pair)}

    def _gas(self, place: int, metric: Metric, per_unit: float = 1.0) -> Reading:
        """A word of the carbon dioxide group, which breathes nobody's air while it calibrates."""
        found = self.co2.read(place, metric, per_unit)
        if isinstance(found, Measured) and self.co2.status & (GAS_CALIBRATING | GAS_ZEROING):
            return Absent(Validity.CALIBRATING, found.value)
        return found

    def _temperatures(self, found: dict[Metric, Reading]) -> None:
        """Of two with one site, the first that has a number counts."""
        for place in TEMPERATURES_AT:
            group = self._group(ONE, place)
            metric = values.TEMPERATURES.get(group.label)
            if group.exists and metric is not None and not isinstance(found.get(metric), Measured):
                now = group.read(0, metric, 100)
                if isinstance(now, Measured) or metric not in found:
                    found[metric] = now

    def _invasive(self, found: dict[Metric, Reading]) -> None:
        for kind, group in self._named_pressures().values():
            for place, metric in enumerate((kind.systolic, kind.diastolic, kind.mean)):
                found[metric] = _against_air(group.read(place, metric, 100), group.status)

    def _named_pressures(self) -> dict[int, tuple[Pressure, Group]]:
        """By channel from 0; of two with one name the first counts."""
        named: dict[int, tuple[Pressure, Group]] = {}
        for channel, group in enumerate(self.pressures):
            kind = pressure_of(group.label) if group.exists else None
            if kind is not None and all(kind is not other for other, _ in named.values()):
                named[channel] = kind, group
        return named

    def ecg_metrics(self) -> dict[int, Metric]:
        """What channels 0 to 2 show; of two with one lead the first that is on counts."""
        found: dict[int, Metric] = {}
        for channel, (shift, off) in enumerate(zip(CHANNEL_SHIFTS, CHANNEL_OFF, strict=True)):
            lead = self.ecg.label >> shift & 0x0F
            metric = values.ECGS[lead if lead < len(values.ECGS) else 0]
            if metric not in found.values() and not self.ecg.status & off:
                found[channel] = metric
        return found

    def pressure_metrics(self) -> dict[int, Metric]:
        """What the waves of pressure channels 0 to 5 are."""
        return {channel: kind.wave for channel, (kind, _) in self._named_pressures().items()}

    def conditions(self) -> dict[AlertKind, tuple[str, ...]]:
        """What the status bits tell of the person and of the sensors."""
        ecg = self.ecg.status if self.ecg.exists else 0
        gas = self.co2.status if self.co2.exists else 0
        # Whether breathing stopped by the impedance stands in the gas group, with or without its module.
        apnoea = gas & APNOEA_GAS or self.co2.status & APNOEA_IMPEDANCE
        return {
            AlertKind.ARTEFACT: _said(("ECG", ecg & (NOISE | ARTEFACT))),
            AlertKind.DEVICE_ALARM: _said(("asystole", ecg & ASYSTOLE), ("apnoea", apnoea)),
            AlertKind.DEVICE_MESSAGE: _said(
                ("CO2 line blocked", gas & OCCLUSION), ("CO2 line leaks", gas & LEAK)
            ),
            AlertKind.ALARM_SILENCED: _said(("apnoea alarm off", gas & APNOEA_ALARM_OFF)),
        }


def _said(*told: tuple[str, int]) -> tuple[str, ...]:
    return tuple(words for words, holds in told if holds)


def _against_air(found: Reading, status: int) -> Reading:
    """A pressure whose zero is being set is none; one whose zero was never set may be far off."""
    if isinstance(found, Absent) or status & (ZEROING | ZEROED) == ZEROED:
        return found
    if status & ZEROING:
        return Absent(Validity.CALIBRATING, found.value)
    return replace(found, validity=Validity.QUESTIONABLE)


def observations(
    displayed: Displayed, known: frozenset[Metric], t_ns: int
) -> tuple[list[Observation], frozenset[Metric]]:
    """What is shown now, with Absent for what was `known` before and is not there any more."""
    now = {
        metric: found
        for metric, found in displayed.readings().items()
        if metric not in values.ASIDE or metric in known or isinstance(found, Measured)
    }
    gone = [m for m in values.METRICS if m in known and m not in now]
    events = [Observation(metric, t_ns, found, displayed.time) for metric, found in now.items()]
    events += [Observation(metric, t_ns, values.GONE, displayed.time) for metric in gone]
    return events, known | now.keys()
