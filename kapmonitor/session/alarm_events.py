"""What happens to the alarms of a session: limits, conditions, and what people decide about them.

Part of kapmonitor.session.events, whose rules hold here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class LimitsSet:
    """The limits in force, each (rule id, role, direction, priority, limit, delay_s), and their origin.

    `toml` is the limit set as it was read; `sources` says of each rule where its limit came from.
    """

    TYPE: ClassVar[str] = "limits.set"
    VERSION: ClassVar[int] = 2
    name: str
    signed_by: str
    rules: tuple[tuple[str, str, str, str, float, float], ...]
    signed_on: str = ""
    example: bool = False
    toml: str = ""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LimitsChanged:
    """Somebody changed one limit during the session; `old` is None if there was none. `role` is theirs."""

    TYPE: ClassVar[str] = "limits.changed"
    VERSION: ClassVar[int] = 1
    rule: str
    old: float | None
    new: float
    role: str
    by: str


@dataclass(frozen=True, slots=True)
class RuleDisabled:
    """Somebody switched one limit off until a time, with a reason; it comes back by itself."""

    TYPE: ClassVar[str] = "rule.disabled"
    VERSION: ClassVar[int] = 1
    rule: str
    reason: str
    role: str
    by: str
    until_t_ns: int


@dataclass(frozen=True, slots=True)
class RuleEnabled:
    """Somebody switched a limit on again before its time."""

    TYPE: ClassVar[str] = "rule.enabled"
    VERSION: ClassVar[int] = 1
    rule: str
    role: str
    by: str


@dataclass(frozen=True, slots=True)
class BaselineSet:
    """Somebody accepted these values as the person's own before the dose; None where there are too few.

    `readings` are the times of the cuff readings they were made of.
    """

    TYPE: ClassVar[str] = "baseline.set"
    VERSION: ClassVar[int] = 1
    systolic: float | None
    diastolic: float | None
    mean: float | None
    hr: float | None
    spo2: float | None
    readings: tuple[int, ...]
    by: str


@dataclass(frozen=True, slots=True)
class SameArmSaid:
    """Somebody said whether the cuff is on the oximeter's arm."""

    TYPE: ClassVar[str] = "same-arm.said"
    VERSION: ClassVar[int] = 1
    same: bool
    by: str


@dataclass(frozen=True, slots=True)
class ConditionSensed:
    """What the console found out about itself or a device: 0 is well, 1 a problem, 2 a severe one."""

    TYPE: ClassVar[str] = "condition.sensed"
    VERSION: ClassVar[int] = 1
    role: str
    value: float
    text: str


@dataclass(frozen=True, slots=True)
class InputLate:
    """Something stamped `t_ns` reached the alarms only after their step at that time: they saw it then.

    `what` is the type of an event, or the number of a channel. A rerun needs this to see it no earlier.
    """

    TYPE: ClassVar[str] = "alarm.input-late"
    VERSION: ClassVar[int] = 1
    what: str
    t_ns: int
    seen_t_ns: int


@dataclass(frozen=True, slots=True)
class AlarmChanged:
    """One condition moved from one state to another; `value` and `limit` are None where there is none.

    `priority` is the one in force, which may be another than its rule's. A state followed by itself is a
    reminder, a worse value or another limit, as `cause` says.
    """

    TYPE: ClassVar[str] = "alarm.changed"
    VERSION: ClassVar[int] = 1
    condition: str
    priority: str
    before: str
    after: str
    cause: str
    value: float | None
    limit: float | None
    onset_t_ns: int


@dataclass(frozen=True, slots=True)
class AlarmAcknowledged:
    """Somebody acknowledged the conditions that were on the screen at key-down."""

    TYPE: ClassVar[str] = "alarm.acknowledged"
    VERSION: ClassVar[int] = 1
    conditions: tuple[str, ...]
    by: str
