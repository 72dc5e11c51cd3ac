"""What an oximeter that shows numbers once a second finds on the finger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from devices.sim.scenario import Bedside, IncidentKind
from devices.sim.waves import Rhythm

BEHIND_S: Final = 2.0
FORGET_S: Final = 4.0
"""Shown numbers are this far behind the finger, and stay this long after the pulse was lost."""


@dataclass(frozen=True, slots=True)
class Found:
    """One second's finding; `spo2` and `rate` are None when there is nothing to show."""

    spo2: int | None
    rate: int | None
    disconnected: bool = False
    off: bool = False
    lost: bool = False
    moving: bool = False


class Loss:
    """Since when the pulse is lost; asked with times that do not go back."""

    def __init__(self) -> None:
        self._since_s: float | None = None

    def since(self, t_s: float, *, lost: bool) -> float | None:
        """When it was lost that is `lost` at `t_s`, None while it is there."""
        if not lost:
            self._since_s = None
        elif self._since_s is None:
            self._since_s = t_s
        return self._since_s


def seen_s(t_s: float, since_s: float | None) -> float:
    """Of which time the numbers are that are shown at `t_s`: while the pulse is lost, the last ones stay."""
    return max(0.0, (t_s if since_s is None else since_s) - BEHIND_S)


class Fingertip:
    """One sensor on one finger; asked with times that do not go back."""

    def __init__(self, bedside: Bedside, rhythm: Rhythm, driver: str) -> None:
        self._bedside, self._rhythm, self._driver = bedside, rhythm, driver
        self._loss = Loss()

    def found(self, t_s: float) -> Found:
        """What the oximeter shows at a time."""
        disconnected, off = self._is(IncidentKind.SENSOR_OFF, t_s), self._is(IncidentKind.FINGER_OFF, t_s)
        lost = disconnected or off or self._bedside.finger_occluded(t_s)
        since_s = self._loss.since(t_s, lost=lost)
        if disconnected or (since_s is not None and t_s - since_s >= FORGET_S):
            return Found(None, None, disconnected, off, lost)
        from_s = seen_s(t_s, since_s)
        spo2 = round(float(self._bedside.patient.spo2(from_s)))
        moving = self._is(IncidentKind.MOTION, t_s)
        return Found(spo2, round(self._rhythm.shown_rate(from_s)), disconnected, off, lost, moving)

    def _is(self, kind: IncidentKind, t_s: float) -> bool:
        return self._bedside.happening(kind, t_s, self._driver) is not None
