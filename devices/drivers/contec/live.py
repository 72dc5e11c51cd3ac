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
from devices.gatt import Alerts
from kapmonitor.mdc import PERFUSION_INDEX, PLETH, PULSE_RATE, SPO2
from kapmonitor.model import (
    NO_SAMPLE,
    Absent,
    AlertKind,
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

LOW = {Kind.LIVE_NEW: "saturation low", Kind.LIVE_OLD: "saturation dropping"}
NONE_NEW, NONE_OLD = frozenset({0xFF}), frozenset({0, 0xFF})
"""Pulse rates that mean none. No oximeter of this make shows 255."""

SPO2_METRIC = Metric(SPO2, "SpO2")
PULSE_METRIC = Metric(PULSE_RATE, "Pulse rate")
PI_METRIC = Metric(PERFUSION_INDEX, "Perfusion index")
PLETH_METRIC = Metric(PLETH, "Pleth", fs=float(FRAMES_PER_S))
"""The device's 0..127 as they are."""


@cache
def pulse_reading(rate: int, none: frozenset[int]) -> Reading:
    """A pulse rate as the device sent it, `none` being its words for no value."""
    if rate in none:
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
    """Stored data; it was measured before this connection."""
    events: list[DeviceEvent] = [
        Observation(SPO2_METRIC, t_ns, spo2_reading(record.spo2), stored=True),
        Observation(PULSE_METRIC, t_ns, pulse_reading(record.pulse, NONE_OLD), stored=True),
    ]
    if record.pi is not None:
        events.append(Observation(PI_METRIC, t_ns, pi_reading(record.pi, valid=True), stored=True))
    return events


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
        pulse_reading(rate, NONE_NEW),
        pi_reading(pi, valid=not flags & 0x10),
        finger_out=bool(high & 0x01),
        searching=bool(high & 0x02 or flags & 0x20),
        low=bool(flags & 0x40),
    )


def old_second(flags: int, slow: bytes) -> Second:
    """Read bytes 3..4 of a frame; `flags`: 2000 low, 1000 and 20 searching, 40 rate bit 7, 10 finger out."""
    return Second(
        spo2_reading(slow[1]),
        pulse_reading((flags & 0x40) << 1 | slow[0], NONE_OLD),
        None,
        finger_out=bool(flags & 0x10),
        searching=bool(flags & 0x1020),
        low=bool(flags & 0x2000),
    )


class Live:
    """Live frames of one protocol in, events out; `alerts` are those of the line, whatever is read on it."""

    def __init__(self, kind: Kind, alerts: Alerts) -> None:
        self.kind = kind
        self._tells = False
        self.size = NEW_SIZE if kind is Kind.LIVE_NEW else OLD_SIZE
        self._block: list[int] = []
        self._flags = -1
        self._slow = b""
        self._agreeing = 0
        self._until_told = 0
        self._alerts = alerts

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

    def finish(self, t_ns: int, events: list[DeviceEvent]) -> None:
        """No more frames: what a capture too short to agree with itself says."""
        self.flush(t_ns, events)
        if not self._tells and self._agreeing:
            self._tell(t_ns, events)

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
        self._tells = True
        read = new_second if self.kind is Kind.LIVE_NEW else old_second
        second = read(self._flags, self._slow)
        for metric, reading in (
            (SPO2_METRIC, second.spo2),
            (PULSE_METRIC, second.rate),
            (PI_METRIC, second.pi),
        ):
            if reading is not None:
                events.append(Observation(metric, t_ns, _told(reading, second)))
        self._tell_alerts(second, t_ns, events)

    def _tell_alerts(self, second: Second, t_ns: int, events: list[DeviceEvent]) -> None:
        events += self._alerts.set(AlertKind.NO_CONTACT, second.finger_out, t_ns)
        events += self._alerts.set(AlertKind.NO_PULSE, second.searching, t_ns)
        detail = LOW[self.kind] if second.low else ""
        events += self._alerts.set(AlertKind.DEVICE_ALARM, second.low, t_ns, detail)


def _told(reading: Reading, second: Second) -> Reading:
    """No number counts without a finger; what still stands while a pulse is searched for is doubtful."""
    if isinstance(reading, Absent):
        return reading
    if second.finger_out:
        return Absent(Validity.INVALID, reading.value)
    return Measured(reading.value, Validity.QUESTIONABLE) if second.searching else reading
