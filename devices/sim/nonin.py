"""A simulated Nonin oximeter: formats DF1, DF2, DF7 and the ASCII line.

DF2 and DF7 send 75 five-byte frames a second in three bursts of 125 bytes. Each frame holds one pleth sample
and one slow value that depends on its number within the burst; its last byte is the sum of the first four.

    DF2  01, status, pleth, slow, sum             DF7  status, pleth high, pleth low, slow, sum
    status: 7 always, 6 disconnected (DF2), 5 artefact, 4 out of track, 3 sensor alarm, 2-1 perfusion, 0 first
    DF1  flags and rate bits 8-7, rate bits 6-0, SpO2, once a second

All but the desktop models, which print text, take commands: see devices.sim.nonin_commands.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from devices.sim.fingertip import Loss, seen_s
from devices.sim.nonin_commands import Ear
from devices.sim.patient import Floats
from devices.sim.scenario import Bedside, IncidentKind
from devices.sim.waves import Waves

FRAMES: Final = 25
BURST_NS: Final = 1_000_000_000 // 3
FRAME_S: Final = 1 / 75
STRETCH_BURSTS: Final = 180
"""Bursts whose pulse wave is worked out together: one minute."""
NO_RATE, NO_SPO2 = 511, 127
FORGET_S: Final = 3.0
"""Numbers stay this long after the pulse was lost."""
FIRMWARE: Final = 42
SMART_POINT: Final = 0x20

ALWAYS, DISCONNECTED, ARTEFACT, OUT_OF_TRACK, ALARM, RED, GREEN, SYNC = 128, 64, 32, 16, 8, 4, 2, 1
DF1_DISCONNECTED, DF1_OUT_OF_TRACK, DF1_LOW, DF1_MARGINAL, DF1_BAD_PULSE = 64, 32, 16, 8, 4
TEXT: Final = "ascii"
FORMATS: Final = ("df2", "df7", "df1", TEXT)
SERIAL: Final = "501234567"


@dataclass(frozen=True, slots=True)
class Finger:
    """What the sensor finds at one moment; rate and SpO2 are None when there is nothing to show."""

    rate: int | None
    spo2: int | None
    disconnected: bool = False
    lost: bool = False
    moving: bool = False


class Nonin:
    """The oximeter on one patient's finger."""

    def __init__(self, bedside: Bedside, form: str = "df2", serial: str = SERIAL) -> None:
        if form not in FORMATS:
            raise ValueError(f"format is one of {', '.join(FORMATS)}, not '{form}'")
        self._bedside = bedside
        self._waves = Waves(bedside.patient)
        self._choose(form)
        self._ear = None if form == TEXT else Ear(serial, self._choose)
        self._out = b""
        self._stretch: tuple[int, Floats] = (-1, np.zeros(0))
        self._loss = Loss()
        self._last_sample = 0.0
        self._shown = (-1, 0, 0)

    def _choose(self, form: str) -> None:
        self._form = form
        self._period_ns = BURST_NS if form in {"df2", "df7"} else 1_000_000_000
        self._next: int | None = None

    def receive(self, data: bytes, t_ns: int) -> None:
        """What is answered goes out between two bursts."""
        if self._ear is not None:
            self._out += self._ear.hear(data, t_ns)

    def advance(self, t_ns: int) -> bytes:
        number = t_ns // self._period_ns
        if self._next is None:
            self._next = number + 1
        out, self._out = self._out, b""
        while self._next <= number:
            out += self._message(self._next)
            self._next += 1
        return out

    def plugged(self, t_ns: int) -> bool:
        return self._bedside.cable_in("nonin", t_ns)

    def _message(self, number: int) -> bytes:
        """What is sent at `number` periods after the start, about the time before."""
        t_s = number * self._period_ns / 1e9
        finger = self._finger(t_s)
        match self._form:
            case "df1":
                return df1(finger)
            case "ascii":
                return ascii_line(finger)
            case _:
                return self._burst(number, finger)

    def _finger(self, t_s: float) -> Finger:
        happening = self._bedside.happening
        if happening(IncidentKind.SENSOR_OFF, t_s, "nonin"):
            return Finger(None, None, disconnected=True, lost=True)
        off = happening(IncidentKind.FINGER_OFF, t_s, "nonin") is not None
        lost = off or self._bedside.finger_occluded(t_s)
        moving = happening(IncidentKind.MOTION, t_s, "nonin") is not None
        since_s = self._loss.since(t_s, lost=lost)
        if off or (since_s is not None and t_s - since_s > FORGET_S):
            return Finger(None, None, lost=True, moving=moving)
        from_s = seen_s(t_s, since_s)
        rate, spo2 = self._numbers(int(from_s))
        return Finger(rate, spo2, lost=lost, moving=moving)

    def _numbers(self, second: int) -> tuple[int, int]:
        """Rate and SpO2 to show, worked out anew each second as the device does."""
        if self._shown[0] != second:
            rate = round(self._waves.rhythm.shown_rate(float(second)))
            self._shown = (second, rate, round(float(self._bedside.patient.spo2(float(second)))))
        return self._shown[1:]

    def _burst(self, number: int, finger: Finger) -> bytes:
        samples = self._samples(number, finger)
        slow = np.array(_slow_values(finger, self._form), np.uint8)
        status = np.full(FRAMES, self._status(finger), np.uint8)
        status[0] |= SYNC
        frames = np.empty((FRAMES, 5), np.uint8)
        if self._form == "df2":
            frames[:, 0], frames[:, 1] = 1, status
            frames[:, 2] = np.rint(samples * 255)
        else:
            word = np.rint(samples * 65535).astype(np.uint16)
            frames[:, 0], frames[:, 1], frames[:, 2] = status, word >> 8, word & 0xFF
        frames[:, 3] = slow
        frames[:, 4] = frames[:, :4].sum(axis=1, dtype=np.uint16) & 0xFF
        return frames.tobytes()

    def _samples(self, number: int, finger: Finger) -> Floats:
        """The burst's 25 pleth samples, 0 to 1; a sensor without a pulse goes on repeating its last one."""
        if finger.lost:
            return np.full(FRAMES, self._last_sample)
        stretch, place = divmod(number - 1, STRETCH_BURSTS)
        if self._stretch[0] != stretch:
            frames = np.arange(STRETCH_BURSTS * FRAMES) + stretch * STRETCH_BURSTS * FRAMES
            self._stretch = (stretch, self._waves.pleth(frames * FRAME_S))
        samples = self._stretch[1][place * FRAMES : (place + 1) * FRAMES]
        if finger.moving:
            samples = np.clip(samples * 0.4 + 0.5 * _shake(number), 0, 1)
        self._last_sample = float(samples[-1])
        return samples

    def _status(self, finger: Finger) -> int:
        status = ALWAYS
        if finger.disconnected:
            return status | ALARM | (DISCONNECTED if self._form == "df2" else 0)
        if finger.lost:
            return status | OUT_OF_TRACK | RED
        if finger.moving:
            status |= ARTEFACT
        weak = self._bedside.patient.traits.perfusion
        return status | (GREEN if weak >= 0.5 else RED | GREEN if weak >= 0.3 else RED)


