"""SunTech dialogues: what is asked, when, and what follows from each answer or its absence."""

import itertools

import pytest
from cuff_line import MS, S
from cuff_storm import Law, storm
from suntech_bench import (
    ABORT,
    ANSWERS,
    CUFF,
    DIA,
    FETCH,
    GOOD,
    MEAN,
    NOTHING,
    PREPARE,
    PRESSURE,
    PULSE,
    RESULT,
    SELF_TEST_A,
    SELF_TEST_LX,
    START,
    SYS,
    TEXTS,
    A,
    B,
    E,
    K,
    O,
    cuff,
    module,
    sealed,
    values,
)

from devices.drivers.suntech import DRIVER
from devices.drivers.suntech.machine import State
from devices.drivers.suntech.protocol import make
from devices.testing import run
from kapmonitor.errors import ConfigError
from kapmonitor.model import (
    Absent,
    AlertKind,
    CuffChanged,
    CuffFailed,
    CuffState,
    DeviceAlert,
    DeviceIdentified,
    Fault,
    FaultKind,
    NibpFailure,
)


@pytest.fixture
def bench():
    ready = module()
    ready.wait_for(FETCH, ANSWERS)
    ready.wait_for(PRESSURE, ANSWERS)
    ready.hear(cuff(0))
    ready.sent.clear()
    return ready


def test_opening_asks_self_test_and_module_data_then_polls():
    line = module()
    for expected, answer in ((SELF_TEST_LX, cuff(0)), (PREPARE, K), (FETCH, TEXTS), (PRESSURE, cuff(0))):
        line.wait_for(expected, {})
        line.hear(answer)
    sent = [data for _, data in line.sent]
    assert sent == [SELF_TEST_LX, PREPARE, FETCH, PRESSURE]
    assert all(b - a >= 100 * MS for (a, _), (b, _) in itertools.pairwise(line.sent))
    assert line.events[0] == DeviceIdentified(
        line.events[0].t_ns, "SunTech", "Advantage LX", "SN0815", "LX-1.07"
    )
    assert line.states == [CuffState.IDLE], "the first pressure tells that the cuff is empty"
    assert values(line.events) == {CUFF: 0}, "the self-test's answer is no pressure"


def test_the_other_modules_self_test_is_tried_if_the_first_is_unknown():
    line = module()
    line.hear(sealed(0x3E, 4, 0x4E))
    line.wait_for(SELF_TEST_A, {})
    line.hear(cuff(97))
    assert [(e.kind, e.present) for e in line.events if isinstance(e, DeviceAlert)] == [
        (AlertKind.DEVICE_FAULT, True)
    ]


def test_polling_is_slow_at_rest_and_fast_while_measuring(bench):
    for _ in range(5):
        bench.wait_for(PRESSURE, ANSWERS)
        bench.sent.append((bench.now, b""))
        bench.hear(cuff(0))
    at_rest = [t for t, data in bench.sent if data == PRESSURE]
    assert all(0.7 * S <= b - a < 0.8 * S for a, b in itertools.pairwise(at_rest))
    bench.start()
    bench.wait_for(START, ANSWERS)
    bench.hear(O)
    bench.sent.clear()
    for _ in range(5):
        bench.wait_for(PRESSURE, {})
        bench.hear(cuff(120))
    measuring = [t for t, data in bench.sent if data == PRESSURE]
    assert all(200 * MS <= b - a <= 500 * MS for a, b in itertools.pairwise(measuring))


def begin(line):
    line.start()
    line.wait_for(START, ANSWERS)
    line.hear(O)
    line.wait_for(PRESSURE, {})
    line.hear(cuff(150))


def test_a_determination_from_start_to_numbers(bench):
    begin(bench)
    bench.wait_for(PRESSURE, {PRESSURE: cuff(90)})
    bench.hear(K)
    bench.hear(cuff(2))
    bench.wait_for(RESULT, {PRESSURE: cuff(0)})
    bench.hear(GOOD)
    assert bench.states[-2:] == [CuffState.MEASURING, CuffState.IDLE]
    assert values(bench.events)[SYS] == 115
    bench.wait_for(PRESSURE, {})
    bench.hear(cuff(0))
    assert bench.driver.machine.state is State.IDLE
    assert [data for _, data in bench.sent].count(RESULT) == 1
    assert [data for _, data in bench.sent].count(START) == 1


