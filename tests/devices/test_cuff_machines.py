"""The tables of all drivers that can start a cuff, over their whole products, and the machine they drive."""

import itertools
from enum import Enum, auto

import pytest

from devices.cuffhost.known import Known
from devices.cuffhost.machine import Machine, Rules
from devices.drivers.berry_pm6750 import machine as berry_pm6750
from devices.drivers.dinamap import machine as dinamap
from devices.drivers.maibobo import machine as maibobo
from devices.drivers.par_nibp2020 import machine as par_nibp2020
from devices.drivers.suntech import machine as suntech
from kapmonitor.model import CuffChanged, CuffFailed, CuffState, NibpFailure

S = 1_000_000_000
RULES = {
    "suntech": suntech.RULES,
    "dinamap": dinamap.RULES,
    "par-nibp2020": par_nibp2020.RULES,
    "maibobo": maibobo.RULES,
    "berry-pm6750": berry_pm6750.RULES,
}
WAITS_FOR_AN_EMPTY_CUFF = {("suntech", "WAITING", "SETTLED")}
"""A start that a person asked for, and that the module was too busy to take, is sent again."""

ENDLESS = {
    "suntech": {"UNKNOWN", "IDLE", "ASLEEP", "READING", "STOPPING"},
    "dinamap": {"UNKNOWN", "IDLE", "STOPPING"},
    "par-nibp2020": {"UNKNOWN", "IDLE", "READING", "STOPPING"},
    "maibobo": {"UNKNOWN", "IDLE", "STOPPING"},
    "berry-pm6750": {"UNKNOWN", "IDLE", "STOPPING"},
}
"""States that end by answers, or last for ever."""


@pytest.fixture(params=RULES)
def name(request):
    return request.param


def product(name):
    rules = RULES[name]
    states, events = type(rules.first), type(rules.start)
    return itertools.product(states, events)


def test_every_state_is_in_the_table(name):
    assert set(RULES[name].steps) == set(type(RULES[name].first))


def test_only_a_start_that_a_person_asked_for_leads_to_starting(name):
    rules = RULES[name]
    starting = type(rules.first)["STARTING"]
    for state, event in product(name):
        after, _ = rules.step(state, event)
        if after is starting and state is not starting:
            again = (name, state.name, event.name) in WAITS_FOR_AN_EMPTY_CUFF
            assert event is rules.start or again


def test_a_stop_is_always_a_stop_and_nothing_starts_while_one_is_under_way(name):
    rules = RULES[name]
    for state in rules.steps:
        assert rules.step(state, rules.stop)[0] is rules.stopping
    assert rules.step(rules.stopping, rules.start) == (rules.stopping, ())


def test_what_a_person_does_tells_nothing(name):
    rules = RULES[name]
    for state in rules.steps:
        for event in (rules.start, rules.stop):
            after, tells = rules.step(state, event)
            assert tells == (), "commands return nothing, so they can tell nothing"
            assert after is state or after not in rules.cuff


def test_a_determination_that_takes_too_long_is_stopped(name):
    rules = RULES[name]
    for state, event in product(name):
        after, tells = rules.step(state, event)
        if NibpFailure.TIMEOUT in tells:
            assert after is rules.stopping
        measuring = rules.cuff.get(state) is CuffState.MEASURING
        if measuring:
            assert rules.step(state, rules.guard) == (rules.stopping, (NibpFailure.TIMEOUT,))
            assert 130 <= rules.guard_s[state] <= 180


def test_states_without_a_guard_are_those_that_end_by_answers(name):
    rules = RULES[name]
    assert {state.name for state in set(rules.steps) - set(rules.guard_s)} == ENDLESS[name]
    for state in rules.guard_s:
        assert rules.step(state, rules.guard)[0] is not state


# The machine


class Place(Enum):
    REST = auto()
    BEGUN = auto()
    RUNNING = auto()
    HALT = auto()


class Thing(Enum):
    START = auto()
    STOP = auto()
    GUARD = auto()
    PUMPED = auto()
    ENDED = auto()
    FELL_QUIET = auto()


