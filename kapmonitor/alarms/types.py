"""The words and values of the alarm system (IEC 60601-1-8 vocabulary)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Priority(StrEnum):
    """How soon somebody must respond; compare with `rank`."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def rank(self) -> int:
        return _RANK[self]


_RANK = {Priority.LOW: 1, Priority.MEDIUM: 2, Priority.HIGH: 3}


class Side(StrEnum):
    """Which side of a limit alarms; FLAG is for technical conditions, which have no limit."""

    HIGH = "high"
    LOW = "low"
    FLAG = "flag"


class ConditionState(StrEnum):
    """Where one alarm condition stands."""

    UNARMED = "unarmed"
    NORMAL = "normal"
    PENDING = "pending"
    ACTIVE_UNACK = "active-unack"
    ACTIVE_ACK = "active-ack"
    LATCHED = "latched"


class Trigger(StrEnum):
    """What can happen to a condition."""

    ARMED = "armed"
    VIOLATION = "violation"
    BYPASS = "bypass"
    CLEAR = "clear"
    DELAY_OVER = "delay-over"
    CLEAR_OVER = "clear-over"
    INVALID = "invalid"
    INVALID_LONG = "invalid-long"
    ACKNOWLEDGE = "acknowledge"


class Judgement(StrEnum):
    """How a reading stands to one rule. BETWEEN is inside the limit but not yet clear of its deadband."""

    OUTSIDE = "outside"
    FAR_OUTSIDE = "far-outside"
    BETWEEN = "between"
    INSIDE = "inside"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class Rule:
    """One limit, or one technical condition (`side` FLAG). A reading equal to the limit is a violation.

    `bypass` alarms at once, without the delay. `confirmations` is how many valid readings arm the rule.
    """

    id: str
    role: str
    side: Side
    priority: Priority
    limit: float = 0.0
    delay_s: float = 0.0
    deadband: float = 0.0
    clear_s: float = 0.0
    bypass: float | None = None
    confirmations: int = 1

    @property
    def latches(self) -> bool:
        """Whether an alarm that passed unseen leaves a trace until somebody has looked."""
        return self.priority is not Priority.LOW and self.side is not Side.FLAG


@dataclass(frozen=True, slots=True)
class Sample:
    """A role's newest reading: `value` is None when there is no valid one; `text` says more for a flag."""

    t_ns: int
    value: float | None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """One rule's state. `onset_t_ns` is when the violation began, `worst` the furthest value since then."""

    rule: Rule
    state: ConditionState = ConditionState.UNARMED
    seen_t_ns: int = -1
    valid_count: int = 0
    onset_t_ns: int = 0
    clear_since_ns: int | None = None
    invalid_since_ns: int | None = None
    worst: float | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Transition:
    """One condition moved; `value` is the worst reading since the violation began."""

    condition: str
    rule: Rule
    before: ConditionState
    after: ConditionState
    cause: Trigger
    t_ns: int
    value: float | None
    onset_t_ns: int


@dataclass(frozen=True, slots=True)
class AlarmState:
    """All conditions, by rule id."""

    conditions: tuple[Condition, ...] = ()


ACTIVE = frozenset({ConditionState.ACTIVE_UNACK, ConditionState.ACTIVE_ACK})
SHOWN = ACTIVE | {ConditionState.LATCHED}
