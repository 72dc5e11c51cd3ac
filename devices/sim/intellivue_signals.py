"""What the simulated IntelliVue monitor measures, as the objects of its poll answers."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import numpy as np

from devices.sim import intellivue_frames as frames
from devices.sim.fingertip import Found
from devices.sim.inflation import Inflation, Outcome, inflate
from devices.sim.ivy_450c import ecg
from devices.sim.patient import Floats
from devices.sim.scenario import Bedside
from devices.sim.waves import Waves

DRIVER: Final = "intellivue"
CUFF_INTERVAL_S: Final = 300.0
BLOCK_S: Final = 0.256
BEHIND_S: Final = 2.0
POWER_ON: Final = datetime(2026, 3, 2, 8, 0, 0)  # noqa: DTZ001 the monitor's clock has no zone

PERCENT, MMHG, BEATS, PULSES, BREATHS, CELSIUS, PLAIN = 0x0220, 0x0F20, 0x0AA0, 0x0AC0, 0x0AE0, 0x17A0, 0x0200
ONGOING, UNAVAILABLE, QUESTIONABLE, INVALID = 0x0020, 0x2000, 0x4000, 0x8000
LABEL, NUMBER, NUMBERS, STAMP = 0x0924, 0x0950, 0x094B, 0x0990
SAMPLES, SPEC, SCALE, PERIOD = 0x096E, 0x096D, 0x096F, 0x098D
TECHNICAL_ALARMS, PATIENT_ALARMS = 0x0904, 0x0902

ECG_II, PLETH, BREATHING = 0x0102, 0x4BB4, 0x5000


@dataclass(frozen=True, slots=True)
class Sampled:
    """A wave: handle, samples a second, bits that count, and the values its lowest and highest word mean.

    Mantissas of FLOATs with `exponent`.
    """

    handle: int
    hz: float
    bits: int
    bottom: int
    top: int
    exponent: int


WAVES: Final = {
    ECG_II: Sampled(0x0201, 500.0, 14, -40960, 40955, -3),
    PLETH: Sampled(0x0202, 125.0, 12, 0, 4095, 0),
    BREATHING: Sampled(0x0203, 62.5, 12, -6, 19, -1),
}


class Signals:
    """The sensors on one patient; `chosen` are the waves the host asked for, by physiological id."""

    def __init__(self, bedside: Bedside, waves: Waves, cuff_every_s: float) -> None:
        self._bedside, self._waves, self._every_s = bedside, waves, cuff_every_s
        self._cuffs: dict[int, Inflation] = {}
        self.chosen: tuple[int, ...] = tuple(WAVES)

    # Numbers

    def numerics(self, t_s: float, finger: Found) -> list[bytes]:
        """All numbers there are."""
        patient = self._bedside.patient
        off = UNAVAILABLE if finger.disconnected or finger.off else INVALID
        heart = round(self._waves.rhythm.shown_rate(max(0.0, t_s - BEHIND_S)))
        moving = QUESTIONABLE * finger.moving
        return [
            self._cuff(t_s),
            _number(0x0102, 0x4BB8, PERCENT, finger.spo2, moving, off),
            _number(0x0103, 0x4822, PULSES, finger.rate, moving, off),
            _number(0x0104, 0x4182, BEATS, heart),
            _number(0x0105, 0x500A, BREATHS, round(patient.traits.breaths)),
            _number(0x0106, 0x4B48, CELSIUS, 364 + patient.seed % 7, exponent=-1),
            _number(0x0107, 0x4BB0, PLAIN, round(patient.traits.perfusion * 30), 0, off, exponent=-1),
            self._cuff_pulse(t_s),
        ]

    def cuff_mmhg(self, t_s: float) -> float:
        """Pressure in its cuff."""
        return self._inflation(int(t_s // self._every_s)).pressure(int(t_s * 1e9))

    def _cuff(self, t_s: float) -> bytes:
        ongoing = ONGOING * self._is_measuring(t_s)
        result = self._last(t_s)
        good = result is not None and result.outcome is Outcome.GOOD
        state = ongoing if good else ongoing | UNAVAILABLE
        pressures = (result.systolic, result.diastolic, result.mean) if good and result else (None,) * 3
        items = [
            frames.number(physio, MMHG, value, state=state)
            for physio, value in zip((0x4A05, 0x4A06, 0x4A07), pressures, strict=True)
        ]
        label = frames.attribute(LABEL, b"\0\2\x4a\x04")
        return _object(0x0101, [label, frames.attribute(NUMBERS, frames.listed(items)), *_stamp(result)])

    def _cuff_pulse(self, t_s: float) -> bytes:
        result = self._last(t_s)
        good = result is not None and result.outcome is Outcome.GOOD
        state = ONGOING * self._is_measuring(t_s) | UNAVAILABLE * (not good)
        item = frames.number(0xF0E5, PULSES, result.pulse if good and result else None, state=state)
        return _object(0x0108, [frames.attribute(NUMBER, item), *_stamp(result)])

    def _is_measuring(self, t_s: float) -> bool:
        return t_s * 1e9 < self._inflation(int(t_s // self._every_s)).end_ns

    def _last(self, t_s: float) -> Inflation | None:
        """The newest inflation that has ended."""
        number = int(t_s // self._every_s) - self._is_measuring(t_s)
        return self._inflation(number) if number >= 0 else None

    def _inflation(self, number: int) -> Inflation:
        if number not in self._cuffs:
            self._cuffs = {n: cuff for n, cuff in self._cuffs.items() if abs(n - number) <= 2}
            self._cuffs[number] = inflate(self._bedside, DRIVER, int(number * self._every_s * 1e9))
        return self._cuffs[number]

    # Waves

    def waves(self, t_s: float, finger: Found, *, described: bool) -> list[bytes]:
        """The samples of the block that ends at a time, with how to read them if `described`."""
        return [
            _wave(physio, WAVES[physio], self._words(physio, t_s, finger), finger, described=described)
            for physio in self.chosen
            if physio in WAVES
        ]

    def _words(self, physio: int, t_s: float, finger: Found) -> bytes:
        wave = WAVES[physio]
        count = round(wave.hz * BLOCK_S)
        times = np.maximum(t_s - BLOCK_S + np.arange(count) / wave.hz, 0)
        raw = np.rint(self._level(physio, times, finger) * ((1 << wave.bits) - 1))
        return np.clip(raw, 0, (1 << wave.bits) - 1).astype(">u2").tobytes()

    def _level(self, physio: int, times: Floats, finger: Found) -> Floats:
        """The wave as a share of its range."""
        if physio == ECG_II:
            return np.asarray((ecg(self._waves.rhythm.count(times)) + 40.96) / 81.915)
        if physio == PLETH:
            return np.full(len(times), 0.5) if finger.lost else self._waves.pleth(times)
        return np.asarray(0.5 + 0.3 * self._waves.breathing(times))

    # Alarms

    def alarms(self, finger: Found) -> list[bytes]:
        """The two lists of alarms: nothing of the patient's, and the sensor if it is off."""
        off = finger.disconnected or finger.off
        technical = [_alarm(0x4BB8, 0x0002, 0x0001)] if off else []
        lists = [(PATIENT_ALARMS, []), (TECHNICAL_ALARMS, technical)]
        return [_object(1, [frames.attribute(key, frames.listed(found)) for key, found in lists])]


