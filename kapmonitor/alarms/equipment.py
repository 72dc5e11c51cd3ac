"""What the events of a session say of its devices, as far as alarms look at it; pure.

Words in events are those of LinkState, AlertKind, CuffState and NibpFailure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from kapmonitor.alarms.technical import changed_role, cuff_role, link_role, sensor_role
from kapmonitor.alarms.types import RAISED, SEVERE, Sample
from kapmonitor.model import AlertKind, CuffState, LinkProblem, LinkState, NibpFailure
from kapmonitor.session.events import (
    AlertEvent,
    CuffEvent,
    DeviceAdded,
    DeviceAdopted,
    DeviceChanged,
    DeviceConfirmed,
    DeviceReleased,
    LinkEvent,
)

DeviceNews = (
    AlertEvent
    | CuffEvent
    | DeviceAdded
    | DeviceAdopted
    | DeviceChanged
    | DeviceConfirmed
    | DeviceReleased
    | LinkEvent
)
SENSOR_WORDS: Final = frozenset(
    kind.value for kind in (AlertKind.SENSOR_OFF, AlertKind.NO_CONTACT, AlertKind.SENSOR_FAULT)
)
GONE: Final = frozenset(state.value for state in (LinkState.WAITING, LinkState.STALE, LinkState.CONNECTING))
FAILURES_IN_A_ROW: Final = 2


@dataclass(frozen=True, slots=True)
class Equipment:
    """One device as the alarms see it. `failures` counts failed cuffs since the last reading."""

    label: str
    link: str = LinkState.OFF.value
    was_live: bool = False
    at_rest: bool = False
    """It ended the connection itself, as a cuff does after a reading; it is waited for and not missed."""
    alerts: frozenset[str] = frozenset()
    failures: int = 0
    failure: str = ""
    while_abnormal: bool = False
    """A cuff failed while the last blood pressure was outside a limit."""
    measuring_since_ns: int | None = None
    unsure: bool = False
    """Its sensor was off when the program was killed; whether it still is, it has not said yet."""
    changed: bool = False
    released: bool = False

    @property
    def speaks(self) -> bool:
        """Whether its values may be alarmed on."""
        return not self.released and not self.changed

    @property
    def lost(self) -> bool:
        """Whether a device that was there is not."""
        return self.was_live and not self.released and not self.at_rest and self.link in GONE

    @property
    def sensor_off(self) -> bool:
        """Whether it says that its sensor is not on the person."""
        return bool(self.alerts & SENSOR_WORDS) and not self.released

    @property
    def cuff_trouble(self) -> float:
        """0, RAISED or SEVERE, by what its cuffs came to."""
        if not self.failures or self.released:
            return 0.0
        again = self.failures >= FAILURES_IN_A_ROW or self.while_abnormal
        return SEVERE if again or self.failure == NibpFailure.OVERPRESSURE.value else RAISED


def heard(known: Equipment, event: DeviceNews, t_ns: int, *, abnormal: bool) -> Equipment:
    """The device after an event; `abnormal` says whether the last blood pressure was outside a limit."""
    match event:
        case DeviceAdded():
            return Equipment(event.label)
        case LinkEvent():
            live = event.state == LinkState.LIVE.value
            # What a lost device last said of its sensor is not known to hold any longer.
            kept = live or event.state == LinkState.STALE.value
            alerts = known.alerts if kept else frozenset[str]()
            calm = event.problem == LinkProblem.NONE.value and not live
            at_rest = event.problem == LinkProblem.ENDED.value or (known.at_rest and calm)
            was_live = known.was_live or live
            return replace(known, link=event.state, was_live=was_live, at_rest=at_rest, alerts=alerts)
        case AlertEvent():
            alerts = known.alerts | {event.kind} if event.present else known.alerts - {event.kind}
            return replace(known, alerts=alerts, unsure=False)
        case CuffEvent():
            return _cuffed(known, event, t_ns, abnormal=abnormal)
        case DeviceAdopted() | DeviceConfirmed():
            return replace(known, changed=False, released=False)
        case DeviceChanged():
            return replace(known, changed=True)
        case DeviceReleased():
            return replace(known, released=True)


def _cuffed(known: Equipment, event: CuffEvent, t_ns: int, *, abnormal: bool) -> Equipment:
    measuring = event.state == CuffState.MEASURING.value
    now = replace(known, measuring_since_ns=t_ns if measuring else None)
    if not event.failure:
        return now
    return replace(
        now,
        # A person who stops the cuff is no failure of it; it is said, and does not add up.
        failures=known.failures + (event.failure != NibpFailure.CANCELLED.value) or 1,
        failure=event.failure,
        while_abnormal=known.while_abnormal or abnormal,
    )


def doubted(known: Equipment) -> Equipment:
    """The session is taken up again; what the device last said of its sensor may be over."""
    return replace(known, unsure=known.sensor_off)


def measured(known: Equipment) -> Equipment:
    """A reading came: earlier failures are over."""
    if not known.failures:
        return known
    return replace(known, failures=0, failure="", while_abnormal=False)


def samples(device: str, known: Equipment, t_ns: int) -> Iterator[tuple[str, Sample]]:
    """What the alarms look at of a device that last changed at `t_ns`."""
    yield link_role(device), Sample(t_ns, float(known.lost), known.label)
    yield changed_role(device), Sample(t_ns, float(known.changed and not known.released), known.label)
    off = None if known.unsure else float(known.sensor_off)
    yield sensor_role(device), Sample(t_ns, off, known.label)
    trouble = known.cuff_trouble
    yield cuff_role(device), Sample(t_ns, trouble, f"{known.label}\t{known.failure}" if trouble else "")
