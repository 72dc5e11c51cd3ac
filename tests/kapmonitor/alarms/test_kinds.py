"""The four kinds of limit, phases, two values together, and what people may do with a limit."""

from pathlib import Path

import pytest

from kapmonitor.alarms.baseline import Baseline
from kapmonitor.alarms.evaluate import Inputs, evaluate
from kapmonitor.alarms.limits import baseline_example, example, parse
from kapmonitor.alarms.relative import concrete, in_force
from kapmonitor.alarms.types import (
    AlarmState,
    Companion,
    ConditionState,
    Priority,
    Relative,
    Rule,
    Sample,
    Side,
    Trigger,
)
from kapmonitor.errors import ConfigError

S = 1_000_000_000
HIGH, MEDIUM = Priority.HIGH, Priority.MEDIUM
ON, OFF = ConditionState.ACTIVE_UNACK, ConditionState.NORMAL
REPEAT = Rule(
    "r", "nibp-sys", Side.HIGH, HIGH, 180, deadband=5, bypass=200, repeat_s=(120, 300), first=MEDIUM
)


class Bench:
    def __init__(self, *rules):
        self.rules, self.state, self.moves, self.phase, self.off = rules, AlarmState(), [], "peak", {}

    def at(self, t_s, acknowledged=(), **samples):
        now_ns = round(t_s * S)
        found = {
            role.replace("_", "-"): sample if isinstance(sample, Sample) else Sample(now_ns, sample)
            for role, sample in samples.items()
        }
        inputs = Inputs(found, frozenset(acknowledged), self.phase, self.off)
        self.state, moves = evaluate(self.rules, self.state, inputs, now_ns)
        self.moves += moves
        return self.condition()

    def condition(self, rule_id=None):
        wanted = rule_id or self.rules[0].id
        return next(each for each in self.state.conditions if each.rule.id == wanted)


# Confirmed by a repeat


def test_the_first_reading_is_medium_and_wants_a_repeat_the_second_is_high():
    bench = Bench(REPEAT)
    first = bench.at(10, nibp_sys=185)
    assert (first.state, first.priority, first.wants_repeat) == (ON, MEDIUM, True)
    bench.at(11, acknowledged=["r"], nibp_sys=Sample(10 * S, 185))
    second = bench.at(10 + 180, nibp_sys=182)
    assert (second.state, second.priority, second.wants_repeat) == (ON, HIGH, False)
    assert bench.moves[-1].cause is Trigger.WORSE
    assert bench.moves[-1].before is ConditionState.ACTIVE_ACK


@pytest.mark.parametrize(
    ("gap_s", "priority"), [(60, MEDIUM), (119, MEDIUM), (120, HIGH), (300, HIGH), (301, MEDIUM)]
)
def test_only_a_second_reading_in_its_time_confirms(gap_s, priority):
    bench = Bench(REPEAT)
    bench.at(10, nibp_sys=185)
    assert bench.at(10 + gap_s, nibp_sys=185).priority is priority


def test_a_reading_that_comes_too_late_is_a_first_one_again():
    bench = Bench(REPEAT)
    bench.at(10, nibp_sys=185)
    bench.at(610, nibp_sys=185)
    assert bench.at(610 + 150, nibp_sys=181).priority is HIGH


def test_the_same_reading_confirms_nothing():
    bench = Bench(REPEAT)
    for t_s in range(10, 400, 5):
        held = bench.at(t_s, nibp_sys=Sample(10 * S, 185))
    assert held.priority is MEDIUM


def test_one_extreme_reading_needs_no_second():
    bench = Bench(REPEAT)
    assert bench.at(10, nibp_sys=201).priority is HIGH
    bench = Bench(REPEAT)
    bench.at(10, nibp_sys=185)
    assert bench.at(60, nibp_sys=200).priority is HIGH


def test_a_second_reading_inside_ends_it():
    bench = Bench(REPEAT)
    bench.at(10, nibp_sys=185)
    assert bench.at(150, nibp_sys=174).state is ConditionState.LATCHED
    assert bench.at(400, nibp_sys=184).priority is MEDIUM


# Sustained


def test_what_has_to_last_alarms_when_it_has_lasted():
    rule = Rule("s", "hr", Side.HIGH, MEDIUM, 121, delay_s=300, confirmations=1)
    bench = Bench(rule)
    for t_s in range(300):
        assert bench.at(t_s, hr=125).state is ConditionState.PENDING
    assert bench.at(300, hr=125).state is ON


def test_a_delay_stands_still_without_signal_and_goes_on():
    rule = Rule("s", "hr", Side.HIGH, MEDIUM, 121, delay_s=10)
    bench = Bench(rule)
    bench.at(0, hr=125)
    for t_s in (4, 5, 6, 7):
        bench.at(t_s, hr=None)
    assert bench.at(8, hr=125).frozen_ns == 4 * S
    assert bench.at(13, hr=125).state is ConditionState.PENDING
    assert bench.at(14, hr=125).state is ON


# From baseline


