"""The cuff safety layer: its table over the whole product, its rules one by one, and everything at once."""

import itertools

import pytest
from cuff_desk import FIVES, ready_safety, start
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from devices.cuff import DETERMINATION_NS, REST_NS, STOP_AGAIN_NS, TELLS_WITHIN_NS, CuffSafety
from devices.cuff_schedule import Schedule
from devices.cuff_table import TABLE, Activity, Do, Happening
from devices.cuff_words import (
    HIGH,
    REPEAT,
    TIMER,
    WATCHDOG,
    Action,
    Again,
    Fail,
    Linked,
    Plan,
    Planned,
    Pressure,
    Recalled,
    Refusal,
    Refuse,
    Request,
    SendStart,
    SendStop,
    Tick,
    news,
)
from kapmonitor.mdc import CUFF_PRESSURE, NIBP_SYS, SPO2
from kapmonitor.model import (
    Absent,
    CuffChanged,
    CuffFailed,
    CuffState,
    LinkChanged,
    LinkState,
    Measured,
    Metric,
    NibpFailure,
    Observation,
    Validity,
)

S = 1_000_000_000
H, A = Happening, Activity


def stop(by="nurse"):
    return Request(Action.STOP, by)


@pytest.fixture
def ready():
    return ready_safety()


# The table


def test_every_pair_of_the_table_is_listed():
    assert set(TABLE) == set(Activity)
    assert all(set(row) == set(Happening) for row in TABLE.values())


def test_the_table_keeps_the_rules():
    for activity, what in itertools.product(Activity, Happening):
        after, do = TABLE[activity][what]
        if do is Do.SEND_START:
            assert (activity, what) == (A.IDLE, H.START)
        if what is H.START:
            assert do is not Do.NOTHING, "a request is always answered"
        if what is H.STOP:
            assert do is Do.SEND_STOP, "a stop is never refused"
        if what is H.LOST and activity is not A.IDLE:
            assert after is A.UNKNOWN
        if (activity, what) == (A.STOPPING, H.FAILED):
            assert after is A.STOPPING, "only an end that the device tells of is one"
        if after is A.IDLE and activity is not A.IDLE:
            assert do is Do.REST, "whatever ends a determination begins a rest"
        if what is H.WATCHDOG and activity is not A.IDLE:
            assert do in (Do.SEND_STOP, Do.FAIL_AND_STOP)
        if activity is A.UNKNOWN and after is not A.UNKNOWN:
            assert what not in (H.START, H.STOP, H.LOST), "only the device can tell"


# Starting


def test_starting_is_off_until_a_person_turns_it_on():
    safety = CuffSafety()
    safety.on(Linked(True), 0)
    assert safety.on(start(), 1) == (Refuse(Action.START, "nurse", Refusal.OFF),)
    safety.on(Request(Action.TURN_ON, "nurse"), 2)
    assert safety.on(start("Ada"), 3) == (SendStart("Ada"),)


def test_turning_off_keeps_the_plan_and_refuses_to_start(ready):
    ready.on(Planned(Schedule((300,)), 0), 0)
    assert ready.on(Request(Action.TURN_OFF, "nurse"), 1) == ()
    assert ready.on(Tick(), 400 * S) == ()
    assert ready.plan.next_t_ns == 300 * S
    assert ready.on(start(), 2) == (Refuse(Action.START, "nurse", Refusal.OFF),)
    assert ready.on(stop(), 3) == (SendStop("nurse"),)


def test_without_a_live_link_nothing_is_started():
    safety = CuffSafety()
    safety.on(Request(Action.TURN_ON, "nurse"), 0)
    assert safety.on(start(), 1) == (Refuse(Action.START, "nurse", Refusal.NO_LINK),)


def test_one_inflation_at_a_time(ready):
    ready.on(start(), 0)
    assert ready.on(start("Bo"), 1) == (Refuse(Action.START, "Bo", Refusal.BUSY),)
    ready.on(H.MEASURING, 2)
    assert ready.on(start("Bo"), 3) == (Refuse(Action.START, "Bo", Refusal.BUSY),)
    ready.on(stop(), 4)
    assert ready.on(start("Bo"), 5) == (Refuse(Action.START, "Bo", Refusal.BUSY),)


@pytest.mark.parametrize("end", [H.IDLE, H.ABORTED, H.FAILED, H.RESULT])
def test_a_start_is_refused_until_the_cuff_has_rested(ready, end):
    ready.on(start(), 0)
    ready.on(H.MEASURING, 1 * S)
    ready.on(end, 40 * S)
    assert ready.on(start(), 40 * S + REST_NS - 1) == (Refuse(Action.START, "nurse", Refusal.RESTING),)
    assert ready.why_not(40 * S + REST_NS) is None
    assert ready.on(start(), 40 * S + REST_NS) == (SendStart("nurse"),)


