"""What happens to the devices of a session: who took them in, what they say they are, how their links are.

Part of kapmonitor.session.events, whose rules hold here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class DeviceAdded:
    """A device belongs to this session; `address` is the DEVICE text it is reached under."""

    TYPE: ClassVar[str] = "device.added"
    VERSION: ClassVar[int] = 1
    device: str
    driver: str
    label: str
    address: str


@dataclass(frozen=True, slots=True)
class DeviceIdentity:
    """What a device said it is."""

    TYPE: ClassVar[str] = "device.identity"
    VERSION: ClassVar[int] = 1
    device: str
    manufacturer: str
    model: str
    serial: str
    firmware: str


@dataclass(frozen=True, slots=True)
class DeviceAdopted:
    """Somebody said that this device is on this person. What it then said it is, is bound for the session."""

    TYPE: ClassVar[str] = "device.adopted"
    VERSION: ClassVar[int] = 1
    device: str
    by: str
    model: str = ""
    serial: str = ""


@dataclass(frozen=True, slots=True)
class DeviceChanged:
    """Another device answers where an adopted one was: from now on its values are recorded and not shown."""

    TYPE: ClassVar[str] = "device.changed"
    VERSION: ClassVar[int] = 1
    device: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class DeviceConfirmed:
    """Somebody said that the changed device is on this person too; its values are shown again."""

    TYPE: ClassVar[str] = "device.confirmed"
    VERSION: ClassVar[int] = 1
    device: str
    by: str


@dataclass(frozen=True, slots=True)
class DeviceReleased:
    """Somebody took a device out of the session; nothing of it is recorded any more."""

    TYPE: ClassVar[str] = "device.released"
    VERSION: ClassVar[int] = 1
    device: str
    by: str


@dataclass(frozen=True, slots=True)
class DeviceClock:
    """How far a device's own clock is ahead of the time of day, and how fast that grows (0 if unknown)."""

    TYPE: ClassVar[str] = "device.clock"
    VERSION: ClassVar[int] = 1
    device: str
    ahead_s: float
    drift_ppm: float


@dataclass(frozen=True, slots=True)
class SourceShown:
    """From now on the dashboard shows this device's metric for a role; empty while nothing can be shown."""

    TYPE: ClassVar[str] = "source.shown"
    VERSION: ClassVar[int] = 1
    role: str
    device: str
    ref: str


@dataclass(frozen=True, slots=True)
class SourceChosen:
    """Somebody chose which device's values stand on the dashboard for a role (a word of view.Role)."""

    TYPE: ClassVar[str] = "source.chosen"
    VERSION: ClassVar[int] = 1
    role: str
    device: str
    by: str


@dataclass(frozen=True, slots=True)
class LinkEvent:
    """A device link changed state; words of LinkState and LinkProblem."""

    TYPE: ClassVar[str] = "link.changed"
    VERSION: ClassVar[int] = 1
    device: str
    state: str
    problem: str
    detail: str


@dataclass(frozen=True, slots=True)
class AlertEvent:
    """A device raised or withdrew a condition of its own; a word of AlertKind."""

    TYPE: ClassVar[str] = "device.alert"
    VERSION: ClassVar[int] = 1
    device: str
    kind: str
    present: bool
    detail: str


@dataclass(frozen=True, slots=True)
class CuffEvent:
    """The cuff changed state (a CuffState word) or, with `failure`, gave no numbers."""

    TYPE: ClassVar[str] = "cuff.changed"
    VERSION: ClassVar[int] = 1
    device: str
    state: str
    failure: str = ""
    raw: int = 0


@dataclass(frozen=True, slots=True)
class CuffAsked:
    """Somebody or the timer asked for a cuff action; `refused` says why nothing was sent."""

    TYPE: ClassVar[str] = "cuff.asked"
    VERSION: ClassVar[int] = 1
    device: str
    action: str
    by: str
    refused: str = ""


@dataclass(frozen=True, slots=True)
class CuffPlan:
    """The next cuff that is due, as planned now; 0 means none.

    `again` is why the one before is to be repeated, 'high' or 'failed'; empty for one of the schedule.
    """

    TYPE: ClassVar[str] = "cuff.plan"
    VERSION: ClassVar[int] = 2
    device: str
    next_t_ns: int
    interval_s: int
    held: bool
    again: str = ""


@dataclass(frozen=True, slots=True)
class FaultsCounted:
    """Bytes of a device that became no value, since the previous such event."""

    TYPE: ClassVar[str] = "device.faults"
    VERSION: ClassVar[int] = 1
    device: str
    kind: str
    faults: int
    size: int
    head: str
