"""Displayed values, basic class: from 278 bytes to readings, and what the monitor says of its signals."""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct
from typing import Final

from devices.drivers.ge_dri import values
from devices.drivers.ge_dri.values import LOWEST, Pressure, pressure_of, reading
from kapmonitor.model import Metric, Observation, Reading

SIZE: Final = 278
CLASS_OFFSET: Final = 276
CLASS_MASK, BASIC = 0x0F00, 0x0000

TIME: Final = Struct("<I")
CLASS: Final = Struct("<H")
EXISTS: Final = 0x01
"""Status bit of each group: the module is there."""

ECG_AT, NIBP_AT, SPO2_AT, CO2_AT, EXTRA_AT = 4, 76, 122, 136, 230
PRESSURES_AT: Final = (20, 34, 48, 62, 244, 258)
TEMPERATURES_AT: Final = (90, 98, 106, 114)

ECG_GROUP: Final = Struct("<IH5h")
FOUR: Final = Struct("<IH4h")
ONE: Final = Struct("<IHh")
EXTRA: Final = Struct("<3h")

ASYSTOLE, NOISE, ARTEFACT = 0x04, 0x80, 0x100
APNOEA: Final = 0x04 | 0x80
"""Status bits 2 and 7 of the CO2 group: from the gas, and from the impedance."""

SOURCE_SHIFT, SOURCE_MASK = 3, 0x0F
ECG_SOURCES: Final = frozenset({1, 9})
"""Sources of the displayed heart rate that are ECGs; others are a pressure or the pleth."""

SATURATION_MASK, VENOUS = 0x03, 2
CHANNEL_SHIFTS: Final = (8, 4, 0)
"""Where the ECG label has the leads of channels 1 to 3."""


@dataclass(frozen=True, slots=True)
class Group:
    """One group of values: whether its module is there, its status and label bits, and its words."""

    status: int
    label: int
    words: tuple[int, ...]

    @property
    def exists(self) -> bool:
        return bool(self.status & EXISTS)


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
        if self.ecg.exists:
            found[values.HEART] = reading(self._heart_word(), values.HEART.term)
        if self.spo2.exists and self.spo2.label & SATURATION_MASK != VENOUS:
            found[values.SATURATION] = reading(self.spo2.words[0], values.SATURATION.term, 100)
            found[values.PULSE] = reading(self.spo2.words[1], values.PULSE.term)
        self._breathing(found)
        self._temperatures(found)
        self._invasive(found)
        return found

    def _heart_word(self) -> int:
        """The displayed heart rate if an ECG is its source, else what the ECG alone gives."""
        source = self.ecg.status >> SOURCE_SHIFT & SOURCE_MASK
        if source in ECG_SOURCES:
            return self.ecg.words[0]
        return int(EXTRA.unpack_from(self._part, EXTRA_AT)[0])

    def _breathing(self, found: dict[Metric, Reading]) -> None:
        """Breaths counted from the gas, or from the impedance where that has none."""
        counts = [self.co2.words[2]] * self.co2.exists + [self.ecg.words[4]] * self.ecg.exists
        if counts:
            word = next((count for count in counts if count >= LOWEST), counts[0])
            found[values.BREATHS] = reading(word, values.BREATHS.term)
        if self.co2.exists:
            found[values.CO2_END] = reading(self.co2.words[0], values.CO2_END.term, 100)

    def _temperatures(self, found: dict[Metric, Reading]) -> None:
        for place in TEMPERATURES_AT:
            group = self._group(ONE, place)
            metric = values.TEMPERATURES.get(group.label)
            if group.exists and metric is not None and metric not in found:
                found[metric] = reading(group.words[0], metric.term, 100)

    def _invasive(self, found: dict[Metric, Reading]) -> None:
        for kind, group in self._named_pressures().values():
            terms = (kind.systolic, kind.diastolic, kind.mean)
            for metric, word in zip(terms, group.words[:3], strict=True):
                found[metric] = reading(word, metric.term, 100)

    def _named_pressures(self) -> dict[int, tuple[Pressure, Group]]:
        """By channel from 0; of two with one name the first counts."""
        named: dict[int, tuple[Pressure, Group]] = {}
        for channel, group in enumerate(self.pressures):
            kind = pressure_of(group.label) if group.exists else None
            if kind is not None and all(kind is not other for other, _ in named.values()):
                named[channel] = kind, group
        return named

    def ecg_metrics(self) -> dict[int, Metric]:
        """What channels 0 to 2 show; of two with one lead the first counts."""
        found: dict[int, Metric] = {}
        for channel, shift in enumerate(CHANNEL_SHIFTS):
            lead = self.ecg.label >> shift & 0x0F
            metric = values.ECGS[lead if lead < len(values.ECGS) else 0]
            if metric not in found.values():
                found[channel] = metric
        return found

    def pressure_metrics(self) -> dict[int, Metric]:
        """What the waves of pressure channels 0 to 5 are."""
        return {channel: kind.wave for channel, (kind, _) in self._named_pressures().items()}

    def alarms(self) -> tuple[str, ...]:
        """Conditions of the person that the status bits tell."""
        asystole = self.ecg.exists and self.ecg.status & ASYSTOLE
        apnoea = self.co2.exists and self.co2.status & APNOEA
        return tuple(text for text, bit in (("asystole", asystole), ("apnoea", apnoea)) if bit)

    def unsteady(self) -> bool:
        """Whether the monitor finds noise or an artefact in the ECG."""
        return self.ecg.exists and bool(self.ecg.status & (NOISE | ARTEFACT))


def observations(
    displayed: Displayed, known: frozenset[Metric], t_ns: int
) -> tuple[list[Observation], frozenset[Metric]]:
    """What is shown now, with Absent for what was `known` before and is not there any more."""
    now = displayed.readings()
    gone = [m for m in values.METRICS if m in known and m not in now]
    events = [Observation(metric, t_ns, found, displayed.time) for metric, found in now.items()]
    events += [Observation(metric, t_ns, values.GONE, displayed.time) for metric in gone]
    return events, known | now.keys()