def test_rest_counts_from_an_empty_cuff(ready):
    ready.on(start(), 0)
    ready.on(H.IDLE, 40 * S)
    ready.on(Pressure(60.0), 45 * S)
    ready.on(Pressure(3.0), 50 * S)
    assert ready.on(start(), 74 * S) == (Refuse(Action.START, "nurse", Refusal.RESTING),)
    assert ready.on(start(), 75 * S) == (SendStart("nurse"),)


def test_a_cuff_started_at_the_device_counts_too(ready):
    ready.on(H.MEASURING, 0)
    assert ready.on(start(), 1) == (Refuse(Action.START, "nurse", Refusal.BUSY),)


# Stopping


@pytest.mark.parametrize("activity", Activity)
@pytest.mark.parametrize("live", [True, False])
def test_stop_is_always_sent(activity, live):
    safety = CuffSafety()
    safety.activity = activity
    safety.on(Linked(live), 0)
    assert safety.on(stop("Ada"), 1) == (SendStop("Ada"),)


def test_a_stop_that_the_device_does_not_confirm_is_sent_again(ready):
    ready.on(start(), 0)
    ready.on(stop(), 1 * S)
    assert ready.deadline_ns == 1 * S + STOP_AGAIN_NS
    assert ready.on(Tick(), 1 * S + STOP_AGAIN_NS) == (SendStop(WATCHDOG),)
    ready.on(H.ABORTED, 12 * S)
    assert ready.on(Tick(), 60 * S) == ()


def test_a_failure_while_stopping_does_not_end_the_stopping(ready):
    ready.on(start(), 0)
    assert ready.on(Tick(), DETERMINATION_NS) == (Fail(NibpFailure.TIMEOUT), SendStop(WATCHDOG))
    ready.on(H.FAILED, DETERMINATION_NS)
    assert ready.on(Tick(), DETERMINATION_NS + STOP_AGAIN_NS) == (SendStop(WATCHDOG),)


# Watchdog


@pytest.mark.parametrize("told", [(), (H.MEASURING,)])
def test_a_determination_without_end_is_stopped_and_failed_once(ready, told):
    ready.on(start(), 0)
    for what in told:
        ready.on(what, 2 * S)
    assert ready.deadline_ns == DETERMINATION_NS
    assert ready.on(Tick(), DETERMINATION_NS - 1) == ()
    assert ready.on(Tick(), DETERMINATION_NS) == (Fail(NibpFailure.TIMEOUT), SendStop(WATCHDOG))
    assert ready.on(Tick(), DETERMINATION_NS + STOP_AGAIN_NS) == (SendStop(WATCHDOG),)


def test_a_determination_that_ends_is_not_failed(ready):
    ready.on(start(), 0)
    ready.on(H.MEASURING, 1)
    ready.on(H.IDLE, 40 * S)
    assert ready.deadline_ns is None
    assert ready.on(Tick(), 2 * DETERMINATION_NS) == ()


# The link


def test_a_link_lost_while_inflated_leaves_the_cuff_unknown_until_the_device_tells(ready):
    ready.on(start(), 0)
    ready.on(H.MEASURING, 1 * S)
    assert ready.on(Linked(False), 5 * S) == ()
    assert ready.activity is A.UNKNOWN
    assert ready.on(Linked(True), 20 * S) == (), "nothing is sent by itself"
    assert ready.on(start(), 21 * S) == (Refuse(Action.START, "nurse", Refusal.UNKNOWN),)
    ready.on(H.IDLE, 22 * S)
    assert ready.on(start(), 23 * S) == (Refuse(Action.START, "nurse", Refusal.RESTING),)
    assert ready.on(start(), 22 * S + REST_NS) == (SendStart("nurse"),)


def test_a_link_lost_at_rest_changes_nothing_about_the_cuff(ready):
    ready.on(Linked(False), 0)
    assert ready.activity is A.IDLE
    ready.on(Linked(True), 1)
    assert ready.why_not(2) is None


def test_an_unknown_cuff_is_stopped_if_the_device_does_not_tell_in_time(ready):
    ready.on(start(), 0)
    ready.on(Linked(False), 10 * S)
    assert ready.deadline_ns is None, "without a link there is nothing to do"
    assert ready.on(Tick(), 500 * S) == ()
    ready.on(Linked(True), 600 * S)
    assert ready.on(Tick(), 600 * S + TELLS_WITHIN_NS - 1) == ()
    assert ready.on(Tick(), 600 * S + TELLS_WITHIN_NS) == (Fail(NibpFailure.TIMEOUT), SendStop(WATCHDOG))


