"""What is plugged in or in range, as the device dialog shows it; frozen, replaced as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kapmonitor.drift import ClockReport
from kapmonitor.model import AlertKind, LinkProblem, Reading
from kapmonitor.view import Role


class NearbyState(StrEnum):
    """Where a device stands between the shelf and this person.

    IN_RANGE is only heard of. SEARCHING and LISTENING are opened and have shown no value yet. SPEAKING shows
    live values and waits for somebody's word. ADOPTED is in the session, LOST too but not reached. CHANGED is
    an adopted one in whose place another device answers. TROUBLE cannot be opened or understood.
    """

    IN_RANGE = "in-range"
    SEARCHING = "searching"
    LISTENING = "listening"
    SPEAKING = "speaking"
    ADOPTED = "adopted"
    LOST = "lost"
    CHANGED = "changed"
    TROUBLE = "trouble"


@dataclass(frozen=True, slots=True)
class LiveValue:
    """One newest value of a device: the metric's reference id, label and unit, and when it came."""

    ref: str
    label: str
    unit: str
    t_ns: int
    reading: Reading


@dataclass(frozen=True, slots=True)
class NearbyDevice:
    """One row of the device dialog. `key` names it in commands, `device` is its id once it is adopted.

    `wave` are the last seconds of its most telling wave, scaled to 0..1, None where there is no sample;
    `wave_ref` says of what. `detail` is a sentence: what is being done, what is wrong, how to pair it.
    """

    key: str
    state: NearbyState
    name: str
    place: str
    model: str = ""
    serial: str = ""
    driver: str = ""
    driver_label: str = ""
    beta: bool = False
    evidence: tuple[str, ...] = ()
    gives: tuple[str, ...] = ()
    values: tuple[LiveValue, ...] = ()
    wave: tuple[float | None, ...] = ()
    wave_ref: str = ""
    alerts: tuple[AlertKind, ...] = ()
    problem: LinkProblem = LinkProblem.NONE
    detail: str = ""
    changed_to: str = ""
    clock: ClockReport | None = None
    strength_dbm: int | None = None
    device: str = ""
    adoptable: bool = False
    cuff_allowed: bool | None = None
    """Whether its cuff may be started from here; None where it has none that could be."""
    offers: tuple[Role, ...] = ()
    """Roles on the dashboard that it can stand for."""
    shown_for: tuple[Role, ...] = ()
    """Roles for which it stands there now."""


@dataclass(frozen=True, slots=True)
class Nearby:
    """All of it. `trouble`: why Bluetooth is not heard. `rejected`: drivers that cannot be used, and why."""

    looking: bool = False
    devices: tuple[NearbyDevice, ...] = ()
    trouble: str = ""
    rejected: tuple[tuple[str, str], ...] = ()
