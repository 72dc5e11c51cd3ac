"""An Ivy 450C on one line: a frame each second, which is only listened to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeGuard

from devices import plausible
from devices.drivers.ivy_450c import metrics
from devices.drivers.ivy_450c.frames import BROKEN, WAVE_BYTES, Frames
from devices.drivers.ivy_450c.lines import Line, between, number, parse, pulse_word, reading
from devices.framing import HEAD_BYTES
from devices.gatt import Alerts
from devices.protocol import Options
from kapmonitor.model import (
    Absent,
    AlertKind,
    DeviceEvent,
    Fault,
    FaultKind,
    Metric,
    Observation,
    Reading,
    Validity,
)
from kapmonitor.plausible import RANGES

MMHG_PER_KPA: Final = 7.50062
CO2_FACTORS: Final = {"unknown": 0.0, "mmHg": 1.0, "kPa": MMHG_PER_KPA}
"""Units the monitor can be set to, as mmHg; without knowing it the number means nothing."""

NONE: Final = Absent(Validity.NOT_AVAILABLE)
BREATHS, CO2, INVASIVE = between(0, 150), between(0, 150), between(-50, 300)


class Ivy:
    """Implements WireProtocol. Sends nothing."""

    def __init__(self, options: Options) -> None:
        """Option `co2_unit`: mmHg, kPa or unknown."""
        self.deadline_ns: int | None = None
        self._co2_factor = CO2_FACTORS.get(str(options.get("co2_unit", "unknown")), 0.0)
        self._frames = Frames()
        self._reset()

    def _reset(self) -> None:
        self._frames.clear()
        self._cuff = Cuff()
        self._alerts = Alerts()
        self._waves: tuple[Metric, ...] = ()
        self._used: set[str] = set()

    def opened(self, t_ns: int) -> None:
        self._reset()

    def data_to_send(self) -> bytes:
        return b""

    def on_deadline(self, now_ns: int) -> list[DeviceEvent]:
        return []

    def receive(self, data: bytes, t_ns: int) -> list[DeviceEvent]:
        events: list[DeviceEvent] = []
        for item in self._frames.feed(data, t_ns):
            if isinstance(item, Fault):
                events.append(item)
            elif item == BROKEN:
                events += metrics.missing(self._waves, t_ns)
            else:
                events += self._frame(item, t_ns)
        return events

    def closed(self, t_ns: int) -> list[DeviceEvent]:
        events: list[DeviceEvent] = [*self._frames.finish(t_ns), *self._cuff.finish()]
        events += self._alerts.withdraw_all(t_ns)
        self._reset()
        return events

    def _frame(self, body: bytes, t_ns: int) -> list[DeviceEvent]:
        events: list[DeviceEvent] = []
        lines: dict[str, Line] = {}
        for raw in body[WAVE_BYTES:].rstrip(b"\r").split(b"\r"):
            if (line := parse(raw)) is not None:
                lines[line.name] = line
            else:
                events.append(Fault(FaultKind.CONTENT, t_ns, len(raw), raw[:HEAD_BYTES].hex()))
        events += [Observation(metric, t_ns, value) for metric, value in self._numbers(lines)]
        if "NIBP" in lines:
            events += self._cuff.take(lines["NIBP"].values, t_ns)
        blocks = metrics.waves(body, lines, t_ns)
        self._waves = tuple(block.metric for block in blocks)
        said = "; ".join(f"{line.name} {line.message}" for line in lines.values() if _speaks(line))
        return [*events, *blocks, *self._alerts.set(AlertKind.DEVICE_MESSAGE, bool(said), t_ns, said)]

    def _numbers(self, lines: Mapping[str, Line]) -> list[tuple[Metric, Reading]]:
        """The numbers that the monitor gives anew each second."""
        out: list[tuple[Metric, Reading]] = [(metrics.HEART, _vital(metrics.HEART, lines["HR"].values[0]))]
        if (line := lines.get("RR")) is not None:
            out.append((metrics.BREATHS, reading(line.values[0], BREATHS)))
        if (line := lines.get("SPO2")) is not None:
            out.append((metrics.SPO2, _vital(metrics.SPO2, line.values[0])))
            if (word := pulse_word(line.label)) is not None:
                out.append((metrics.PULSE, _vital(metrics.PULSE, word)))
        if self._co2_factor and self._is_used(line := lines.get("ETCO2")):
            out.append((metrics.CO2, reading(line.values[0], lambda v: CO2(v * self._co2_factor))))
        for name, trio in metrics.PRESSURES.items():
            if self._is_used(line := lines.get(name)):
                out += [(m, reading(w, INVASIVE)) for m, w in zip(trio, line.values, strict=True)]
        return out

    def _is_used(self, line: Line | None) -> TypeGuard[Line]:
        """Whether an input most rooms do not use has given a value since the line was opened."""
        if line is None:
            return False
        if any(line.values):
            self._used.add(line.name)
        return line.name in self._used


class Cuff:
    """The last determination, which the monitor repeats each second without saying when it was made.

    A change is told when two frames in a row have it, as a damaged character would look like one. What is
    there first may be from long before the line was opened and is told as stored; where the monitor first
    showed nothing, the next numbers are new.
    """

    def __init__(self) -> None:
        self._told: tuple[str, ...] | None = None
        self._seen: tuple[str, ...] | None = None
        self._seen_ns = 0

    def take(self, words: tuple[str, ...], t_ns: int) -> list[DeviceEvent]:
        """The values of one NIBP line; the determination they are, if it is told now."""
        again = words == self._seen
        self._seen, self._seen_ns = words, t_ns
        return self._tell() if again else []

    def finish(self) -> list[DeviceEvent]:
        """No more frames: what a capture too short to agree with itself says."""
        return self._tell() if self._told is None else []

    def _tell(self) -> list[DeviceEvent]:
        words = self._seen
        if words is None or words == self._told:
            return []
        stored = self._told is None
        self._told = words
        if not any(words):
            return []
        pulse = _vital(metrics.NIBP[3], words[3])
        readings = zip(metrics.NIBP, (*_pressures(words[:3]), pulse), strict=True)
        return [Observation(metric, self._seen_ns, value, stored=stored) for metric, value in readings]


def _pressures(words: tuple[str, ...]) -> tuple[Reading, Reading, Reading]:
    """Systolic, diastolic, mean; a mean that is not given is not missed."""
    systolic, diastolic, mean = (number(word) for word in words)
    if systolic is None or diastolic is None:
        doubted = [NONE if v is None else Absent(Validity.INVALID, v) for v in (systolic, diastolic, mean)]
        return doubted[0], doubted[1], doubted[2]
    judged = plausible.pressures(systolic, diastolic, (systolic + diastolic) / 2 if mean is None else mean)
    return judged.systolic, judged.diastolic, NONE if mean is None else judged.mean


def _vital(metric: Metric, word: str) -> Reading:
    return reading(word, between(*RANGES[metric.ref]))


def _speaks(line: Line) -> bool:
    return bool(line.message) and not line.unused