def test_a_lost_end_is_noticed_by_the_empty_cuff(bench):
    begin(bench)
    bench.wait_for(RESULT, {PRESSURE: cuff(1)}, limit_s=5)
    bench.hear(GOOD)
    assert values(bench.events)[SYS] == 115
    bench.hear(K)
    bench.wait_for(PRESSURE, {})
    assert [data for _, data in bench.sent].count(RESULT) == 1, "the late K brings no second result"


def test_before_the_cuff_is_pumped_up_it_is_not_taken_for_ended(bench):
    bench.start()
    bench.wait_for(START, ANSWERS)
    bench.hear(O)
    with pytest.raises(AssertionError, match="was not sent"):
        bench.wait_for(RESULT, {PRESSURE: cuff(0)}, limit_s=8)


def test_an_unread_result_is_a_failure_after_three_tries(bench):
    begin(bench)
    bench.hear(K)
    bench.sent.clear()
    bench.wait(10)
    assert [data for _, data in bench.sent].count(RESULT) == 3
    assert bench.failures == [("unknown", 0)]


def test_an_empty_result_after_a_determination_is_a_failure(bench):
    begin(bench)
    bench.hear(K)
    bench.wait_for(RESULT, {PRESSURE: cuff(0)})
    bench.hear(NOTHING)
    assert bench.failures == [("unknown", 0)]
    assert all(isinstance(values(bench.events)[ref], Absent) for ref in (SYS, DIA, MEAN, PULSE))


def test_abort_goes_out_at_once_and_again_until_acknowledged(bench):
    begin(bench)
    bench.sent.clear()
    bench.stop()
    assert bench.sent == [(bench.now, ABORT)], "no queue, no pause"
    bench.wait(1.6)
    assert [data for _, data in bench.sent] == [ABORT] * 4
    bench.hear(B)
    bench.wait(0.3)
    assert bench.sent[-1][1] == ABORT
    bench.hear(A)
    bench.hear(K)
    sent = len(bench.sent)
    bench.wait_for(PRESSURE, {})
    bench.hear(cuff(0))
    bench.wait(1)
    assert ABORT not in [data for _, data in bench.sent[sent:]]
    assert bench.states[-3:] == [CuffState.MEASURING, CuffState.ABORTED, CuffState.IDLE]


def test_abort_overtakes_a_start_that_was_not_sent_yet(bench):
    bench.driver.start_cuff(bench.now)
    bench.driver.stop_cuff(bench.now)
    assert bench.driver.data_to_send() == ABORT
    bench.hear(A)
    bench.hear(K)
    bench.wait(5)
    assert START not in [data for _, data in bench.sent]


def test_a_lost_abort_ack_is_confirmed_by_the_pressure(bench):
    begin(bench)
    bench.stop()
    bench.hear(K)
    bench.wait_for(PRESSURE, {})
    bench.hear(cuff(80))
    bench.wait_for(ABORT, {})
    bench.hear(K)
    bench.wait_for(PRESSURE, {})
    bench.hear(cuff(1))
    assert bench.states[-2:] == [CuffState.ABORTED, CuffState.IDLE]


def test_a_cuff_that_stays_inflated_after_an_abort_is_aborted_again(bench):
    begin(bench)
    bench.stop()
    bench.hear(A)
    bench.sent.clear()
    bench.wait_for(ABORT, {PRESSURE: cuff(60)}, limit_s=25)
    assert (bench.count(ABORT), bench.count(START)) == (1, 0)
    assert bench.count(PRESSURE) >= 1, "it is seen to be inflated before"
    assert bench.states[-1] == CuffState.ABORTED