@pytest.mark.parametrize(
    ("relative", "side", "value", "limit", "words"),
    [
        (Relative(percent=30, at_least=145, at_most=170), Side.HIGH, 118, 154, "118 + 30 %"),
        (Relative(percent=30, at_least=145, at_most=170), Side.HIGH, 105, 145, "105 + 30 %, at least 145"),
        (Relative(percent=30, at_least=145, at_most=170), Side.HIGH, 150, 170, "150 + 30 %, at most 170"),
        (Relative(percent=30), Side.HIGH, 120, 156, "120 + 30 %"),
        (Relative(percent=30, at_least=89), Side.LOW, 140, 98, "140 − 30 %"),
        (Relative(percent=10), Side.HIGH, 110, 121, "110 + 10 %"),
        (Relative(plus=20), Side.HIGH, 118, 138, "118 + 20"),
        (Relative(percent=10, plus=5), Side.LOW, 100, 85, "100 − 10 % − 5"),
    ],
)
def test_a_limit_is_made_from_the_baseline_with_its_words(relative, side, value, limit, words):
    rule = Rule("x", "nibp-sys", side, MEDIUM, relative=relative)
    made = concrete(rule, Baseline(systolic=value))
    assert (made.limit, made.source) == (limit, words)


def test_without_a_baseline_fixed_limits_hold_and_say_so():
    rules = {rule.id: rule for rule in in_force(baseline_example().rules, None)}
    assert (rules["sys-high"].limit, rules["sys-high"].source) == (154, "fixed, no baseline")
    assert "sys-rising" not in rules
    assert rules["spo2-low"].source == "fixed"


@pytest.mark.parametrize(("hr", "limit"), [(55, 38), (59, 41), (60, 49), (80, 49)])
def test_a_limit_only_for_people_whose_baseline_is_low(hr, limit):
    rules = {rule.id: rule for rule in in_force(baseline_example().rules, Baseline(hr=hr))}
    assert rules["hr-low"].limit == limit


def test_the_numbers_of_the_example_protocol_at_a_usual_baseline():
    rules = {r.id: r for r in in_force(baseline_example().rules, Baseline(120, 75, 90, 70, 98))}
    found = {key: rule.limit for key, rule in rules.items()}
    assert (found["sys-rising"], found["sys-high"]) == (144, 156)
    assert (found["dia-rising"], found["dia-high"], found["mean-high"]) == (94, 102, 117)
    assert (found["sys-falling"], found["sys-low"]) == (96, 89)
    assert (found["hr-rising"], found["hr-high"], found["hr-falling"]) == (91, 120, 52)


# Two values together


def test_two_values_together():
    rule = Rule(
        "w", "nibp-sys", Side.LOW, HIGH, 89, deadband=5, companion=Companion("hr", above=110, below=45)
    )
    bench = Bench(rule)
    assert bench.at(0, nibp_sys=88, hr=80).state is OFF
    assert bench.at(1, nibp_sys=Sample(0, 88), hr=110).state is OFF
    assert bench.at(2, nibp_sys=Sample(0, 88)).state is OFF
    assert bench.at(3, nibp_sys=Sample(0, 88), hr=111).state is ON
    assert bench.at(4, nibp_sys=Sample(0, 88), hr=80).state is ON
    assert bench.at(5, nibp_sys=95, hr=120).state is ConditionState.LATCHED
    assert bench.at(6, nibp_sys=85, hr=44).state is ON


# Phases, switching off


def test_a_limit_holds_in_its_phases_only():
    rule = Rule("p", "hr", Side.HIGH, MEDIUM, 120, phases=("onset", "peak"))
    bench = Bench(rule)
    bench.phase = "baseline"
    assert bench.at(0, hr=150).state is ConditionState.DISABLED
    bench.phase = "onset"
    assert bench.at(1, hr=150).state is ON
    bench.phase = "discharge"
    assert bench.at(2, hr=150).state is ConditionState.DISABLED
    assert [move.cause for move in bench.moves][-1] is Trigger.OFF_PHASE


def test_a_limit_that_was_switched_off_has_to_be_armed_again():
    rule = Rule("p", "spo2", Side.LOW, MEDIUM, 91, confirmations=3)
    bench = Bench(rule)
    for t_s in range(4):
        bench.at(t_s, spo2=97)
    bench.off = {"p": 60 * S}
    assert bench.at(5, spo2=85).state is ConditionState.DISABLED
    bench.off = {}
    states = [bench.at(t_s, spo2=85).state for t_s in (60, 61, 62, 63)]
    assert states == [ConditionState.UNARMED] * 2 + [ON] * 2


# What was not seen


