"""The alarms of a session in steps: a step each quarter of a second, and one whenever a person decides.

Steps lie at whole quarters of a second of the session's clock and see what is stamped until then, however
late the program gets round to them. So a rerun of the record makes the same steps. What arrives with a stamp
before the last step is seen by the next one, and that is put on record.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final, get_args

from kapmonitor.alarms.baseline import Baseline
from kapmonitor.alarms.evaluate import Inputs, evaluate
from kapmonitor.alarms.limits import LimitSet
from kapmonitor.alarms.relative import concrete, in_force
from kapmonitor.alarms.technical import CUFF_ROLES, device_rules, own_rules
from kapmonitor.alarms.types import (
    ACTIVE,
    AlarmState,
    Condition,
    ConditionState,
    Priority,
    Rule,
    Transition,
    Trigger,
)
from kapmonitor.alarms.world import HEARD, NumberRow, World
from kapmonitor.session.events import (
    AlarmAcknowledged,
    AlarmChanged,
    BaselineSet,
    InputLate,
    LimitsChanged,
    PhaseChanged,
    RuleDisabled,
    RuleEnabled,
    SessionClosed,
    Stamped,
)

STEP_NS: Final = 250_000_000
Decision = (
    AlarmAcknowledged
    | BaselineSet
    | LimitsChanged
    | PhaseChanged
    | RuleDisabled
    | RuleEnabled
    | SessionClosed
)
"""What a person decides takes effect at once, not at the next quarter."""
DECISIONS: Final = get_args(Decision)
Item = Stamped | NumberRow
_Waiting = tuple[int, int, int, Item]
SEEN: Final = (*DECISIONS, *HEARD)
"""The events that alarms look at."""
RECALLED: Final = tuple(kind for kind in SEEN if kind not in {AlarmAcknowledged, SessionClosed})
"""Those that still hold once a session is taken up again; the alarms themselves say what was acknowledged."""
_IDLE: Final = frozenset({ConditionState.UNARMED, ConditionState.NORMAL})


class Stepper:
    """Owned by the watch of a session, or by a rerun."""

    def __init__(self, limits: LimitSet, start_ns: int) -> None:
        self.state = AlarmState()
        self.world = World()
        self.baseline: Baseline | None = None
        self.off_until: dict[str, int] = {}
        self._changed: dict[str, tuple[float, str]] = {}
        self._limits = limits
        self.limit_rules: tuple[Rule, ...] = in_force(limits.rules, None)
        self._rules: tuple[Rule, ...] = (*self.limit_rules, *own_rules())
        self._devices = 0
        self._waiting: list[_Waiting] = []
        self._decided: list[int] = []
        self._taken = 0
        self._last_ns = start_ns - 1
        self._quarter_ns = start_ns // STEP_NS * STEP_NS + STEP_NS
        self._acknowledged: set[str] = set()
        self._ended = False

    @property
    def rules(self) -> Mapping[str, Rule]:
        """Every rule that is looked at, limits and equipment, by id."""
        return {rule.id: rule for rule in self._rules}

    def recall(self, items: Iterable[Item], t_ns: int) -> None:
        """What came at one time before the session was taken up again; no step is made of it."""
        for item in items:
            if not isinstance(item, Stamped) or isinstance(item.event, RECALLED):
                self._apply(item, t_ns)
        self.world.look(t_ns)
        if len(self.world.equipment) != self._devices:
            self._watch_devices()

    def take(self, item: Item, seen_t_ns: int | None = None) -> InputLate | None:
        """Let the steps from the item's own time on see it; what belongs in the record if that is over.

        `seen_t_ns` is from when on it was seen, in a rerun.
        """
        if isinstance(item, Stamped) and not isinstance(item.event, SEEN):
            return None
        own_ns = item.t_ns
        t_ns = max(own_ns, self._last_ns + 1) if seen_t_ns is None else seen_t_ns
        self._taken += 1
        if isinstance(item, Stamped):
            heapq.heappush(self._waiting, (t_ns, 0, self._taken, item))
            if isinstance(item.event, DECISIONS):
                heapq.heappush(self._decided, t_ns)
        else:
            heapq.heappush(self._waiting, (t_ns, item.channel, self._taken, item))
        return InputLate(name_of(item), own_ns, t_ns) if t_ns != own_ns else None

    def advance(self, now_ns: int) -> Iterator[Transition]:
        """Make the steps that are due; what moved, oldest first."""
        while True:
            step_ns = min(self._quarter_ns, self._decided[0]) if self._decided else self._quarter_ns
            if step_ns > now_ns:
                return
            yield from self._step(step_ns)

    def _step(self, t_ns: int) -> Iterator[Transition]:
        while self._waiting and self._waiting[0][0] <= t_ns:
            self._apply(heapq.heappop(self._waiting)[3], t_ns)
        while self._decided and self._decided[0] <= t_ns:
            heapq.heappop(self._decided)
        if t_ns == self._quarter_ns:
            self._quarter_ns += STEP_NS
        self._last_ns = t_ns
        samples = self.world.look(t_ns)
        if len(self.world.equipment) != self._devices:
            self._watch_devices()
        self.off_until = {rule: until for rule, until in self.off_until.items() if until > t_ns}
        acknowledged, self._acknowledged = frozenset(self._acknowledged), set()
        inputs = Inputs(samples, acknowledged, self.world.phase, self.off_until, ended=self._ended)
        self.state, moved = evaluate(self._rules, self.state, inputs, t_ns)
        yield from (move for move in moved if not _is_idle(move))

    def _apply(self, item: Item, t_ns: int) -> None:
        if not isinstance(item, Stamped):
            self.world.read(item)
            return
        event = item.event
        if isinstance(event, Decision):
            self._decide(event, item.t_ns)
        self.world.hear(event, t_ns, abnormal=self._is_abnormal())

    def _decide(self, event: Decision, t_ns: int) -> None:
        match event:
            case AlarmAcknowledged():
                # What called for somebody after the key went down was not seen by who pressed it.
                since = {each.rule.id: each.raised_t_ns for each in self.state.conditions}
                self._acknowledged |= {each for each in event.conditions if since.get(each, 0) <= t_ns}
            case RuleDisabled():
                self.off_until[event.rule] = event.until_t_ns
            case RuleEnabled():
                self.off_until.pop(event.rule, None)
            case LimitsChanged():
                self._changed[event.rule] = event.new, event.by
                self._remake()
            case BaselineSet():
                self.baseline = Baseline(
                    event.systolic, event.diastolic, event.mean, event.hr, event.spo2, event.readings
                )
                self._remake()
            case SessionClosed():
                self._ended = True
            case PhaseChanged():
                pass  # the world keeps it

    def _remake(self) -> None:
        """The limits follow a new baseline, but for those that somebody set by hand."""
        made: list[Rule] = []
        for template in self._limits.rules:
            rule = concrete(template, self.baseline)
            by_hand = self._changed.get(template.id)
            if by_hand is not None:
                rule = changed_by_hand(rule or template, *by_hand)
            if rule is not None:
                made.append(rule)
        self.limit_rules = tuple(made)
        self._devices = 0
        self._rules = (*self.limit_rules, *own_rules())
        self._watch_devices()

    def _watch_devices(self) -> None:
        known = {rule.id for rule in self._rules}
        more = (rule for device in self.world.equipment for rule in device_rules(device))
        self._rules = (*self._rules, *(rule for rule in more if rule.id not in known))
        self._devices = len(self.world.equipment)

    def _is_abnormal(self) -> bool:
        """Whether a blood pressure alarm is on, of a priority that somebody is called for."""
        return any(_calls(condition) for condition in self.state.conditions)


def _calls(condition: Condition) -> bool:
    nibp = condition.rule.role in CUFF_ROLES and condition.state in ACTIVE
    return nibp and condition.priority is not Priority.LOW


def changed_by_hand(rule: Rule, limit: float, by: str) -> Rule:
    """The rule with another limit, which says who set it."""
    was = f", was {rule.limit:g} ({rule.source})" if rule.source else ""
    return replace(rule, limit=limit, relative=None, source=f"set by {by}{was}")


def _is_idle(move: Transition) -> bool:
    """What need not be logged: another limit, or the end, of a rule that has nothing to say."""
    ends = {Trigger.SESSION_END, Trigger.LIMIT_CHANGED, Trigger.PATIENT_CHANGED}
    return move.cause in ends and move.before in _IDLE


def name_of(item: Item) -> str:
    """What InputLate calls it."""
    return item.event.TYPE if isinstance(item, Stamped) else str(item.channel)


NEAR_MISS: Final = "near-miss"
PENDING_LOST: Final = "pending-lost"
_WORDS: Final = {
    (ConditionState.PENDING, Trigger.CLEAR): NEAR_MISS,
    (ConditionState.PENDING, Trigger.INVALID_LONG): PENDING_LOST,
}


def changed_event(move: Transition) -> AlarmChanged:
    """The log entry of a transition."""
    rule = move.rule
    return AlarmChanged(
        condition=move.condition,
        priority=move.priority.value,
        before=move.before.value,
        after=move.after.value,
        cause=_WORDS.get((move.before, move.cause), move.cause.value),
        value=move.value,
        limit=None if rule.side == "flag" else rule.limit,
        onset_t_ns=move.onset_t_ns,
    )
