"""The emulated devices by driver, each on the patient of one room."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from devices.sim.ble.berry import BerryClip
from devices.sim.ble.cuff import LOOSE, MOVEMENT, Cuff, CuffValues
from devices.sim.ble.faults import skewed, with_fault
from devices.sim.ble.nonin import NoninOximeter
from devices.sim.ble.oximeter import Finger, Oximeter
from devices.sim.ble.polar import PolarStrap
from devices.sim.ble.radio import Air
from devices.sim.ble.serve import Emulated
from devices.sim.ble.strap import Strap
from devices.sim.ble.thermometer import Thermometer
from devices.sim.ble.viatom import ViatomRing
from devices.sim.scenario import Bedside, IncidentKind
from devices.sim.waves import Waves
from kapmonitor.clock import Clock

EVERY_S: Final = 60.0
"""How often someone presses the button of a cuff or a thermometer."""
PERFUSION_PERCENT: Final = 3.0
"""What an oximeter finds on an ordinary finger."""
ECG_HUMPS: Final = ((0.12, 0.10, 0.025), (-0.10, 0.16, 0.008), (1.0, 0.18, 0.011), (-0.2, 0.205, 0.012),
                    (0.28, 0.42, 0.05))  # fmt: skip
"""Height in mV, place and width in beats of P, Q, R, S and T."""


class Wearer:
    """What sensors find on the patient of a room; times in ns, or in seconds for waves."""

    def __init__(self, room: Bedside) -> None:
        self._room = room
        self._patient = room.patient
        self._waves = Waves(room.patient)

    def rate(self, t_ns: int) -> float:
        """Beats per minute."""
        return self._waves.rhythm.shown_rate(t_ns / 1e9)

    def heart(self, t_ns: int) -> float | None:
        """What a strap finds; nothing while it is off the skin."""
        if self._is(IncidentKind.SENSOR_OFF, t_ns):
            return None
        return self.rate(t_ns)

    def pressures(self, t_ns: int) -> CuffValues:
        """What a cuff finds."""
        for kind, status in ((IncidentKind.CUFF_LEAK, LOOSE), (IncidentKind.MOTION, MOVEMENT)):
            if self._is(kind, t_ns):
                return CuffValues(None, None, None, None, status)
        systolic, diastolic = self._patient.cuff_reading(t_ns / 1e9)
        mean = diastolic + (systolic - diastolic) / 3
        return CuffValues(systolic, diastolic, round(mean), self.rate(t_ns))

    def finger(self, t_ns: int) -> Finger:
        """What an oximeter finds."""
        out = self._is(IncidentKind.SENSOR_OFF, t_ns)
        off = out or self._is(IncidentKind.FINGER_OFF, t_ns) or self._room.finger_occluded(t_ns / 1e9)
        return Finger(
            float(self._patient.spo2(t_ns / 1e9)),
            self.rate(t_ns),
            PERFUSION_PERCENT * self._patient.traits.perfusion,
            worn=not off,
            plugged=not out,
            moving=self._is(IncidentKind.MOTION, t_ns),
        )

    def temperature(self, t_ns: int) -> float:
        """Degrees Celsius."""
        return 36.8 + 0.2 * math.sin(t_ns / 1e9 / 1800)

    def pleth(self, t_s: float) -> float:
        """The pulse wave, 0 to 1."""
        return float(self._waves.pleth(t_s))

    def ecg(self, t_s: float) -> float:
        """One lead in mV; flat while the strap is off the skin."""
        if self._room.happening(IncidentKind.SENSOR_OFF, t_s):
            return 0.0
        phase = float(self._waves.rhythm.count(t_s)) % 1
        return sum(height * math.exp(-(((phase - place) / width) ** 2)) for height, place, width in ECG_HUMPS)

    def _is(self, kind: IncidentKind, t_ns: int) -> bool:
        return self._room.happening(kind, t_ns / 1e9) is not None


Make = Callable[[Air, Wearer, Clock, str | None], Emulated]
_MAKERS: Final[dict[str, Make]] = {
    "ble-heart-rate": lambda air, worn, clock, serial: Strap(air, worn.heart, clock, serial=serial),
    "ble-blood-pressure": lambda air, worn, clock, serial: Cuff(
        air, worn.pressures, clock, EVERY_S, serial=serial
    ),
    "ble-pulse-oximeter": lambda air, worn, clock, serial: Oximeter(air, worn.finger, clock, serial=serial),
    "ble-thermometer": lambda air, worn, clock, serial: Thermometer(
        air, worn.temperature, clock, EVERY_S, serial=serial
    ),
    "ble-nonin": lambda air, worn, clock, serial: NoninOximeter(
        air, worn.finger, worn.pleth, clock, serial=serial
    ),
    "ble-polar-ecg": lambda air, worn, clock, serial: PolarStrap(
        air, worn.ecg, worn.heart, clock, serial=serial
    ),
    "ble-viatom": lambda air, worn, clock, serial: ViatomRing(
        air, worn.finger, worn.pleth, clock, serial=serial
    ),
    "ble-berry": lambda air, worn, clock, serial: BerryClip(
        air, worn.finger, worn.pleth, clock, serial=serial
    ),
}
DRIVERS: Final = tuple(_MAKERS)


def maker(
    driver: str,
    room: Bedside,
    clock: Clock,
    *,
    serial: str | None = None,
    fault: str | None = None,
    seed: int = 0,
) -> Callable[[Air], Emulated]:
    """Puts the device of that driver into an air; `fault` is one that check_fault() allows for it."""

    def make(air: Air) -> Emulated:
        own = skewed(clock) if fault == "clock-skew" else clock
        device = _MAKERS[driver](air, Wearer(room), own, serial)
        return device if fault is None else with_fault(device, driver, fault, room, clock, seed)

    return make