def test_an_alarm_that_passed_unseen_stays_beside_the_next_one():
    rule = Rule("p", "spo2", Side.LOW, MEDIUM, 91, delay_s=5, deadband=1, clear_s=2)
    bench = Bench(rule)
    for t_s in range(7):
        bench.at(t_s, spo2=88)
    for t_s in range(7, 11):
        bench.at(t_s, spo2=97)
    passed = bench.condition()
    assert (passed.state, passed.worst, passed.ended_t_ns) == (ConditionState.LATCHED, 88, 9 * S)
    again = bench.at(20, spo2=90)
    assert again.state is ConditionState.PENDING
    assert (again.passed.worst, again.passed.ended_t_ns, again.worst) == (88, 9 * S, 90)
    back = bench.at(21, spo2=97)
    assert (back.state, back.worst, back.onset_t_ns) == (ConditionState.LATCHED, 88, 0)
    bench.at(30, spo2=90)
    seen = bench.at(31, acknowledged=["p"], spo2=90)
    assert (seen.state, seen.passed) == (ConditionState.PENDING, None)
    assert bench.at(32, spo2=97).state is OFF


def test_who_acknowledged_is_reminded_while_it_lasts():
    rule = Rule("p", "spo2", Side.LOW, HIGH, 91)
    bench = Bench(rule)
    bench.at(0, spo2=90)
    assert bench.at(1, acknowledged=["p"], spo2=90).remind_t_ns == 121 * S
    for t_s in range(2, 260):
        bench.at(t_s, spo2=90)
    reminders = [move.t_ns // S for move in bench.moves if move.cause is Trigger.REMIND]
    assert reminders == [121, 241]


def test_an_acknowledged_value_that_passes_at_once_is_an_alarm_again():
    rule = Rule("p", "spo2", Side.LOW, HIGH, 87, delay_s=2, bypass=80)
    bench = Bench(rule)
    for t_s in range(4):
        bench.at(t_s, spo2=86)
    assert bench.at(5, acknowledged=["p"], spo2=86).state is ConditionState.ACTIVE_ACK
    worse = bench.at(6, spo2=80)
    assert (worse.state, worse.bypassed) == (ON, True)


# Files

ENTRY = '[[limit]]\nid = "a"\nof = "nibp-sys"\nside = "high"\npriority = "high"\n'


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (ENTRY, "limit[0].at"),
        (ENTRY + "from_baseline = 30\n", "limit[0].from_baseline"),
        (ENTRY + "from_baseline = { at_least = 140 }\n", "limit[0].from_baseline"),
        (ENTRY + "from_baseline = { percent = 130 }\n", "limit[0].from_baseline.percent"),
        (
            ENTRY + "from_baseline = { percent = 30, at_least = 170, at_most = 145 }\n",
            "limit[0].from_baseline.at_least",
        ),
        (ENTRY + "from_baseline = { percent = 30, roughly = 1 }\n", "limit[0].from_baseline.roughly"),
        (ENTRY + "at = 180\nrepeat = { from_s = 300, to_s = 120 }\n", "limit[0].repeat.to_s"),
        (
            ENTRY + 'at = 180\nrepeat = { from_s = 120, to_s = 300, first = "high" }\n',
            "limit[0].repeat.first",
        ),
        (ENTRY + "at = 180\ndelay_s = 5\nrepeat = { from_s = 120, to_s = 300 }\n", "limit[0].delay_s"),
        (
            ENTRY.replace("nibp-sys", "hr") + "at = 140\nrepeat = { from_s = 1, to_s = 2 }\n",
            "limit[0].repeat",
        ),
        (
            ENTRY.replace('"high"\n', '"low"\n') + "at = 1\nrepeat = { from_s = 1, to_s = 2 }\n",
            "limit[0].repeat",
        ),
        (ENTRY + "at = 180\nfor_s = 10\ndelay_s = 5\n", "limit[0].for_s"),
        (ENTRY + "at = 180\nfor_s = 4000\n", "limit[0].for_s"),
        (ENTRY + 'at = 180\nphases = ["later"]\n', "limit[0].phases"),
        (ENTRY + 'at = 180\nwith = { of = "hr" }\n', "limit[0].with"),
        (ENTRY + 'at = 180\nwith = { of = "mood", above = 1 }\n', "limit[0].with.of"),
        ("exmaple = true\n" + ENTRY + "at = 180\n", "exmaple"),
        ("example = 1\n" + ENTRY + "at = 180\n", "example"),
    ],
)
def test_a_mistake_is_named_with_what_is_allowed(text, key):
    with pytest.raises(ConfigError) as caught:
        parse(text, "x.toml")
    assert caught.value.key == key
    assert caught.value.allowed


def test_a_mistake_says_what_stood_there():
    with pytest.raises(ConfigError, match="12000"):
        parse(ENTRY + "at = 180\ndelay_s = 12000\n", "x.toml")


@pytest.mark.parametrize("limits", [example(), baseline_example()])
def test_shipped_limits_say_that_they_are_an_example_and_prescribe_nothing(limits):
    assert limits.example
    assert (limits.signed_by, limits.signed_on) == ("", "")
    assert parse(limits.toml, "again") == limits


def test_the_limit_set_in_the_documentation_is_one():
    page = (Path(__file__).parents[3] / "docs" / "limits.md").read_text("utf-8")
    limits = parse(page.split("```toml\n")[1].split("```")[0], "docs/limits.md")
    assert limits.rules[0].relative == Relative(percent=30, at_least=145, at_most=170, fallback=154)
    assert limits.signed_by
