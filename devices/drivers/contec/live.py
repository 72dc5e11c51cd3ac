"""From live frames to samples, numbers and alerts.

The oximeter works its numbers out once a second and repeats them in each of 60 frames. They are told when
they change and once a second otherwise, and only after standing in AGREE frames in a row: with no checksum,
that is what keeps a flipped bit from becoming a reading.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from devices import plausible
from devices.drivers.contec.packets import MOST_PI, NEW_SIZE, NO_PI, NO_SPO2, OLD_SIZE, Kind, StoredRecord
from kapmonitor.mdc import PERFUSION_INDEX, PLETH, PULSE_RATE, SPO2
from kapmonitor.model import (
    NO_SAMPLE,
    Absent,
    AlertKind,
    DeviceAlert,
    DeviceEvent,
    Measured,
    Metric,
    Observation,
    Reading,
    Validity,
    WaveformBlock,
)

FRAMES_PER_S = 60
AGREE = 3
BLOCK = 4
"""Samples in a waveform block: 15 blocks a second."""

MOST_MISSING = FRAMES_PER_S
"""Lost frames made up for by gaps in the wave; after a longer break the wave begins anew."""

DETAILS = {AlertKind.DEVICE_ALARM: "saturation low"}

SPO2_METRIC = Metric(SPO2, "SpO2")
PULSE_METRIC = Metric(PULSE_RATE, "Pulse rate")
PI_METRIC = Metric(PERFUSION_INDEX, "Perfusion index")
PLETH_METRIC = Metric(PLETH, "Pleth", fs=float(FRAMES_PER_S))
"""The device's 0..127 as they are."""


@cache
def pulse_reading(rate: int, none: int) -> Reading:
    """A pulse rate as the device sent it, `none` being its word for no value."""
    if rate == none:
        return Absent(Validity.NOT_AVAILABLE, float(rate))
    return plausible.within(PULSE_RATE, rate)


@cache
def spo2_reading(percent: int) -> Reading:
    """A saturation as the device sent it; 127 means none, and 0 in the old protocol."""
    if percent in (0, NO_SPO2):
        return Absent(Validity.NOT_AVAILABLE, float(percent))
    return plausible.within(SPO2, percent)


def pi_reading(hundredths: int, *, valid: bool) -> Reading:
    """A perfusion index in hundredths of a percent; 65535 means none. Raw words stay hundredths."""
    if hundredths == NO_PI or not valid:
        return Absent(Validity.NOT_AVAILABLE, float(hundredths))
    if hundredths > MOST_PI:
        return Absent(Validity.INVALID, float(hundredths))
    return Measured(hundredths / 100)


def stored_observations(record: StoredRecord, t_ns: int) -> list[DeviceEvent]:
    """One second of stored data; it was measured before this connection."""
    return [
        Observation(SPO2_METRIC, t_ns, spo2_reading(record.spo2), stored=True),
        Observation(PULSE_METRIC, t_ns, pulse_reading(record.pulse, 0), stored=True),
    ]


@dataclass(frozen=True, slots=True)
class Second:
    """What the frames of one second repeat; `pi` is None where the protocol has none."""

    spo2: Reading
    rate: Reading
    pi: Reading | None
    finger_out: bool
    searching: bool
    low: bool


def new_second(flags: int, slow: bytes) -> Second:
    """Read bytes 5..8 of a frame; `flags`: byte 1, then 40 low, 20 searching too long, 10 no PI."""
    high = flags >> 8
    rate = slow[0] & 0x7F | (high & 0x08) << 4
    spo2 = slow[1] & 0x7F | (high & 0x10) << 3
    pi = slow[2] & 0x7F | (high & 0x20) << 2 | (slow[3] & 0x7F | (high & 0x40) << 1) << 8
    return Second(
        spo2_reading(spo2),
        pulse_reading(rate, 0xFF),
        pi_reading(pi, valid=not flags & 0x10),
        finger_out=bool(high & 0x01),
        searching=bool(high & 0x02 or flags & 0x20),
        low=bool(flags & 0x40),
    )


