"""A simulated Berry PM6750 module: silent until its streams are switched on, with a cuff that can be started.

Frames are `55 AA, N, type, data, check` both ways; N counts from itself to the check, and all bytes from N on
add up to 255. ECG goes 250 times a second, pleth and breathing 50 times, ECG numbers once a second,
saturation and temperature a little less often, cuff packets twice a second while it measures.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from devices.sim.fingertip import BEHIND_S, Loss, seen_s
from devices.sim.inflation import Inflation, Outcome, inflate, pressure
from devices.sim.patient import Floats
from devices.sim.scenario import Bedside, IncidentKind
from devices.sim.waves import PULSE_TRAVEL_S, Waves

ID: Final = "berry-pm6750"
TICKS: Final = 250
SLOW_EVERY, CUFF_EVERY, SENSOR_EVERY = 5, 125, 269
"""Ticks between the packets of each kind."""
COMMAND: Final = 6
FORGET_S: Final = 3.0
ECG_ON, CUFF, SATURATION_ON, TEMPERATURE_ON, ECG_GAIN, ECG_FILTER, PATIENT, TARGET = 1, 2, 3, 4, 7, 8, 9, 10
PLETH_ON, RESP_ON = 0xFE, 0xFF
STREAMS: Final = (ECG_ON, SATURATION_ON, TEMPERATURE_ON, PLETH_ON, RESP_ON)
DEFAULT_TARGETS: Final = {1: 150, 2: 100, 3: 70}
FINISHED, MEASURING, STOPPED, LOOSE, INTERFERENCE = 0, 1, 2, 4, 7
ENDS: Final = {Outcome.LEAK: LOOSE, Outcome.MOTION: INTERFERENCE}
SENSOR_OFF, NO_FINGER, SEARCHING = 1, 2, 3
NO_SPO2, NO_PULSE = 127, 255
BASE_LINE: Final = 128
HUMPS: Final = ((9, 0.10, 0.025), (-9, 0.185, 0.008), (88, 0.2, 0.011), (-18, 0.222, 0.012), (20, 0.42, 0.05))
"""Height in steps, place and width in beats of the waves P, Q, R, S, T of lead II."""
LEAD_I, LEAD_V = 0.55, 1.1


@dataclass(frozen=True, slots=True)
class Second:
    """One second worked out at once: 250 x 7 ECG bytes, 50 slow samples each, ticks with a beat in them."""

    number: int
    ecg: bytes
    pleth: list[int]
    resp: list[int]
    beats: frozenset[int]
    pulses: frozenset[int]


class Berry:
    """The module at one patient's bedside."""

    def __init__(self, bedside: Bedside) -> None:
        self._bedside = bedside
        self._waves = Waves(bedside.patient)
        self._on: set[int] = set()
        self._settings = {ECG_GAIN: 3, ECG_FILTER: 2, PATIENT: 1}
        self._target: int | None = None
        self._running: Inflation | None = None
        self._heard = b""
        self._out = b""
        self._next: int | None = None
        self._loss = Loss()
        self._second = Second(-1, b"", [], [], frozenset(), frozenset())

    def receive(self, data: bytes, t_ns: int) -> None:
        """Take whole commands with a right check; anything else is passed over without a word."""
        self._heard += data
        while (start := self._heard.find(b"\x55\xaa\x04")) >= 0 and len(self._heard) >= start + COMMAND:
            command = self._heard[start : start + COMMAND]
            if sum(command[2:]) & 0xFF == 0xFF:
                self._heard = self._heard[start + COMMAND :]
                self._obey(command[3], command[4], t_ns)
            else:
                self._heard = self._heard[start + 1 :]
        self._heard = self._heard[-COMMAND:]

    def advance(self, t_ns: int) -> bytes:
        number = t_ns * TICKS // 1_000_000_000
        if self._next is None:
            self._next = number + 1
        out, self._out = self._out, b""
        while self._next <= number:
            out += self._tick(self._next)
            self._next += 1
        self._bedside.cuff_mmhg = pressure(self._running, t_ns)
        return out

    def plugged(self, t_ns: int) -> bool:
        return self._bedside.cable_in(ID, t_ns)

    def _obey(self, code: int, value: int, t_ns: int) -> None:
        if code in STREAMS:
            (self._on.add if value else self._on.discard)(code)
        elif code in self._settings:
            self._settings[code] = value
        elif code == TARGET:
            self._target = 2 * value
        elif code == CUFF and value:
            self._begin(t_ns)
        elif code == CUFF and self._running is not None:
            self._running = None
            self._out += self._cuff_packet(STOPPED, 0)

    def _begin(self, t_ns: int) -> None:
        if self._running is None:
            target = self._target or DEFAULT_TARGETS.get(self._settings[PATIENT], 150)
            self._running = inflate(self._bedside, ID, t_ns, float(target))
            self._target = None

    def _tick(self, number: int) -> bytes:
        """All that is sent at one tick."""
        place = number % TICKS
        second = self._work_out(number // TICKS)
        out = b""
        if ECG_ON in self._on:
            out += frame(0x01, *second.ecg[7 * place : 7 * place + 7])
            if place in second.beats:
                out += frame(0x30)
            if place == 0:
                out += self._ecg_numbers(number / TICKS)
        if place % SLOW_EVERY == 0:
            out += frame(0xFE, second.pleth[place // SLOW_EVERY]) if PLETH_ON in self._on else b""
            out += frame(0xFF, second.resp[place // SLOW_EVERY]) if RESP_ON in self._on else b""
        if number % SENSOR_EVERY == 0:
            out += self._saturation(number / TICKS) if SATURATION_ON in self._on else b""
            out += frame(0x05, 0x02, 36, 6, 0, 0) if TEMPERATURE_ON in self._on else b""
        if (
            SATURATION_ON in self._on
            and place in second.pulses
            and not self._bedside.finger_occluded(number / TICKS)
        ):
            out += frame(0x31)
        return out + (self._cuff(number) if number % CUFF_EVERY == 0 else b"")

    def _work_out(self, second: int) -> Second:
        if self._second.number != second:
            t_s = second + np.arange(TICKS) / TICKS
            slow_s = t_s[::SLOW_EVERY]
            breath = self._waves.breathing(slow_s)
            still = self._bedside.finger_occluded(float(second)) or self._sensor(float(second)) != 0
            pleth = np.full(len(slow_s), 50.0) if still else 100 * self._waves.pleth(slow_s)
            rhythm = self._waves.rhythm
            ticks = [
                frozenset(
                    int((t - second) * TICKS) for t in rhythm.beats(second - late, second + 1 - late) + late
                )
                for late in (0.0, PULSE_TRAVEL_S)
            ]
            ecg = leads(rhythm.count(t_s) % 1)
            resp = np.rint(BASE_LINE + 60 * breath).astype(int).tolist()
            self._second = Second(second, ecg, np.rint(pleth).astype(int).tolist(), resp, *ticks)
        return self._second

    def _ecg_numbers(self, t_s: float) -> bytes:
        status = (self._settings[ECG_GAIN] - 1) << 2 | (self._settings[ECG_FILTER] - 1) << 4
        rate = round(self._waves.rhythm.shown_rate(max(0.0, t_s - BEHIND_S)))
        return frame(0x02, status, min(rate, 250), round(self._bedside.patient.traits.breaths), 0, 1)

    def _sensor(self, t_s: float) -> int:
        """The status of the saturation sensor, but for a pulse that a cuff takes away."""
        if self._bedside.happening(IncidentKind.SENSOR_OFF, t_s, ID):
            return SENSOR_OFF
        return NO_FINGER if self._bedside.happening(IncidentKind.FINGER_OFF, t_s, ID) else 0

    def _saturation(self, t_s: float) -> bytes:
        status = self._sensor(t_s)
        since_s = self._loss.since(t_s, lost=self._bedside.finger_occluded(t_s))
        if status or (since_s is not None and t_s - since_s > FORGET_S):
            return frame(0x04, status or SEARCHING, NO_SPO2, NO_PULSE)
        from_s = seen_s(t_s, since_s)
        rate = round(self._waves.rhythm.shown_rate(from_s))
        return frame(0x04, 0, round(float(self._bedside.patient.spo2(from_s))), min(rate, 250))

    def _cuff(self, number: int) -> bytes:
        if self._running is None:
            return b""
        t_ns = number * 1_000_000_000 // TICKS
        if t_ns < self._running.end_ns:
            return self._cuff_packet(MEASURING, round(self._running.pressure(t_ns) / 2))
        ended, self._running = self._running, None
        if ended.outcome is not Outcome.GOOD:
            return self._cuff_packet(ENDS[ended.outcome], 0)
        return 2 * self._cuff_packet(FINISHED, 0, ended.systolic, ended.mean, ended.diastolic)

    def _cuff_packet(
        self, word: int, half_mmhg: int, systolic: int = 0, mean: int = 0, diastolic: int = 0
    ) -> bytes:
        numbers = (min(n, 255) for n in (systolic, mean, diastolic))
        return frame(0x03, word << 2 | self._settings[PATIENT] - 1, min(half_mmhg, 255), *numbers)


def frame(kind: int, *data: int) -> bytes:
    """A frame whose bytes from N on add up to 255."""
    body = bytes([len(data) + 3, kind, *data])
    return b"\x55\xaa" + body + bytes([(255 - sum(body)) % 256])


def leads(phase: Floats) -> bytes:
    """Seven leads of the same instants, one byte each, from the place within the beat."""
    two = np.zeros_like(phase)
    for height, place, width in HUMPS:
        two += height * np.exp(-(((phase - place) / width) ** 2))
    one = LEAD_I * two
    all_leads = (one, two, two - one, -(one + two) / 2, one - two / 2, two - one / 2, LEAD_V * two)
    steps = np.stack([np.rint(BASE_LINE + lead) for lead in all_leads], axis=1)
    return bytes(np.clip(steps, 0, 250).astype(np.uint8).tobytes())
