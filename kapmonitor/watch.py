"""The engine's use of the alarm system: what is recorded goes in, active alarms and events come out."""

from __future__ import annotations

from typing import Final

from kapmonitor.alarmfaces import limits_in_force, on_screen
from kapmonitor.alarms import decide
from kapmonitor.alarms.baseline import WINDOW_NS, Proposal, propose
from kapmonitor.alarms.limits import LimitSet
from kapmonitor.alarms.stepper import Item, Stepper, changed_event
from kapmonitor.alarms.takeup import taken_up
from kapmonitor.alarms.technical import CONTINUOUS
from kapmonitor.alarms.types import Rule
from kapmonitor.commands import AlarmCommand, ChangeLimit, DisableRule, EnableRule, SaySameArm, SetBaseline
from kapmonitor.errors import CommandRefused
from kapmonitor.model import CuffReading
from kapmonitor.record.earlier import Earlier
from kapmonitor.session.events import (
    BaselineSet,
    InputLate,
    LimitsSet,
    SameArmSaid,
    SessionEvent,
    Stamped,
)
from kapmonitor.snapshot import ActiveAlarm, BaselineStatus, LimitInForce
from kapmonitor.view import Role
from kapmonitor.vitals import Vitals

_SAMPLE_NS: Final = 1_000_000_000
_PROPOSE_NS: Final = 5_000_000_000


