"""A simulated GE monitor on its computer interface: a CARESCAPE with alarm texts, or an older S/5 without.

It says nothing until it is asked, then sends displayed values and auxiliary info at the interval asked for,
and four wave packets a second. Its cuff is started at the monitor alone: no request can do that.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from devices.sim import ge_records as records
from devices.sim.ge_records import EPOCH_S, NO, Asked, Group, Shown
from devices.sim.patient import Floats
from devices.sim.scenario import Bedside, IncidentKind
from devices.sim.waves import Waves

S: Final = 1_000_000_000
LEVELS: Final = {"carescape": 11, "s5": 8}
"""Models that can be simulated, with the level of their interface."""

PACKET_NS: Final = S // 4
LEAST_INTERVAL_S: Final = 5
ONCE: Final = -1
"""As interval: one answer; a second such request within the least interval is passed over."""

STATUS, ENTER, LEAVE = 0, 2, 3
"""What can be asked of the alarms: their status once, at each change, no more."""
FIRST_KEY_NS: Final = 2 * S
DETERMINATION_NS: Final = 32 * S
PUMP_S: Final = 8.0
OLD_NS: Final = 60 * S
OVER_MMHG: Final = 25
LOW_SPO2: Final = 90
"""Below this the monitor itself gives an alarm."""

CODE: Final = -32767
ECG_LABEL: Final = 0x0210
"""Channel 1 shows lead II, channel 2 lead I."""
BY_ECG, ECG_ARTEFACT = 1 << 3, 1 << 8
AUTO, MEASURING, OLD = 0x08, 0x20, 0x100
AXILLA: Final = 6
TEMPERATURE: Final = 3660
END_TIDAL: Final = 510
"""1/100 %: about 38 mmHg."""

RATES: Final = {1: 300, 8: 100, 9: 25, 15: 25}
"""Samples per second of the waves it has: ECG, pleth, carbon dioxide, breathing."""

SPIKES: Final = ((120, 0.86, 0.025), (-90, 0.965, 0.008), (1050, 0.985, 0.010), (-220, 1.005, 0.009))
"""Height in uV, place and width in beats of P, Q, R and S; the T wave is added with its own."""
T_WAVE: Final = (260, 0.30, 0.06)


@dataclass(frozen=True, slots=True)
class Determination:
    """One cuff measurement: its start, what it finds (1/100 mmHg; None if it fails), and the pulse."""

    start_ns: int
    pressures: tuple[int, int, int] | None
    pulse: int

    @property
    def end_ns(self) -> int:
        return self.start_ns + DETERMINATION_NS

    def cuff_mmhg(self, t_ns: int) -> float:
        """Pressure in the cuff: up in a few seconds, then evenly down."""
        since_s = (t_ns - self.start_ns) / S
        top = (self.pressures[0] / 100 if self.pressures else 160) + OVER_MMHG
        total_s = DETERMINATION_NS / S
        return max(0.0, min(top * since_s / PUMP_S, top * (total_s - since_s) / (total_s - PUMP_S)))


class GeDri:
    """The monitor at one patient's bed; with `own_key_s` somebody presses its cuff key that often."""

    def __init__(
        self,
        bedside: Bedside,
        own_key_s: float | None = None,
        model: str = "carescape",
        serial: int = records.SENDER,
    ) -> None:
        """`serial` is the sender's number in its records, up to 65535."""
        if model not in LEVELS:
            raise ValueError(f"model is one of {', '.join(LEVELS)}, not '{model}'")
        self._bedside = bedside
        self._waves = Waves(bedside.patient)
        self._level, self._sender = LEVELS[model], serial
        self._own_key_ns = None if own_key_s is None else int(own_key_s * S)
        self._next_key_ns: int | None = None
        self._heard = b""
        self._number = 0
        self._due: dict[int, tuple[int, int]] = {}
        self._once_ns: dict[int, int] = {}
        self._wave_types: tuple[int, ...] = ()
        self._wave_packet = 0
        self._begun: set[int] = set()
        self._alarms_wanted = self._alarm_once = False
        self._alarms_told: tuple[tuple[str, int], ...] | None = None
        self._running: Determination | None = None
        self._last: Determination | None = None

    def receive(self, data: bytes, t_ns: int) -> None:
        asked, self._heard = records.take_requests(self._heard + data)
        for request in asked:
            self._answer(request, t_ns)

    def advance(self, t_ns: int) -> bytes:
        out = b""
        while (moment := self._next_moment(t_ns)) is not None:
            out += moment()
        self._run_cuff(t_ns)
        return out

    def plugged(self, t_ns: int) -> bool:
        return self._bedside.cable_in("ge-dri", t_ns)

    # Requests

    def _answer(self, asked: Asked, t_ns: int) -> None:
        match asked.main_type:
            case records.VALUES if len(asked.body) >= 9:
                part, interval_s = struct.unpack_from("<Bh", asked.body)
                self._want_values(part, interval_s, t_ns)
            case records.WAVES if len(asked.body) >= 28:
                stop = struct.unpack_from("<h", asked.body)[0]
                listed = asked.body[4:28].split(b"\xff", 1)[0]
                self._wave_types = () if stop else tuple(kind for kind in listed if kind in RATES)
                self._wave_packet = t_ns // PACKET_NS + 1
                self._begun = set()
            case records.ALARMS if self._level >= 10 and len(asked.body) >= 2:
                command = struct.unpack_from("<h", asked.body)[0]
                self._alarm_once = command == STATUS
                self._alarms_wanted = command == ENTER or (self._alarms_wanted and command != LEAVE)
                self._alarms_told = None
            case _:
                pass

    def _want_values(self, part: int, interval_s: int, t_ns: int) -> None:
        """One answer within a second, and again at each interval; 0 ends it, -1 is once."""
        if part not in (records.DISPLAYED, records.AUXILIARY):
            return
        if interval_s == 0:
            self._due.pop(part, None)
        elif interval_s == ONCE:
            if t_ns - self._once_ns.get(part, -LEAST_INTERVAL_S * S) >= LEAST_INTERVAL_S * S:
                self._once_ns[part] = t_ns
                self._due.setdefault(part, (t_ns + S // 2, 0))
        else:
            self._due[part] = t_ns + S // 2, max(interval_s, LEAST_INTERVAL_S) * S

    # What is sent, in order of time

    def _next_moment(self, t_ns: int) -> Callable[[], bytes] | None:
        """The earliest thing due up to `t_ns`."""
        due = [(when, 0, part) for part, (when, _) in self._due.items()]
        if self._wave_types:
            due.append((self._wave_packet * PACKET_NS, 1, 0))
        when, waves, part = min(due, default=(t_ns + 1, 0, 0))
        if when > t_ns:
            return None
        return self._wave_moment if waves else lambda: self._values_moment(part)

    def _values_moment(self, part: int) -> bytes:
        when, interval_ns = self._due[part]
        if interval_ns:
            self._due[part] = when + interval_ns, interval_ns
        else:
            del self._due[part]
        self._run_cuff(when)
        time_s = EPOCH_S + when // S
        if part == records.AUXILIARY:
            last_s = EPOCH_S + self._last.end_ns // S if self._last is not None else 0
            return self._record(records.VALUES, [(part, records.auxiliary(last_s))], time_s)
        shown = self._shown(when)
        out = self._record(records.VALUES, [(part, records.displayed(shown, time_s))], time_s)
        return out + self._alarm_moment(shown, time_s)

    def _alarm_moment(self, shown: Shown, time_s: int) -> bytes:
        texts: tuple[tuple[str, int], ...] = ()
        if shown.spo2 is not None and NO < shown.spo2.words[0] < LOW_SPO2 * 100:
            texts = (("SpO2 LOW", 3),)
        elif shown.spo2 is not None and shown.spo2.words[0] == NO:
            texts = (("SpO2 probe off", 1),)
        if not (self._alarm_once or self._alarms_wanted) or texts == self._alarms_told:
            return b""
        self._alarms_told, self._alarm_once = texts, False
        reply = [(records.ALARM_REPLY, records.alarm_status(texts))]
        return self._record(records.ALARMS, reply, time_s)

    def _wave_moment(self) -> bytes:
        end_ns = self._wave_packet * PACKET_NS
        self._wave_packet += 1
        parts = []
        for kind in self._wave_types:
            first = (end_ns - PACKET_NS) * RATES[kind] // S
            times = np.arange(first, end_ns * RATES[kind] // S) / RATES[kind]
            samples = np.rint(self._wave(kind, times)).astype(int).tolist()
            parts.append((kind, records.wave(samples, status=int(kind not in self._begun))))
            self._begun.add(kind)
        return self._record(records.WAVES, parts, EPOCH_S + end_ns // S)

    def _record(self, main_type: int, parts: list[tuple[int, bytes]], time_s: int) -> bytes:
        self._number += 1
        return records.record(main_type, parts, self._level, self._number, time_s, self._sender)

    # What is measured

    def _shown(self, t_ns: int) -> Shown:
        t_s = t_ns / S
        rate = round(self._waves.rhythm.shown_rate(t_s))
        breaths = round(self._bedside.patient.traits.breaths)
        moving = self._bedside.happening(IncidentKind.MOTION, t_s, "ge-dri") is not None
        spo2 = (NO, NO)
        if not self._finger_lost(t_s):
            spo2 = round(100 * float(self._bedside.patient.spo2(t_s))), rate
        return Shown(
            ecg=Group((rate, NO, NO, NO, breaths), ECG_LABEL, BY_ECG | ECG_ARTEFACT * moving),
            nibp=self._nibp(t_ns),
            temperatures={0: Group((TEMPERATURE,), AXILLA)},
            spo2=Group((*spo2, NO, NO)),
            co2=Group((END_TIDAL, 0, breaths, 7600), 1) if self._level >= 10 else None,
            ecg_hr=rate,
        )

    def _finger_lost(self, t_s: float) -> bool:
        kinds = (IncidentKind.SENSOR_OFF, IncidentKind.FINGER_OFF)
        off = any(self._bedside.happening(kind, t_s, "ge-dri") for kind in kinds)
        return off or self._bedside.finger_occluded(t_s)

    def _nibp(self, t_ns: int) -> Group:
        """The last numbers stand until new ones come; after a minute they are marked as old."""
        label = AUTO
        if self._running is not None:
            label |= MEASURING
        if self._last is not None and t_ns - self._last.end_ns >= OLD_NS:
            label |= OLD
        if self._last is None or self._last.pressures is None:
            return Group((NO, NO, NO, NO), label)
        return Group((*self._last.pressures, self._last.pulse), label)

    def _run_cuff(self, t_ns: int) -> None:
        """Start and end determinations up to `t_ns`, and keep the cuff's pressure."""
        if self._own_key_ns is not None:
            if self._next_key_ns is None:
                self._next_key_ns = t_ns + FIRST_KEY_NS
            while t_ns >= self._next_key_ns:
                self._end_cuff(self._next_key_ns)
                self._start_cuff(self._next_key_ns)
                self._next_key_ns += self._own_key_ns
        self._end_cuff(t_ns)
        self._bedside.cuff_mmhg = self._running.cuff_mmhg(t_ns) if self._running is not None else 0.0

    def _start_cuff(self, t_ns: int) -> None:
        if self._running is not None:
            return
        t_s = t_ns / S
        happening = self._bedside.happening
        fails = (IncidentKind.CUFF_LEAK, IncidentKind.MOTION)
        pulse = round(self._bedside.patient.vitals(t_s).pulse)
        if any(happening(kind, t_s, "ge-dri") for kind in fails):
            self._running = Determination(t_ns, None, NO)
            return
        systolic, diastolic = self._bedside.patient.cuff_reading(t_s)
        mean = diastolic + round((systolic - diastolic) / 3)
        self._running = Determination(t_ns, (systolic * 100, diastolic * 100, mean * 100), pulse)

    def _end_cuff(self, t_ns: int) -> None:
        if self._running is not None and t_ns >= self._running.end_ns:
            self._last, self._running = self._running, None

    def _wave(self, kind: int, t_s: Floats) -> Floats:
        """Samples in the wave's own unit."""
        breathing = self._waves.breathing(t_s)
        match kind:
            case 1:
                return _ecg(self._waves.rhythm.count(t_s))
            case 8 if self._finger_lost(float(t_s[-1])):
                return np.full(t_s.shape, float(CODE))
            case 8:
                return 250 * self._waves.pleth(t_s)
            case 9:
                return np.asarray(END_TIDAL / (1 + np.exp(-12 * breathing)))
            case _:
                return np.asarray(60 * breathing)


def _ecg(beats: Floats) -> Floats:
    """Lead II in uV from the count of beats; a beat's R wave is just before its whole number."""
    phase = beats % 1
    wave = np.zeros_like(phase)
    for height, place, width in (*SPIKES, T_WAVE):
        apart = (phase - place + 0.5) % 1 - 0.5
        wave += height * np.exp(-((apart / width) ** 2))
    return wave