def test_the_guard_aborts_a_determination_that_does_not_end(bench):
    bench.start()
    bench.wait_for(START, ANSWERS)
    began = bench.now
    bench.hear(O)
    bench.wait_for(ABORT, {PRESSURE: cuff(150)}, limit_s=160)
    assert 149 * S < bench.now - began < 151 * S
    assert bench.failures == [("timeout", 0)]
    bench.hear(A)
    assert bench.failures == [("timeout", 0)], "one determination fails once"


def test_a_start_without_an_answer_is_stopped_not_repeated(bench):
    bench.start()
    bench.wait_for(START, ANSWERS)
    bench.wait_for(ABORT, {}, limit_s=3)
    assert [data for _, data in bench.sent].count(START) == 1
    assert bench.failures == [("timeout", 0)]


def test_a_busy_module_is_started_once_the_cuff_has_been_empty(bench):
    bench.start()
    bench.wait_for(START, ANSWERS)
    bench.hear(B)
    bench.sent.clear()
    with pytest.raises(AssertionError, match="was not sent"):
        bench.wait_for(START, {PRESSURE: cuff(40)}, limit_s=10)
    bench.wait_for(START, {PRESSURE: cuff(2)}, limit_s=10)
    bench.hear(O)
    assert bench.states[-1] == CuffState.MEASURING


def test_a_module_that_stays_busy_is_given_up(bench):
    bench.start()
    bench.wait_for(START, ANSWERS)
    bench.hear(B)
    with pytest.raises(AssertionError, match="was not sent"):
        bench.wait_for(START * 2, {PRESSURE: cuff(40)}, limit_s=40)
    assert bench.failures == [("unknown", 0)]
    assert [data for _, data in bench.sent].count(START) == 1


def test_a_refused_start_is_a_failure(bench):
    bench.start()
    bench.wait_for(START, ANSWERS)
    bench.hear(E)
    assert [(e.failure, e.raw) for e in bench.events if isinstance(e, CuffFailed)] == [
        (NibpFailure.MODULE_FAULT, ord("E"))
    ]


def test_another_start_while_measuring_is_ignored(bench):
    begin(bench)
    bench.sent.clear()
    bench.start()
    bench.wait(1)
    assert START not in [data for _, data in bench.sent]


def test_opening_again_starts_nothing(bench):
    bench.start()
    bench.driver.closed(bench.now)
    bench.driver.opened(bench.now)
    bench.sent.clear()
    bench._take()
    for _ in range(40):
        bench.wait(0.5)
    assert START not in [data for _, data in bench.sent]


def test_a_cuff_found_inflated_after_reopening_is_measuring():
    line = module()
    line.hear(B)
    line.wait_for(PRESSURE, {PREPARE: B, FETCH: B, SELF_TEST_A: B})
    line.hear(cuff(120))
    assert line.states == [CuffState.MEASURING]
    line.hear(K)
    line.wait_for(RESULT, {PRESSURE: cuff(0)})


def test_initial_inflation_is_set_before_the_first_start_and_not_right_after_an_abort():
    line = module(inflate_mmhg=160)
    line.wait_for(FETCH, ANSWERS)
    line.hear(TEXTS)
    line.stop()
    aborted = line.now
    line.hear(A)
    line.start()
    line.hear(cuff(0), after=200 * MS)
    line.wait_for(bytes.fromhex("3A17A0000F"), {PRESSURE: cuff(0)})
    assert line.now - aborted >= 500 * MS
    line.hear(K)
    line.wait_for(START, {PRESSURE: cuff(0)})


@pytest.mark.parametrize(
    ("patient", "command"), [("adult", "3A20A6"), ("child", "3A873F"), ("neonate", "3A289E")]
)
def test_the_start_command_follows_the_patient(patient, command):
    line = module(patient=patient)
    line.start()
    line.wait_for(bytes.fromhex(command), ANSWERS)
    starts = {START, bytes.fromhex("3A873F"), bytes.fromhex("3A289E")}
    assert [data.hex().upper() for _, data in line.sent if data in starts] == [command]