# Repeats


def test_a_repeat_is_measured_once_at_its_time(ready):
    assert ready.on(Again(60 * S), 0) == (Plan(60 * S),)
    assert ready.deadline_ns == 60 * S
    assert ready.on(Tick(), 60 * S - 1) == ()
    assert SendStart(REPEAT) in ready.on(Tick(), 60 * S)
    ready.on(H.IDLE, 100 * S)
    assert (ready.plan, ready.on(Tick(), 500 * S)) == (Plan(), ())


def test_a_repeat_comes_before_the_schedule_and_leaves_it_as_it_is(ready):
    ready.on(Planned(FIVES, 0), 0)
    ready.on(Again(60 * S), 1)
    assert ready.plan.next_t_ns == 60 * S
    ready.on(Tick(), 60 * S)
    ready.on(H.IDLE, 100 * S)
    assert ready.plan.next_t_ns == 300 * S


def test_the_schedule_comes_before_a_later_repeat_and_ends_it(ready):
    ready.on(Planned(FIVES, 0), 0)
    ready.on(Again(310 * S), 250 * S)
    assert ready.plan.next_t_ns == 300 * S
    assert SendStart(TIMER) in ready.on(Tick(), 300 * S)
    ready.on(H.IDLE, 330 * S)
    assert ready.plan.next_t_ns == 600 * S


@pytest.mark.parametrize(
    "meanwhile",
    [start(), H.MEASURING, H.RESULT],
)
def test_a_repeat_is_over_once_something_else_was_decided_or_measured(ready, meanwhile):
    ready.on(Again(60 * S), 0)
    ready.on(meanwhile, 1 * S)
    ready.on(H.IDLE, 2 * S)
    assert ready.plan == Plan()
    assert not any(isinstance(each, SendStart) for each in ready.on(Tick(), 61 * S))


def test_a_repeat_is_put_off_by_ten_minutes_once_and_can_be_let_go_again(ready):
    ready.on(Again(60 * S), 0)
    hold, release = Request(Action.HOLD, "therapist"), Request(Action.RELEASE, "nurse")
    assert ready.on(hold, 1 * S) == (Plan(660 * S, held=True),)
    assert ready.on(hold, 2 * S) == (Refuse(Action.HOLD, "therapist", Refusal.ALREADY_HELD),)
    assert ready.on(Tick(), 61 * S) == ()
    assert ready.on(release, 100 * S) == (Plan(100 * S),)
    assert SendStart(REPEAT) in ready.on(Tick(), 100 * S)


def test_a_repeat_waits_for_the_end_of_the_rest(ready):
    ready.on(start(), 0)
    ready.on(H.IDLE, 40 * S)
    ready.on(Again(50 * S), 41 * S)
    assert ready.on(Tick(), 50 * S) == (Plan(70 * S),)
    assert SendStart(REPEAT) in ready.on(Tick(), 70 * S)


def test_a_repeat_is_refused_without_a_link_and_when_it_comes_too_late(ready):
    ready.on(Again(60 * S), 0)
    ready.on(Linked(False), 1)
    assert Refuse(Action.START, REPEAT, Refusal.NO_LINK) in ready.on(Tick(), 60 * S)
    ready.on(Linked(True), 70 * S)
    ready.on(Again(80 * S), 71 * S)
    assert Refuse(Action.START, REPEAT, Refusal.MISSED) in ready.on(Tick(), 800 * S)
    assert ready.plan == Plan()


def test_where_starting_is_off_a_repeat_waits_for_somebody_to_measure():
    safety = CuffSafety()
    safety.on(Linked(True), 0)
    assert safety.on(Again(60 * S, why=HIGH), 0) == (Plan(60 * S, again=HIGH),)
    assert safety.on(Tick(), 400 * S) == ()
    assert safety.plan.next_t_ns == 60 * S
    safety.on(H.RESULT, 410 * S)
    assert safety.plan == Plan()


@pytest.mark.parametrize(("again_s", "left"), [(60, False), (600, True)])
def test_turned_on_nothing_is_repeated_that_was_due_before(again_s, left):
    safety = CuffSafety()
    safety.on(Linked(True), 0)
    safety.on(Again(again_s * S, why=HIGH), 0)
    safety.on(Request(Action.TURN_ON, "nurse"), 90 * S)
    assert (safety.plan.next_t_ns is not None) == left
    assert not any(isinstance(each, SendStart) for each in safety.on(Tick(), 91 * S))