def old_second(flags: int, slow: bytes) -> Second:
    """Read bytes 3..4 of a frame; `flags`: 2000 low, 1000 and 20 searching, 40 rate bit 7, 10 finger out."""
    return Second(
        spo2_reading(slow[1]),
        pulse_reading((flags & 0x40) << 1 | slow[0], 0),
        None,
        finger_out=bool(flags & 0x10),
        searching=bool(flags & 0x1020),
        low=bool(flags & 0x2000),
    )


class Live:
    """Live frames of one protocol in, events out."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.size = NEW_SIZE if kind is Kind.LIVE_NEW else OLD_SIZE
        self._block: list[int] = []
        self._flags = -1
        self._slow = b""
        self._agreeing = 0
        self._until_told = 0
        self._alerts: frozenset[AlertKind] = frozenset()

    def take(self, run: bytes, t_ns: int, events: list[DeviceEvent]) -> None:
        """Read whole frames, all of which arrived by `t_ns`."""
        take_frame = self._take_frame
        if self.kind is Kind.LIVE_NEW:
            for pos in range(0, len(run), NEW_SIZE):
                high = run[pos + 1]
                flags = high << 8 | (run[pos + 2] & 0x30) << 1 | run[pos + 4] & 0x10
                sample = NO_SAMPLE if high & 0x01 else run[pos + 3] & 0x7F
                take_frame(flags, run[pos + 5 : pos + 9], sample, t_ns, events)
        else:
            for pos in range(0, len(run), OLD_SIZE):
                bits = run[pos + 2]
                sample = NO_SAMPLE if bits & 0x10 else run[pos + 1]
                flags = (run[pos] & 0x30) << 8 | bits & 0x70
                take_frame(flags, run[pos + 3 : pos + 5], sample, t_ns, events)

    def gap(self, junk: int, t_ns: int, events: list[DeviceEvent]) -> None:
        """So many bytes before the next frame were none."""
        missing = round(junk / self.size)
        if missing <= MOST_MISSING:
            self._block += [NO_SAMPLE] * missing
        else:
            self.flush(t_ns, events)

    def flush(self, t_ns: int, events: list[DeviceEvent]) -> None:
        """Hand over the samples of an unfinished block."""
        if self._block:
            import numpy as np

            events.append(WaveformBlock(PLETH_METRIC, t_ns, np.array(self._block, np.int16)))
            self._block = []

    def _take_frame(self, flags: int, slow: bytes, sample: int, t_ns: int, events: list[DeviceEvent]) -> None:
        self._block.append(sample)
        if len(self._block) >= BLOCK:
            self.flush(t_ns, events)
        self._until_told -= 1
        if flags != self._flags or slow != self._slow:
            self._flags, self._slow, self._agreeing = flags, slow, 1
            return
        self._agreeing += 1
        if self._agreeing == AGREE or (self._until_told <= 0 and self._agreeing > AGREE):
            self._until_told = FRAMES_PER_S
            self._tell(t_ns, events)

    def _tell(self, t_ns: int, events: list[DeviceEvent]) -> None:
        read = new_second if self.kind is Kind.LIVE_NEW else old_second
        second = read(self._flags, self._slow)
        for metric, reading in (
            (SPO2_METRIC, second.spo2),
            (PULSE_METRIC, second.rate),
            (PI_METRIC, second.pi),
        ):
            if reading is not None:
                told = _without_finger(reading) if second.finger_out else reading
                events.append(Observation(metric, t_ns, told))
        self._tell_alerts(second, t_ns, events)

    def _tell_alerts(self, second: Second, t_ns: int, events: list[DeviceEvent]) -> None:
        conditions = {
            AlertKind.NO_CONTACT: second.finger_out,
            AlertKind.NO_PULSE: second.searching,
            AlertKind.DEVICE_ALARM: second.low,
        }
        now = frozenset(kind for kind, present in conditions.items() if present)
        if now != self._alerts:
            changed = [kind for kind in conditions if (kind in now) != (kind in self._alerts)]
            events += [DeviceAlert(kind, kind in now, t_ns, DETAILS.get(kind, "")) for kind in changed]
            self._alerts = now


def _without_finger(reading: Reading) -> Reading:
    """No number counts while no finger is in the sensor."""
    return Absent(Validity.INVALID, reading.value) if isinstance(reading, Measured) else reading