def wall(t_ns: int) -> datetime:
    """The monitor's clock at a time."""
    return POWER_ON + timedelta(microseconds=t_ns // 1000)


def _stamp(result: Inflation | None) -> list[bytes]:
    if result is None:
        return []
    return [frames.attribute(STAMP, frames.bcd_time(wall(result.end_ns).replace(microsecond=0)))]


def _number(
    handle: int,
    physio: int,
    unit: int,
    mantissa: int | None,
    state: int = 0,
    without: int = INVALID,
    exponent: int = 0,
) -> bytes:
    """An object with one number; `without` is its state when there is none."""
    item = frames.number(physio, unit, mantissa, exponent, without if mantissa is None else state)
    label = frames.attribute(LABEL, struct.pack(">HH", 2, physio))
    return _object(handle, [label, frames.attribute(NUMBER, item)])


def _wave(physio: int, wave: Sampled, words: bytes, finger: Found, *, described: bool) -> bytes:
    off = physio == PLETH and (finger.disconnected or finger.off)
    samples = struct.pack(">HHH", physio, INVALID * off, len(words)) + words
    attributes = [frames.attribute(SAMPLES, samples)]
    if described:
        spec = struct.pack(">HBBH", len(words) // 2, 16, wave.bits, 0x2000)
        ends = frames.float_word(wave.bottom, wave.exponent) + frames.float_word(wave.top, wave.exponent)
        attributes += [
            frames.attribute(SPEC, spec),
            frames.attribute(SCALE, ends + struct.pack(">HH", 0, (1 << wave.bits) - 1)),
            frames.attribute(PERIOD, struct.pack(">I", round(8000 / wave.hz))),
            frames.attribute(LABEL, struct.pack(">HH", 2, physio)),
        ]
    return _object(wave.handle, attributes)


def _alarm(source: int, code: int, kind: int) -> bytes:
    return struct.pack(">4H6s2H", source, code, kind, 0, bytes(6), 0, 0)


def _object(handle: int, attributes: list[bytes]) -> bytes:
    return struct.pack(">H", handle) + frames.listed(attributes)
