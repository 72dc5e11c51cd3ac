"""A GE monitor made by hand on one side, the driver on the other, and the frames of the specification."""

from __future__ import annotations

from devices.drivers.ge_dri import DRIVER
from devices.sim import ge_records as records
from devices.sim.ge_records import NO, Group, Shown
from kapmonitor.model import Absent, Observation, WaveformBlock

S = 1_000_000_000
T0 = 1_700_000_000
ZEROS = " 00"

START_VALUES = "7E 31" + ZEROS * 20 + " FF" + ZEROS * 18 + " 01 0A 00 0E 00 00 00 00 00 49 7E"
STOP_VALUES = "7E 31" + ZEROS * 20 + " FF" + ZEROS * 18 + " 01 00 00 00 00 00 00 00 00 31 7E"
TREND_60_S = "7E 31" + ZEROS * 20 + " FF" + ZEROS * 18 + " 03 3C 00 0E 00 00 00 00 00 7D 5D 7E"
BASIC_5_S = "7E 31" + ZEROS * 20 + " FF" + ZEROS * 18 + " 01 05 00 00 00 00 00 00 00 36 7E"
START_ECG1 = (
    "7E 48"
    + ZEROS * 13
    + " 01"
    + ZEROS * 6
    + " FF"
    + ZEROS * 18
    + " 00 00 00 00 01 FF"
    + ZEROS * 26
    + " 48 7E"
)
STOP_WAVES = (
    "7E 48" + ZEROS * 13 + " 01" + ZEROS * 6 + " FF" + ZEROS * 18 + " 01 00 00 00 FF" + ZEROS * 27 + " 48 7E"
)

NO_WORD = " 01 80"


def absent(words: int) -> str:
    """A group without a module, as hex."""
    return ZEROS * 6 + NO_WORD * words


REPLY = (
    "7E 3E 01 01 08 00 00 00 F1 53 65 00 00 00 00 00 00 00 00 01 00 00 FF"
    + ZEROS * 18
    + " 00 F1 53 65"
    + " 0B 00 00 00 10 02 48 00 01 80 01 80 01 80 01 80"
    + absent(4) * 4
    + " 03 00 00 00 08 00 70 30 78 1E 54 24 47 00"
    + " 03 00 00 00 07 00 0C 0D"
    + absent(1) * 3
    + " 03 00 00 00 00 00 E4 25 48 00 01 80 01 80"
    + absent(4)
    + absent(2) * 2
    + absent(3)
    + absent(8)
    + absent(4)
    + absent(3)
    + NO_WORD * 3
    + absent(1)
    + absent(4) * 2
    + " 00 00 01 00 00 00"
    + " 36 7E"
)
"""HR 72 from the ECG, NIBP 124/78 (93) pulse 71, skin 33.40, SpO2 97.00, pulse 72; nothing else."""

PLETH_BLOCK = (
    "7E 42 00 02 08 00 00 01 F1 53 65 00 00 00 00 01 00 00 00 08 00 00 FF"
    + ZEROS * 18
    + " 0A 00 01 00 00 00 00 00 0C 00 19 00 25 00 32 00 3E 00 4B 00 57 00 64 00 70 00 39 7E"
)


class Bench:
    """The driver, fed with records at times in seconds."""

    def __init__(self, **options: str) -> None:
        self.protocol = DRIVER.protocol(options)
        self.protocol.opened(0)
        self.events: list[object] = []

    def send(self, data: bytes, t_s: float) -> list[object]:
        events = self.protocol.receive(data, int(t_s * S))
        self.events += events
        return events

    def show(self, shown: Shown, t_s: float, level: int = 8) -> list[object]:
        part = records.displayed(shown, T0 + int(t_s))
        return self.send(records.record(0, [(1, part)], level, time_s=T0 + int(t_s)), t_s)

    def clock(self, nibp_time_s: int, t_s: float) -> list[object]:
        return self.send(records.record(0, [(4, records.auxiliary(nibp_time_s))], 8), t_s)

    def alarms(self, texts: list[tuple[str, int]], t_s: float, silence: int = 0) -> list[object]:
        return self.send(records.record(4, [(1, records.alarm_status(texts, silence))], 11), t_s)

    def wave(self, kind: int, samples: list[int], t_s: float, status: int = 0) -> list[object]:
        return self.send(records.record(1, [(kind, records.wave(samples, status))], 8), t_s)


def nibp(label: int = 0, systolic: int = 124, diastolic: int = 78, mean: int = 93, pulse: int = 71) -> Shown:
    """A monitor with a cuff alone."""
    return Shown(nibp=Group((systolic * 100, diastolic * 100, mean * 100, pulse), label))


def no_nibp(label: int = 0) -> Shown:
    return Shown(nibp=Group((NO, NO, NO, NO), label))


def numbers(events: list[object]) -> dict[str, object]:
    """Values by reference, absent ones as (validity, raw)."""
    return {
        e.metric.ref: (e.reading.validity.value, e.reading.raw)
        if isinstance(e.reading, Absent)
        else e.reading.value
        for e in events
        if isinstance(e, Observation)
    }


def samples(events: list[object], label: str) -> list[int]:
    return [
        int(x) for e in events if isinstance(e, WaveformBlock) and e.metric.label == label for x in e.samples
    ]


def session() -> bytes:
    """Four seconds with a determination, waves, the time of the cuff and an alarm, damage-free."""
    out = b""
    for t_s, label in enumerate((0x100, 0x120, 0, 0)):
        values = [(1, records.displayed(nibp(label), T0 + t_s)), (4, records.auxiliary(T0))]
        waves = [(8, records.wave(range(t_s, t_s + 25))), (1, records.wave(range(75)))]
        out += records.record(0, values, 11, t_s) + records.record(1, waves, 11, t_s)
    return out + records.record(4, [(1, records.alarm_status([("LOW", 2)]))], 11)