def test_turned_off_a_repeat_waits_for_somebody(ready):
    ready.on(Again(60 * S, why=HIGH), 0)
    ready.on(Request(Action.TURN_OFF, "nurse"), 1 * S)
    assert ready.on(Tick(), 61 * S) == ()
    assert ready.plan.next_t_ns == 60 * S


FAR_S = 5000
"""After any repeat, however long that is put off."""


@settings(max_examples=300)
@given(
    offset_s=st.integers(60, 900),
    most_s=st.integers(0, 600),
    again_s=st.none() | st.integers(0, 300),
    by_hand=st.booleans(),
    recalled=st.booleans(),
    asks=st.lists(
        st.tuples(st.integers(0, 200), st.sampled_from([Action.HOLD, Action.RELEASE])),
        min_size=2,
        max_size=14,
    ),
)
def test_no_number_of_holds_puts_a_reading_off_by_more_than_the_protocol_allows(
    offset_s, most_s, again_s, by_hand, recalled, asks
):
    """Put off, let go, put off again, before it is due and after; once started, another one is due."""
    if again_s is not None:
        offset_s = FAR_S
    safety = CuffSafety()
    safety.on(Linked(True), 0)
    if not by_hand:
        safety.on(Request(Action.TURN_ON, "nurse"), 0)
    safety.on(Planned(Schedule((offset_s,), most_held_s=most_s), 0), 0)
    if again_s is not None:
        safety.on(Again(again_s * S, why=HIGH), 0)
    due_ns, repeats = safety.plan.next_t_ns, bool(safety.plan.again)
    latest_ns = due_ns + most_s * S
    now_ns = 0
    for after_s, action in asks:
        now_ns += after_s * S
        if any(isinstance(each, SendStart) for each in safety.on(Tick(), now_ns)):
            return
        if safety.plan.next_t_ns is None or bool(safety.plan.again) != repeats:
            return
        was_ns = safety.plan.next_t_ns
        safety.on(Request(action, "KL"), now_ns)
        put_off = safety.plan.next_t_ns > max(was_ns, now_ns)
        assert not put_off or safety.plan.next_t_ns <= latest_ns
        assert not safety.plan.held or safety.plan.next_t_ns <= latest_ns
        if recalled and bool(safety.plan.again) == repeats:
            plan, again = safety.plan, CuffSafety()
            again.on(Planned(Schedule((offset_s,), most_held_s=most_s), 0), now_ns)
            again.on(Recalled(due_ns, plan), now_ns)
            assert (again.plan.next_t_ns, again.plan.held) == (plan.next_t_ns, plan.held)
            safety = again


# Measured by hand


def by_hand():
    safety = CuffSafety()
    safety.on(Linked(True), 0)
    safety.on(Planned(FIVES, 0), 0)
    return safety


@pytest.mark.parametrize(
    ("at_s", "following_s"), [(200, 600), (170, 300), (300, 600), (420, 600), (601, 900)]
)
def test_a_reading_by_hand_is_the_planned_one_if_that_was_due_or_nearly_so(at_s, following_s):
    safety = by_hand()
    safety.on(H.MEASURING, at_s * S)
    safety.on(H.RESULT, (at_s + 30) * S)
    assert safety.plan.next_t_ns == following_s * S


def test_a_planned_time_waits_for_somebody_and_a_failed_try_is_no_reading():
    safety = by_hand()
    assert safety.on(Tick(), 301 * S) == ()
    safety.on(H.MEASURING, 310 * S)
    safety.on(H.FAILED, 340 * S)
    assert safety.plan.next_t_ns == 300 * S
    safety.on(H.RESULT, 380 * S)
    assert safety.plan.next_t_ns == 600 * S


def test_a_minute_s_schedule_is_kept_where_the_timer_starts_it(ready):
    ready.on(Planned(Schedule((), 60), 0), 0)
    starts = 0
    for second in range(1, 601):
        for decision in ready.on(Tick(), second * S):
            starts += isinstance(decision, SendStart)
        if second % 60 == 20:
            ready.on(H.RESULT, second * S)
            ready.on(H.IDLE, second * S)
    assert starts == 10


# News