def _shake(number: int) -> Floats:
    return np.asarray(np.abs(np.sin(np.arange(FRAMES) * 0.9 + number * 1.7)))


def _slow_values(finger: Finger, form: str) -> list[int]:
    """The fourth bytes of a burst's 25 frames."""
    rate = NO_RATE if finger.rate is None else min(finger.rate, 321)
    spo2 = NO_SPO2 if finger.spo2 is None else finger.spo2
    high, low = rate >> 7, rate & 0x7F
    slow = [0] * FRAMES
    for frame in (1, 14, 20, 22):
        slow[frame - 1], slow[frame] = high, low
    for frame in (3, 9, 10, 11, 16, 17):
        slow[frame - 1] = spo2
    slow[3] = FIRMWARE
    if form == "df7" and finger.rate is not None:
        slow[7] = SMART_POINT
    return slow


def df1(finger: Finger) -> bytes:
    """The three bytes of DF1."""
    rate = NO_RATE if finger.rate is None else min(finger.rate, 321)
    spo2 = NO_SPO2 if finger.spo2 is None else finger.spo2
    flags = DF1_DISCONNECTED * finger.disconnected
    flags |= DF1_OUT_OF_TRACK * (finger.lost and not finger.disconnected)
    flags |= DF1_BAD_PULSE * finger.moving
    return bytes([0x80 | flags | rate >> 7, rate & 0x7F, spo2])


def ascii_line(finger: Finger) -> bytes:
    """The line of the desktop models."""
    spo2 = "---" if finger.spo2 is None else f"{finger.spo2:03d}"
    rate = "---" if finger.rate is None else f"{finger.rate:03d}"
    return f"SPO2={spo2} HR={rate}\r\n".encode()
