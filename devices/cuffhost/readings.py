"""What a cuff measures, and one determination as observations of one time."""

from __future__ import annotations

from typing import Final

from devices.plausible import Pressures
from kapmonitor.mdc import CUFF_PRESSURE, NIBP_DIA, NIBP_MEAN, NIBP_PULSE, NIBP_SYS
from kapmonitor.model import DeviceEvent, Metric, Observation, Reading

SYS: Final = Metric(NIBP_SYS, "NIBP sys")
DIA: Final = Metric(NIBP_DIA, "NIBP dia")
MEAN: Final = Metric(NIBP_MEAN, "NIBP mean")
PULSE: Final = Metric(NIBP_PULSE, "Pulse (cuff)")
CUFF: Final = Metric(CUFF_PRESSURE, "Cuff pressure")


def determination(
    pressures: Pressures, pulse: Reading | None, t_ns: int, *, stored: bool = False
) -> list[DeviceEvent]:
    """One set of numbers; `pulse` is None where the device tells none with it, `stored` as in Observation."""
    events: list[DeviceEvent] = [
        Observation(SYS, t_ns, pressures.systolic, stored=stored),
        Observation(DIA, t_ns, pressures.diastolic, stored=stored),
        Observation(MEAN, t_ns, pressures.mean, stored=stored),
    ]
    if pulse is not None:
        events.append(Observation(PULSE, t_ns, pulse, stored=stored))
    return events