def test_what_events_mean():
    cuff, sys = Metric(CUFF_PRESSURE, ""), Metric(NIBP_SYS, "")
    meanings = [
        (CuffChanged(CuffState.MEASURING, 0), H.MEASURING),
        (CuffChanged(CuffState.IDLE, 0), H.IDLE),
        (CuffChanged(CuffState.ASLEEP, 0), H.IDLE),
        (CuffChanged(CuffState.ABORTED, 0), H.ABORTED),
        (CuffFailed(NibpFailure.MOTION, 2, 0), H.FAILED),
        (Observation(cuff, 0, Measured(55.0)), Pressure(55.0)),
        (Observation(cuff, 0, Absent(Validity.INVALID)), None),
        (Observation(sys, 0, Measured(120.0)), H.RESULT),
        (Observation(sys, 0, Absent(Validity.INVALID)), H.RESULT),
        (Observation(sys, 0, Measured(120.0), stored=True), None),
        (Observation(Metric(SPO2, ""), 0, Measured(97.0)), None),
        *((LinkChanged(state, 0), Linked(state is LinkState.LIVE)) for state in LinkState),
    ]
    assert [(event, news(event)) for event, _ in meanings] == meanings


class Storm(RuleBasedStateMachine):
    """Everything that can happen, in any order, for hours; the rules hold at every moment."""

    def __init__(self):
        super().__init__()
        self.safety = CuffSafety()
        self.now = 0
        self.on = False
        self.live = False
        self.running_since = None
        self.ended = None
        self.unknown = False
        self.stopped = 0

    def tell(self, event):
        decisions = self.safety.on(event, self.now)
        for decision in decisions:
            if isinstance(decision, SendStart):
                assert self.on
                assert self.live
                assert not self.unknown
                assert self.running_since is None, "a second inflation"
                assert self.ended is None or self.now - self.ended >= REST_NS
                self.running_since = self.now
            if self.on and isinstance(decision, Plan) and decision.next_t_ns is not None:
                assert decision.next_t_ns >= self.now
        return decisions

    @rule(seconds=st.one_of(st.floats(0.1, 20), st.floats(20, 4000)), regular=st.booleans())
    def time_passes(self, seconds, regular):
        until = self.now + int(seconds * S)
        while regular and self.safety.deadline_ns is not None and self.safety.deadline_ns <= until:
            self.now = max(self.now, self.safety.deadline_ns)
            self.tell(Tick())
        self.now = until
        self.tell(Tick())

    @rule(by=st.sampled_from(["Ada", "Bo"]))
    def ask_start(self, by):
        allowed = self.safety.why_not(self.now) is None
        decisions = self.tell(start(by))
        assert decisions == ((SendStart(by),) if allowed else decisions)
        assert len(decisions) == 1, "a request is always answered"

    @rule(by=st.sampled_from(["Ada", "Bo"]))
    def ask_stop(self, by):
        assert self.tell(stop(by)) == (SendStop(by),)

    @rule(action=st.sampled_from([Action.HOLD, Action.RELEASE]))
    def ask_later(self, action):
        before = self.safety.plan
        self.tell(Request(action, "Ada"))
        if action is Action.HOLD and before.next_t_ns is not None and self.safety.plan.next_t_ns is not None:
            assert self.safety.plan.next_t_ns <= max(before.next_t_ns, self.now) + 600 * S

    @rule(seconds=st.floats(0, 600))
    def ask_again(self, seconds):
        self.tell(Again(self.now + int(seconds * S)))

    @rule(on=st.booleans())
    def turn(self, on):
        self.on = on
        self.tell(Request(Action.TURN_ON if on else Action.TURN_OFF, "Ada"))
        assert on or self.safety.why_not(self.now) is Refusal.OFF

    @rule(live=st.booleans())
    def link(self, live):
        if self.live and not live and self.running_since is not None:
            self.unknown = True
        self.live = live
        self.tell(Linked(live))

    @rule(what=st.sampled_from([H.IDLE, H.ABORTED, H.FAILED]))
    def device_ends(self, what):
        if self.running_since is not None:
            self.ended = self.now
        self.running_since = None
        self.unknown = False
        self.tell(what)

    @rule()
    def device_measures(self):
        if self.running_since is None:
            self.running_since = self.now
        self.unknown = False
        self.tell(H.MEASURING)

    @rule(dosed=st.booleans())
    def plan(self, dosed):
        self.tell(Planned(FIVES, self.now if dosed else None))

    @invariant()
    def no_deadline_is_forgotten(self):
        if self.safety.activity in (A.STARTING, A.INFLATED):
            assert self.safety.deadline_ns is not None
            assert self.safety.deadline_ns <= self.now + DETERMINATION_NS

    @invariant()
    def the_end_of_a_determination_is_watched(self):
        if self.live and self.running_since is not None and self.now > self.running_since + DETERMINATION_NS:
            watched = self.safety.activity is A.STOPPING or self.safety.deadline_ns is not None
            assert watched


TestStorm = Storm.TestCase
TestStorm.settings = settings(max_examples=80, stateful_step_count=60, deadline=None)