class Watch:
    """Owns the alarms of one session."""

    def __init__(self, limits: LimitSet, start_ns: int) -> None:
        self.limits = limits
        self._stepper = Stepper(limits, start_ns)
        self._told: tuple[Rule, ...] = ()
        self._set: tuple[int, str] | None = None
        self._dose_ns: int | None = None
        self._cuffs: list[CuffReading] = []
        self._values: dict[str, list[tuple[int, float]]] = {role: [] for role in CONTINUOUS}
        self._proposal: Proposal | None = None
        self._proposed_ns: int | None = None

    def recall(self, earlier: Earlier, resumed_ns: int) -> None:
        """Go on with the alarms of a record that is taken up again."""
        self._stepper = taken_up(self.limits, earlier.events, earlier.readings, resumed_ns)
        self._dose_ns = min((dose.t_ns for dose in earlier.state.doses), default=None)
        self._cuffs = [cuff for cuff in earlier.cuffs if cuff.failure is None and not cuff.stored]
        for stamped in earlier.events:
            if isinstance(stamped.event, BaselineSet):
                self._set = stamped.t_ns, stamped.event.by
        until_ns = self._dose_ns if self._dose_ns is not None else resumed_ns
        for role, values in self._values.items():
            trend = earlier.trends.get(Role(role), ())
            values += [each for each in trend if until_ns - WINDOW_NS <= each[0] <= until_ns]

    def vitals(self) -> Vitals:
        """The numbers that the alarms know, as a starting point of their own for somebody else."""
        return self._stepper.world.vitals.twin()

    def take(self, item: Item) -> InputLate | None:
        """Something that is put on record; what else belongs there if the alarms see it late."""
        if isinstance(item, Stamped) and isinstance(item.event, LimitsSet):
            self._told = self._stepper.limit_rules
        return self._stepper.take(item)

    def advance(self, now_ns: int) -> list[Stamped]:
        """Make the steps that are due; what belongs in the record."""
        moved = [Stamped(move.t_ns, changed_event(move)) for move in self._stepper.advance(now_ns)]
        self._collect()
        return moved

    def end(self, closed: Stamped) -> list[Stamped]:
        """The session ends; what belongs in the record before that."""
        late = self.take(closed)
        if late is None:
            return self.advance(closed.t_ns)
        return [Stamped(closed.t_ns, late), *self.advance(late.seen_t_ns)]

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The limits that may alarm now."""
        return tuple(rule for rule in self._stepper.limit_rules if self._is_on(rule))

    def _is_on(self, rule: Rule) -> bool:
        in_phase = not rule.phases or self._stepper.world.phase in rule.phases
        return in_phase and rule.id not in self._stepper.off_until

    # The baseline

    def measured(self, reading: CuffReading) -> None:
        """A cuff reading came."""
        self._cuffs.append(reading)
        self._proposed_ns = None

    def dosed(self, first_ns: int | None) -> None:
        """When the first dose was given, None before it: a baseline is made of what was before that."""
        if first_ns != self._dose_ns:
            self._dose_ns = first_ns
            self._proposed_ns = None

    def _collect(self) -> None:
        if self._dose_ns is not None:
            return
        samples = self._stepper.world.samples
        for role, values in self._values.items():
            sample = samples.get(role)
            if sample is None or sample.value is None:
                continue
            if not values or sample.t_ns - values[-1][0] >= _SAMPLE_NS:
                values.append((sample.t_ns, sample.value))
                del values[: len(values) - WINDOW_NS // _SAMPLE_NS]

    def _propose(self, now_ns: int) -> Proposal:
        due = self._proposed_ns is None or now_ns - self._proposed_ns >= _PROPOSE_NS
        if self._proposal is None or due:
            self._proposed_ns = now_ns
            until_ns = now_ns if self._dose_ns is None else self._dose_ns
            hr, spo2 = (self._values[role] for role in CONTINUOUS)
            self._proposal = propose(self._cuffs, hr, spo2, until_ns)
        return self._proposal

    def baseline(self, now_ns: int) -> BaselineStatus:
        """The baseline in force, and what could be set."""
        baseline = self._stepper.baseline
        set_ns, by = self._set or (None, "")
        needed = self.limits.follows_baseline and baseline is None
        return BaselineStatus(baseline, by, set_ns, self._propose(now_ns), needed)

    # What people decide

    def decide(self, command: AlarmCommand, now_ns: int) -> SessionEvent:
        """The event of a command; CommandRefused says why not."""
        match command:
            case SetBaseline(by):
                return self._set_baseline(by, now_ns)
            case ChangeLimit(rule, limit, role, by):
                others = self._stepper.limit_rules
                return decide.changed(self._rule(rule), others, limit, role, by)
            case DisableRule(rule, reason, role, by, minutes):
                return decide.disabled(self._rule(rule), reason, role, by, minutes, now_ns)
            case EnableRule(rule, role, by):
                return decide.enabled(self._rule(rule), role, by)
            case SaySameArm(same, by):
                return SameArmSaid(same, by)

    def _rule(self, rule_id: str) -> Rule | None:
        return next((rule for rule in self._stepper.limit_rules if rule.id == rule_id), None)

    def _set_baseline(self, by: str, now_ns: int) -> BaselineSet:
        self._proposed_ns = None
        found = self._propose(now_ns)
        if found.baseline is None:
            raise CommandRefused("baseline", found.wanting.value)
        self._set = now_ns, by
        made = found.baseline
        return BaselineSet(made.systolic, made.diastolic, made.mean, made.hr, made.spo2, made.readings, by)

    # What is shown and put on record

    def limits_event(self) -> LimitsSet | None:
        """The limits in force, for the record; None while they are those that it has."""
        rules = self._stepper.limit_rules
        if rules is self._told:
            return None
        limits = self.limits
        return LimitsSet(
            name=limits.name,
            signed_by=limits.signed_by,
            rules=tuple(
                (rule.id, rule.role, rule.side.value, rule.priority.value, rule.limit, rule.delay_s)
                for rule in rules
            ),
            signed_on=limits.signed_on,
            example=limits.example,
            toml=limits.toml,
            sources=tuple(rule.source for rule in rules),
        )

    def shown(self) -> tuple[ActiveAlarm, ...]:
        """The conditions on screen: unacknowledged before acknowledged before passed, highest first."""
        return on_screen(self._stepper.state.conditions)

    def in_force(self) -> tuple[LimitInForce, ...]:
        """Every limit of the set as it holds now."""
        stepper = self._stepper
        conditions, phase = stepper.state.conditions, stepper.world.phase
        return limits_in_force(self.limits.rules, stepper.limit_rules, conditions, phase, stepper.off_until)
