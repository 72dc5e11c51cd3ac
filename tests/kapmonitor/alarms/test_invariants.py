"""What must hold whatever happens: invariants I1 to I8 of ALARMS 1.12 as rule-based machines.

A usual run makes more than 10 000 steps; KAP_LONG_RUN=N makes N times as many.
"""

import itertools
import os

import pytest
from engine_room import PR, SPO2, STARTED, S
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from kapmonitor.alarms.limits import baseline_example
from kapmonitor.alarms.offline import replayed
from kapmonitor.alarms.stepper import STEP_NS, Stepper, changed_event
from kapmonitor.alarms.takeup import HOLD_NS, taken_up
from kapmonitor.alarms.types import ACTIVE, ConditionState, Priority, Side
from kapmonitor.mdc import NIBP_DIA, NIBP_MEAN, NIBP_SYS
from kapmonitor.model import AlertKind, CuffState, LinkState, NibpFailure, Validity
from kapmonitor.record.items import NumericRow
from kapmonitor.session.events import (
    AlarmAcknowledged,
    AlertEvent,
    BaselineSet,
    ChannelDescribed,
    ClockAnchored,
    ConditionSensed,
    CuffEvent,
    DeviceAdded,
    DeviceChanged,
    DeviceConfirmed,
    LimitsChanged,
    LinkEvent,
    Phase,
    PhaseChanged,
    RuleDisabled,
    RuleEnabled,
    SameArmSaid,
    SessionClosed,
    Stamped,
)

TIMES = int(os.environ.get("KAP_LONG_RUN", "1"))
PARTS = 4
"""Each draws its own steps, so that several workers share them."""
LIMITS = baseline_example()
IDS = tuple(each.id for each in LIMITS.rules)
START_NS = 1000 * S
TERMS = {1: SPO2.term, 2: PR.term, 3: NIBP_SYS, 4: NIBP_DIA, 5: NIBP_MEAN}
DEVICES = {1: "oxi", 2: "oxi", 3: "cuff", 4: "cuff", 5: "cuff"}


def described(channel):
    term = TERMS[channel]
    return ChannelDescribed(channel, DEVICES[channel], term.ref, term.code, "x", term.unit, 0.0, 1.0, 0.0)


class Counted:
    """How many steps were made and looked at."""

    steps = 0


