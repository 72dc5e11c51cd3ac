"""The emulated devices by driver, each on the patient of one room."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from devices.sim.ble.cuff import Cuff, CuffValues
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

    def pressures(self, t_ns: int) -> CuffValues:
        """What a cuff finds."""
        systolic, diastolic = self._patient.cuff_reading(t_ns / 1e9)
        mean = diastolic + (systolic - diastolic) / 3
        return CuffValues(systolic, diastolic, round(mean), self.rate(t_ns))

    def finger(self, t_ns: int) -> Finger:
        """What an oximeter finds."""
        t_s = t_ns / 1e9
        off = self._room.happening(IncidentKind.FINGER_OFF, t_s) or self._room.finger_occluded(t_s)
        perfusion = PERFUSION_PERCENT * self._patient.traits.perfusion
        return Finger(float(self._patient.spo2(t_s)), self.rate(t_ns), perfusion, worn=not off)

    def temperature(self, t_ns: int) -> float:
        """Degrees Celsius."""
        return 36.8 + 0.2 * math.sin(t_ns / 1e9 / 1800)

    def pleth(self, t_s: float) -> float:
        """The pulse wave, 0 to 1."""
        return float(self._waves.pleth(t_s))

    def ecg(self, t_s: float) -> float:
        """One lead in mV."""
        phase = float(self._waves.rhythm.count(t_s)) % 1
        return sum(height * math.exp(-(((phase - place) / width) ** 2)) for height, place, width in ECG_HUMPS)


_MAKERS: Final[dict[str, Callable[[Air, Wearer, Clock], Emulated]]] = {
    "ble-heart-rate": lambda air, worn, clock: Strap(air, worn.rate, clock),
    "ble-blood-pressure": lambda air, worn, clock: Cuff(air, worn.pressures, clock, EVERY_S),
    "ble-pulse-oximeter": lambda air, worn, clock: Oximeter(air, worn.finger, clock),
    "ble-thermometer": lambda air, worn, clock: Thermometer(air, worn.temperature, clock, EVERY_S),
    "ble-nonin": lambda air, worn, clock: NoninOximeter(air, worn.finger, worn.pleth, clock),
    "ble-polar-ecg": lambda air, worn, clock: PolarStrap(air, worn.ecg, worn.rate, clock),
    "ble-viatom": lambda air, worn, clock: ViatomRing(air, worn.finger, worn.pleth, clock),
}
DRIVERS: Final = tuple(_MAKERS)


def maker(driver: str, room: Bedside, clock: Clock) -> Callable[[Air], Emulated]:
    """Puts the device of that driver into an air."""
    return lambda air: _MAKERS[driver](air, Wearer(room), clock)
