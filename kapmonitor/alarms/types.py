"""The words and values of the alarm system (IEC 60601-1-8 vocabulary)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Priority(StrEnum):
    """How soon somebody must respond; compare with `rank`."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def rank(self) -> int:
        return _RANK[self]


_RANK = {Priority.LOW: 1, Priority.MEDIUM: 2, Priority.HIGH: 3}
REMIND_S: Final = {Priority.LOW: 600.0, Priority.MEDIUM: 180.0, Priority.HIGH: 120.0}
"""So long after an acknowledgement somebody is reminded that the condition still holds."""


class Side(StrEnum):
    """Which side of a limit alarms; FLAG is for technical conditions, which have no limit."""

    HIGH = "high"
    LOW = "low"
    FLAG = "flag"


class ConditionState(StrEnum):
    """Where one alarm condition stands."""

    DISABLED = "disabled"
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
    INHERIT = "inherit"
    WORSE = "worse"
    REMIND = "remind"
    ACKNOWLEDGE = "acknowledge"
    DISABLE = "disable"
    OFF_PHASE = "off-phase"
    ENABLE = "enable"
    LIMIT_CHANGED = "limit-changed"
    PATIENT_CHANGED = "patient-changed"
    SESSION_END = "session-end"


class Judgement(StrEnum):
    """How a reading stands to one rule. BETWEEN is inside the limit but not yet clear of its deadband."""

    OUTSIDE = "outside"
    FAR_OUTSIDE = "far-outside"
    BETWEEN = "between"
    INSIDE = "inside"
    INVALID = "invalid"


RAISED: Final = 1.0
"""A flag's value while its condition holds; anything from here on raises it."""
SEVERE: Final = 2.0
"""A flag's value while its condition is bad enough for the priority it `rises_to`."""
SAID_ELSEWHERE: Final = 0.5
"""The condition holds, and another alarm says why; this one speaks up only to pass on a priority."""
SUPPRESSED: Final = 0.25
"""The condition holds for a known and passing reason."""


@dataclass(frozen=True, slots=True)
class Relative:
    """A limit that follows the baseline: so many percent and units away from it, kept within bounds.

    `only_below` keeps it to people whose baseline is lower; `fallback` holds for others, and without one.
    """

    percent: float = 0.0
    plus: float = 0.0
    at_least: float | None = None
    at_most: float | None = None
    only_below: float | None = None
    fallback: float | None = None


@dataclass(frozen=True, slots=True)
class Companion:
    """Another role's value that must be above one number or below another for a limit to count."""

    role: str
    above: float | None = None
    below: float | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One limit, or one technical condition (`side` FLAG). A reading equal to the limit is a violation.

    `bypass` alarms at once, without the delay. `confirmations` is how many valid readings arm the rule.
    With `repeat_s` the first reading outside alarms with the priority `first`, and a second one that many
    seconds (from, to) after it with the rule's own. A flag `rises_to` another priority `rises_s` after its
    onset, or when it is SEVERE. `covers` names the role whose loss a technical condition stands for.
    `relative` is how the limit is made from the baseline, `source` how it was.
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
    phases: tuple[str, ...] = ()
    repeat_s: tuple[float, float] | None = None
    first: Priority | None = None
    rises_to: Priority | None = None
    rises_s: float | None = None
    covers: str = ""
    companion: Companion | None = None
    relative: Relative | None = None
    source: str = ""

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
class Passed:
    """An alarm that passed unseen and stays on screen while the next one is pending."""

    onset_t_ns: int
    ended_t_ns: int
    worst: float | None
    priority: Priority


@dataclass(frozen=True, slots=True)
class Condition:
    """One rule's state. `onset_t_ns` is when the violation began, `worst` the furthest value since then.

    `value` is the newest valid reading and `seen_t_ns` its time. `frozen_ns` is how long the running delay
    stood still without a signal. `level` is the priority in force while it differs from the rule's own;
    `inherited` one that waits to be passed on by a technical condition. `first_t_ns` is the reading that a
    repeat has to confirm. `raised_t_ns` is when it last called for somebody.
    """

    rule: Rule
    state: ConditionState = ConditionState.UNARMED
    seen_t_ns: int = -1
    valid_count: int = 0
    onset_t_ns: int = 0
    clear_since_ns: int | None = None
    invalid_since_ns: int | None = None
    worst: float | None = None
    text: str = ""
    value: float | None = None
    frozen_ns: int = 0
    level: Priority | None = None
    inherited: Priority | None = None
    first_t_ns: int = 0
    confirmed: bool = False
    bypassed: bool = False
    raised_t_ns: int = 0
    acknowledged_t_ns: int | None = None
    remind_t_ns: int | None = None
    ended_t_ns: int | None = None
    passed: Passed | None = None
    settled: bool = False
    """The newest reading is inside, or there is none, and no timer runs: the same again changes nothing."""

    @property
    def priority(self) -> Priority:
        """The priority in force."""
        return self.level or self.rule.priority

    @property
    def wants_repeat(self) -> bool:
        """Whether the alarm waits for a second reading to be confirmed."""
        return self.state in ACTIVE and self.rule.first is not None and self.priority is self.rule.first


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
    priority: Priority


@dataclass(frozen=True, slots=True)
class AlarmState:
    """All conditions, by rule id. Until `hold_until_ns` a missing signal changes nothing: the console was
    restarted and its devices have not come back yet."""

    conditions: tuple[Condition, ...] = ()
    hold_until_ns: int = 0


ACTIVE = frozenset({ConditionState.ACTIVE_UNACK, ConditionState.ACTIVE_ACK})
SHOWN = ACTIVE | {ConditionState.LATCHED}