P, T = Place, Thing
TOY = Rules(
    first=P.REST,
    stopping=P.HALT,
    start=T.START,
    stop=T.STOP,
    guard=T.GUARD,
    steps={
        P.REST: {T.START: (P.BEGUN, ()), T.STOP: (P.HALT, ())},
        P.BEGUN: {
            T.PUMPED: (P.RUNNING, ()),
            T.STOP: (P.HALT, ()),
            T.GUARD: (P.HALT, (NibpFailure.TIMEOUT,)),
        },
        P.RUNNING: {
            T.ENDED: (P.REST, (CuffState.ABORTED, NibpFailure.MOTION)),
            T.STOP: (P.HALT, ()),
            T.GUARD: (P.HALT, (NibpFailure.TIMEOUT,)),
        },
        P.HALT: {T.ENDED: (P.REST, (CuffState.ABORTED,))},
    },
    guard_s={P.BEGUN: 10.0, P.RUNNING: 10.0},
    cuff={P.REST: CuffState.IDLE, P.RUNNING: CuffState.MEASURING},
    one_run=frozenset({P.BEGUN, P.RUNNING}),
)


def test_what_happened_in_passing_is_told_before_the_state_and_the_failure_last():
    machine = Machine(TOY)
    machine.happen(T.START, 0)
    assert machine.happen(T.PUMPED, 1) == [CuffChanged(CuffState.MEASURING, 1)]
    assert machine.happen(T.PUMPED, 2) == []
    assert machine.happen(T.ENDED, 3, raw=7) == [
        CuffChanged(CuffState.ABORTED, 3),
        CuffChanged(CuffState.IDLE, 3),
        CuffFailed(NibpFailure.MOTION, 7, 3),
    ]


def test_what_was_told_is_told_again_after_a_break_and_after_a_stop():
    machine = Machine(TOY)
    machine.happen(T.START, 0)
    machine.happen(T.PUMPED, 1)
    machine.forget_told()
    assert machine.happen(T.PUMPED, 2) == [CuffChanged(CuffState.MEASURING, 2)]
    for t_ns in (3, 5):
        assert machine.happen(T.STOP, t_ns) == []
        told = machine.happen(T.ENDED, t_ns + 1)
        assert [e.state for e in told] == [CuffState.ABORTED, CuffState.IDLE]


def test_news_is_not_lost_with_a_command():
    machine = Machine(TOY)
    machine.happen(T.START, 0)
    machine.happen(T.PUMPED, 1)
    machine.forget_told()
    assert machine.happen(T.START, 2) == []
    assert machine.happen(T.PUMPED, 3) == [CuffChanged(CuffState.MEASURING, 3)]


def test_a_guard_is_shared_by_the_states_of_one_run_and_other_timers_end_with_theirs():
    machine = Machine(TOY)
    machine.happen(T.START, 0)
    machine.timers[T.FELL_QUIET] = 3 * S
    assert machine.deadline_ns == 3 * S
    machine.happen(T.PUMPED, 2 * S)
    assert machine.timers == {T.GUARD: 10 * S}
    machine.timers[T.FELL_QUIET] = 10 * S
    assert machine.pop_due(10 * S - 1) is None
    assert machine.pop_due(10 * S) is T.FELL_QUIET, "the guard comes last"
    assert machine.pop_due(10 * S) is T.GUARD
    assert machine.pop_due(10 * S) is None
    machine.happen(T.GUARD, 10 * S)
    assert (machine.state, machine.timers, machine.deadline_ns) == (P.HALT, {}, None)


def test_opening_a_line_forgets_everything():
    machine = Machine(TOY)
    machine.happen(T.START, 0)
    machine.happen(T.PUMPED, 1)
    machine.reset()
    assert (machine.state, machine.timers) == (P.REST, {})


# Readings told before


def test_a_reading_is_known_until_another_one_comes():
    known = Known()
    assert not known.told_before((120, 80), S)
    assert known.told_before((120, 80), 9 * S)
    assert not known.told_before((121, 80), 10 * S)
    assert not known.told_before((120, 80), 11 * S)


def test_with_its_age_a_reading_is_known_by_the_moment_it_was_made():
    known = Known()
    assert not known.told_before((120, 80), 100 * S, age_ns=0)
    assert known.told_before((120, 80), 160 * S, age_ns=58 * S)
    assert not known.told_before((120, 80), 200 * S, age_ns=10 * S)
    assert known.told_before((120, 80), 210 * S), "an age that is no longer told proves nothing"


def test_another_session_knows_nothing():
    known = Known()
    known.told_before((120, 80), 100 * S)
    known.opened(101 * S)
    assert known.told_before((120, 80), 102 * S)
    known.opened(1 * S)
    assert not known.told_before((120, 80), 2 * S)