@pytest.mark.parametrize("options", [{"patient": "cat"}, {"inflate_mmhg": 300}, {"inflate_mmhg": -1}])
def test_wrong_options_are_named(options):
    with pytest.raises(ConfigError):
        make(options)


def test_a_half_packet_does_not_hold_up_the_next_ones(bench):
    bench.hear(b"\x3e\x43\x00")
    bench.hear(cuff(33))
    assert 33.0 not in values(bench.events).values()
    bench.wait(0.3)
    assert values(bench.events)[CUFF] == 33.0


def other_texts(serial):
    return sealed(*TEXTS[:34], *f"{serial:<16}".encode(), *TEXTS[50:-1])


def test_after_a_break_the_module_is_asked_who_it_is_and_a_swap_is_told(bench):
    bench.events.clear()
    bench.wait(4)
    for texts in (TEXTS, other_texts("SN0816")):
        bench.wait_for(SELF_TEST_LX, {PRESSURE: cuff(0)})
        bench.hear(cuff(0))
        bench.wait_for(PREPARE, {})
        bench.hear(K)
        bench.wait_for(FETCH, {})
        bench.hear(texts)
        bench.wait(4)
    told = [e.serial for e in bench.events if isinstance(e, DeviceIdentified)]
    assert told == ["SN0816"], "what did not change is not told again"


def test_a_module_that_did_not_say_who_it_is_is_asked_again_and_not_for_ever():
    line = module()
    answers = {SELF_TEST_LX: cuff(0), PREPARE: B, PRESSURE: cuff(0)}
    with pytest.raises(AssertionError, match="was not sent"):
        line.wait_for(FETCH, answers, limit_s=35)
    line.wait_for(FETCH, {**answers, PREPARE: K}, limit_s=12)
    line.hear(TEXTS)
    assert [e.serial for e in line.events if isinstance(e, DeviceIdentified)] == ["SN0815"]
    line = module()
    with pytest.raises(AssertionError, match="was not sent"):
        line.wait_for(FETCH, answers, limit_s=60)
    line.sent.clear()
    with pytest.raises(AssertionError, match="was not sent"):
        line.wait_for(PREPARE, answers, limit_s=60)


def test_a_start_that_waits_is_given_up_when_the_module_falls_silent(bench):
    bench.start()
    bench.wait_for(START, ANSWERS)
    bench.hear(B)
    bench.wait_for(PRESSURE, {})
    bench.wait(4)
    assert bench.failures == [("unknown", 0)]
    bench.sent.clear()
    with pytest.raises(AssertionError, match="was not sent"):
        bench.wait_for(START, ANSWERS, limit_s=40)


def test_the_word_for_sleep_answers_whatever_was_asked(bench):
    bench.wait_for(PRESSURE, {})
    bench.hear(sealed(0x3E, 4, 0x53))
    bench.wait(0.8)
    assert bench.sent[-1][1] == PRESSURE
    assert not [e for e in bench.events if isinstance(e, Fault)]
    assert bench.states[-1] == CuffState.ASLEEP


def test_silence_is_a_fault_and_the_dialogue_goes_on():
    line = module()
    line.wait(20)
    assert {e.kind for e in line.events if isinstance(e, Fault)} == {FaultKind.TIMEOUT}
    assert len(line.sent) > 8


def test_a_sleeping_module_is_told():
    assert run(DRIVER, [bytes.fromhex("3E04536B")]) == [CuffChanged(CuffState.ASLEEP, 4)]


TestStorm = storm(
    Law(
        module,
        [O, K, A, B, E, GOOD, NOTHING, TEXTS, cuff(0), cuff(10), cuff(150), b"\x3e", b"\x00\x3e\x18"],
        start=START,
        stop=ABORT,
        others=[PRESSURE, RESULT, SELF_TEST_LX, SELF_TEST_A, PREPARE, FETCH],
        numbers=[115, 74, 88, 85, 0, 10, 150],
        busy=B,
        gap_ms=100,
    )
)
