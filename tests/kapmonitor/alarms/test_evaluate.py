"""Scripted cases of the alarm system, and what must hold for any of them."""

from hypothesis import given, settings
from hypothesis import strategies as st

from kapmonitor.alarms.evaluate import Inputs, evaluate
from kapmonitor.alarms.types import AlarmState, ConditionState, Priority, Rule, Sample, Side

SPO2 = Rule("spo2-low", "spo2", Side.LOW, Priority.MEDIUM, 91, 15, 1, 5, confirmations=3)
VERY = Rule("spo2-very-low", "spo2", Side.LOW, Priority.HIGH, 87, 10, 1, 5, bypass=80, confirmations=3)
SYS = Rule("sys-high", "nibp-sys", Side.HIGH, Priority.MEDIUM, 154, deadband=5)
LINK = Rule("link:oxi", "link:oxi", Side.FLAG, Priority.MEDIUM, delay_s=5)
RULES = (SPO2, VERY, SYS, LINK)
S = 1_000_000_000


class Run:
    """Drives evaluate() at 4 Hz with a reading each second."""

    def __init__(self, rules=RULES):
        self.rules, self.state, self.t_ns, self.moves = rules, AlarmState(), 0, []

    def at(self, rule_id):
        return next(c for c in self.state.conditions if c.rule.id == rule_id)

    def step(self, samples, acknowledged=frozenset(), dt_ns=S // 4):
        self.t_ns += dt_ns
        inputs = Inputs({k: Sample(*v) for k, v in samples.items()}, frozenset(acknowledged))
        self.state, moves = evaluate(self.rules, self.state, inputs, self.t_ns)
        self.moves += moves
        return moves

    def hold(self, seconds, value, role="spo2"):
        for i in range(round(seconds * 4)):
            sample_t = self.t_ns + S // 4 if i % 4 == 0 else self._last
            self._last = sample_t
            self.step({role: (sample_t, value)})

    def states(self, rule_id):
        return [move.after for move in self.moves if move.condition == rule_id]


def armed():
    run = Run()
    run.hold(5, 97)
    assert run.at("spo2-low").state is ConditionState.NORMAL
    return run


def test_alarm_comes_after_its_delay_and_not_before():
    run = armed()
    began = run.t_ns
    run.hold(14.5, 90)
    assert run.at("spo2-low").state is ConditionState.PENDING
    run.hold(1, 90)
    active = next(m for m in run.moves if m.after is ConditionState.ACTIVE_UNACK)
    assert 15.0 <= (active.t_ns - active.onset_t_ns) / S <= 15.25
    assert active.onset_t_ns - began <= S // 4
    assert active.value == 90


def test_a_short_dip_is_a_near_miss():
    run = armed()
    run.hold(14, 90)
    run.hold(2, 97)
    assert run.states("spo2-low")[-2:] == [ConditionState.PENDING, ConditionState.NORMAL]


def test_far_outside_does_not_wait():
    run = armed()
    run.step({"spo2": (run.t_ns + 1, 77)})
    assert run.at("spo2-very-low").state is ConditionState.ACTIVE_UNACK


def test_acknowledging_medium_does_not_cover_high():
    run = armed()
    run.hold(16, 90)
    run.step({"spo2": (run.t_ns, 90)}, acknowledged={"spo2-low"})
    assert run.at("spo2-low").state is ConditionState.ACTIVE_ACK
    run.hold(11, 86)
    assert run.at("spo2-very-low").state is ConditionState.ACTIVE_UNACK


def test_value_equal_to_the_limit_is_a_violation():
    run = Run()
    run.step({"nibp-sys": (1, 154)})
    assert run.at("sys-high").state is ConditionState.ACTIVE_UNACK


def test_cuff_alarm_stands_until_a_reading_inside_the_deadband():
    run = Run()
    run.step({"nibp-sys": (1, 162)})
    run.step({"nibp-sys": (2, 152)})
    assert run.at("sys-high").state is ConditionState.ACTIVE_UNACK
    run.step({"nibp-sys": (3, 149)})
    assert run.at("sys-high").state is ConditionState.LATCHED


def test_alarm_ends_only_after_the_clear_time():
    run = armed()
    run.hold(16, 90)
    run.hold(4, 97)
    assert run.at("spo2-low").state is ConditionState.ACTIVE_UNACK
    run.hold(2, 97)
    assert run.at("spo2-low").state is ConditionState.LATCHED


def test_lost_signal_leaves_a_trace_of_the_alarm():
    run = armed()
    run.hold(16, 90)
    run.hold(1, None)
    assert run.at("spo2-low").state is ConditionState.LATCHED
    assert run.at("spo2-low").worst == 90


def test_a_running_delay_survives_a_short_loss():
    run = armed()
    run.hold(10, 90)
    run.hold(3, None)
    assert run.at("spo2-low").state is ConditionState.PENDING
    run.hold(4, None)
    assert run.at("spo2-low").state is ConditionState.UNARMED


def test_three_readings_arm_a_continuous_limit():
    run = Run()
    run.step({"spo2": (1, 70)})
    run.step({"spo2": (2, 70)})
    run.step({"spo2": (2, 70)})
    assert run.at("spo2-low").state is ConditionState.UNARMED
    run.step({"spo2": (3, 70)})
    assert run.at("spo2-very-low").state is ConditionState.ACTIVE_UNACK


def test_limit_lowered_onto_the_present_value_is_seen_at_once():
    run = armed()
    stricter = Rule("spo2-low", "spo2", Side.LOW, Priority.MEDIUM, 98, 0, 1, 5, confirmations=3)
    run.rules = (stricter, *RULES[1:])
    run.step({"spo2": (run.t_ns, 97)})
    assert run.at("spo2-low").state is ConditionState.ACTIVE_UNACK


def test_a_flag_alarms_after_its_delay_and_leaves_no_trace():
    run = Run()
    run.step({"link:oxi": (1, 0.0)})
    run.hold(5.5, 1.0, "link:oxi")
    assert run.at("link:oxi").state is ConditionState.ACTIVE_UNACK
    run.hold(1, 0.0, "link:oxi")
    assert run.at("link:oxi").state is ConditionState.NORMAL


values = st.one_of(st.none(), st.floats(50, 100), st.sampled_from([91.0, 92.0, 87.0, 80.0]))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 40), values, st.booleans()), min_size=1, max_size=60))
def test_the_same_inputs_give_the_same_transitions(script):
    first, second = Run(), Run()
    for quarters, value, acknowledge in script:
        acks = {"spo2-low", "spo2-very-low"} if acknowledge else frozenset()
        for run in (first, second):
            run.step({"spo2": (run.t_ns + 1, value)}, acks, quarters * S // 4)
    assert first.moves == second.moves
    assert first.state == second.state


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 40), values, st.booleans()), min_size=1, max_size=60))
def test_every_onset_has_one_end_or_is_still_open(script):
    run = Run()
    for quarters, value, acknowledge in script:
        run.step({"spo2": (run.t_ns + 1, value)}, {"spo2-low"} if acknowledge else (), quarters * S // 4)
    for rule in ("spo2-low", "spo2-very-low"):
        active = {ConditionState.ACTIVE_UNACK, ConditionState.ACTIVE_ACK}
        onsets = sum(m.after in active and m.before not in active for m in run.moves if m.condition == rule)
        ends = sum(m.before in active and m.after not in active for m in run.moves if m.condition == rule)
        assert onsets - ends == (run.at(rule).state in active)