class AlarmMachine(RuleBasedStateMachine):
    """Devices, people and time in any order, for one session; every step of the alarms is looked at."""

    def __init__(self):
        super().__init__()
        self.now_ns = START_NS
        self.stepper = Stepper(LIMITS, START_NS)
        self.items, self.moves = [Stamped(START_NS, STARTED)], []
        self.lost_since_ns = None
        self.closed = False

    def put(self, item, *, late_ns=0):
        late = self.stepper.take(item)
        self.items.append(item)
        if late is not None:
            self.items.append(Stamped(self.now_ns, late))
        assert (late is not None) == (item.t_ns <= self.stepper._last_ns), late_ns

    def event(self, event, late_ns=0):
        self.put(Stamped(max(START_NS, self.now_ns - late_ns), event))

    def number(self, channel, value):
        validity = Validity.VALID if value is not None else Validity.INVALID
        self.put(NumericRow(self.now_ns, channel, value, validity))

    def advance(self, length_ns):
        self.now_ns += length_ns
        before = self.conditions()
        for move in self.stepper.advance(self.now_ns):
            self.check(move, before)
            self.moves.append(move)

    def conditions(self):
        return {each.rule.id: each for each in self.stepper.state.conditions}

    def check(self, move, before):
        was = before.get(move.condition)
        if move.cause.value == "acknowledge" and was is not None:
            # I2: nothing is acknowledged that was not on before.
            assert (
                was.state in ACTIVE | {ConditionState.LATCHED} or was.passed or self._active(move.condition)
            )
        assert move.t_ns <= self.now_ns

    def _active(self, condition):
        return any(m.condition == condition and m.after in ACTIVE for m in self.moves)

    @initialize()
    def devices(self):
        for device in ("oxi", "cuff"):
            self.event(DeviceAdded(device, "x", device, "x@y"))
            self.event(LinkEvent(device, LinkState.LIVE.value, "none", ""))
        for channel in TERMS:
            self.event(described(channel))

    @rule(
        seconds=st.integers(1, 12),
        spo2=st.sampled_from([97, 93, 91, 90, 87, 79, None]),
        pr=st.integers(30, 170),
    )
    def measured(self, seconds, spo2, pr):
        for _ in range(seconds):
            if self.lost_since_ns is None:
                self.number(1, spo2)
                self.number(2, pr)
            self.advance(S)

    @rule(systolic=st.integers(70, 210), pulse_pressure=st.integers(20, 60))
    def cuffed(self, systolic, pulse_pressure):
        diastolic = systolic - pulse_pressure
        for channel, value in ((3, systolic), (4, diastolic), (5, diastolic + pulse_pressure / 3)):
            self.number(channel, float(value))
        self.advance(S)

    @rule(quarters=st.one_of(st.integers(1, 30), st.just(500)), odd_ns=st.integers(0, STEP_NS))
    def nothing_came(self, quarters, odd_ns):
        self.advance(quarters * STEP_NS + odd_ns)

    @rule(failure=st.sampled_from(NibpFailure))
    def cuff_failed(self, failure):
        self.event(CuffEvent("cuff", CuffState.MEASURING.value))
        self.event(CuffEvent("cuff", CuffState.IDLE.value, failure.value))

    @rule(present=st.booleans())
    def sensor(self, present):
        self.event(AlertEvent("oxi", AlertKind.SENSOR_OFF.value, present, ""))

    @rule()
    def link(self):
        self.lost_since_ns = None if self.lost_since_ns is not None else self.now_ns
        state = LinkState.LIVE if self.lost_since_ns is None else LinkState.WAITING
        self.event(LinkEvent("oxi", state.value, "none", ""))

    @rule(changed=st.booleans())
    def swapped(self, changed):
        self.event(DeviceChanged("oxi", "a", "b") if changed else DeviceConfirmed("oxi", "RN"))

    @rule(
        role=st.sampled_from(["record", "disk", "battery", "audio", "stuck:oxi"]),
        value=st.sampled_from([0.0, 1.0, 2.0]),
    )
    def sensed(self, role, value):
        self.event(ConditionSensed(role, value, "x"))

    @rule(late_ns=st.integers(0, 2 * S), share=st.integers(1, 3))
    def acknowledged(self, late_ns, share):
        shown = [each.rule.id for each in self.stepper.state.conditions if each.state in ACTIVE]
        self.event(AlarmAcknowledged(tuple(shown[::share]), "RN"), late_ns)

    @rule(hours=st.sampled_from([-1, 1]))
    def wall_clock_stepped(self, hours):
        self.event(ClockAnchored(0, hours * 3600 * S))

    @rule(rule_id=st.sampled_from(IDS), minutes=st.integers(1, 30))
    def disabled(self, rule_id, minutes):
        self.event(RuleDisabled(rule_id, "why", "prescriber", "AB", self.now_ns + minutes * 60 * S))

    @rule(rule_id=st.sampled_from(IDS))
    def enabled(self, rule_id):
        self.event(RuleEnabled(rule_id, "prescriber", "AB"))

    @rule(rule_id=st.sampled_from(IDS), by=st.integers(-5, 5))
    def limit_changed(self, rule_id, by):
        known = next((each for each in self.stepper.limit_rules if each.id == rule_id), None)
        if known is not None:
            self.event(LimitsChanged(rule_id, known.limit, known.limit + by, "prescriber", "AB"))

    @rule(systolic=st.integers(95, 150), hr=st.integers(50, 90))
    def baseline(self, systolic, hr):
        self.event(BaselineSet(float(systolic), 70.0, 85.0, float(hr), 97.0, (1, 2), "RN"))

    @rule(phase=st.sampled_from(Phase))
    def phase(self, phase):
        self.event(PhaseChanged(phase.value, "KL"))

    @rule(same=st.booleans())
    def same_arm(self, same):
        self.event(SameArmSaid(same, "RN"))

    @precondition(lambda self: len(self.moves) > 5)
    @rule()
    def killed(self):
        """I7: what is on record is enough to go on with: alarms, their limits, what people decided."""
        self.advance(STEP_NS)
        rows = [item for item in self.items if isinstance(item, NumericRow)]
        events = [item for item in self.items if isinstance(item, Stamped)]
        events += [Stamped(move.t_ns, changed_event(move)) for move in self.moves]
        stepper = taken_up(LIMITS, events, rows, self.now_ns)
        again = stepper.state
        assert again.hold_until_ns == self.now_ns + HOLD_NS
        assert (stepper.limit_rules, stepper.baseline) == (self.stepper.limit_rules, self.stepper.baseline)
        still_off = {rule: until for rule, until in stepper.off_until.items() if until > self.now_ns}
        assert still_off == self.stepper.off_until
        for kept in again.conditions:
            was = self.conditions()[kept.rule.id]
            assert kept.state is was.state
            if was.state in ACTIVE:
                assert (kept.onset_t_ns, kept.priority) == (was.onset_t_ns, was.priority)
                assert (kept.acknowledged_t_ns, kept.remind_t_ns) == (was.acknowledged_t_ns, was.remind_t_ns)
        quiet = [
            each
            for key, each in self.conditions().items()
            if key not in {k.rule.id for k in again.conditions}
        ]
        assert all(each.state == ConditionState.UNARMED for each in quiet)

    @invariant()
    def nothing_is_off_for_ever(self):
        for rule_id, until_ns in self.stepper.off_until.items():
            assert rule_id in IDS
            assert until_ns - self.now_ns <= 30 * 60 * S

    @invariant()
    def a_lost_signal_is_said(self):
        """I6: with the link lost a technical alarm is on six seconds later."""
        if self.lost_since_ns is None or self.now_ns - self.lost_since_ns <= 6 * S:
            return
        flags = (c for c in self.stepper.state.conditions if c.rule.side is Side.FLAG)
        assert any(each.state in ACTIVE for each in flags)

    @invariant()
    def what_is_acknowledged_will_remind(self):
        """No silence without an end: each acknowledged alarm has a reminder ahead of it."""
        for each in self.stepper.state.conditions:
            if each.state is ConditionState.ACTIVE_ACK:
                assert each.remind_t_ns is not None
                assert each.remind_t_ns > self.stepper._last_ns

    @invariant()
    def a_high_alarm_is_there_to_be_heard(self):
        """I1, the condition's half: a value far out, judged by a limit in force, is an alarm already."""
        Counted.steps += 1
        sample = self.stepper.world.samples.get("spo2")
        very_low = self.conditions().get("spo2-very-low")
        armed = {ConditionState.DISABLED, ConditionState.UNARMED}
        if sample is None or sample.value is None or very_low is None or very_low.state in armed:
            return
        if very_low.seen_t_ns == sample.t_ns and sample.value <= 80:
            assert very_low.state in ACTIVE
            assert very_low.priority is Priority.HIGH

    def teardown(self):
        self.event(SessionClosed("ended", 0))
        self.advance(1)
        self.every_onset_has_one_end()
        self.the_record_gives_the_same_transitions()

    def every_onset_has_one_end(self):
        """I4; the end of the session ends what was still on."""
        for rule_id in {move.condition for move in self.moves}:
            own = [move for move in self.moves if move.condition == rule_id]
            onsets = sum(m.after in ACTIVE and m.before not in ACTIVE for m in own)
            ends = sum(m.before in ACTIVE and m.after not in ACTIVE for m in own)
            assert onsets == ends
            assert all(a.after is b.before for a, b in itertools.pairwise(own))

    def the_record_gives_the_same_transitions(self):
        """I8."""
        rows = [item for item in self.items if isinstance(item, NumericRow)]
        events = [item for item in self.items if isinstance(item, Stamped)]
        assert list(replayed(rows, events, LIMITS)) == self.moves
        self.the_wall_clock_changes_nothing(rows, events)

    def the_wall_clock_changes_nothing(self, rows, events):
        """I5: without the steps of the wall clock all is the same, but for the alarm that tells of them."""
        calm = [e for e in events if not isinstance(e.event, ClockAnchored)]
        if len(calm) < len(events):
            moves = [move for move in self.moves if move.condition != "clock"]
            assert [move for move in replayed(rows, calm, LIMITS) if move.condition != "clock"] == moves


@pytest.mark.timeout(300 * TIMES)
@pytest.mark.parametrize("part", range(PARTS))
def test_ten_thousand_steps_break_no_invariant(part):
    Counted.steps = 0
    run_state_machine_as_test(
        AlarmMachine,
        settings=settings(
            max_examples=300 * TIMES // PARTS,
            stateful_step_count=50,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert Counted.steps >= 10_000 * TIMES // PARTS
