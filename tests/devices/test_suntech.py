"""SunTech modules: frames of a public unit test, frames constructed from the packet table, and dialogues."""

import itertools
import random

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from devices.drivers.suntech import DRIVER, packets
from devices.drivers.suntech.machine import GUARD_S, SETTLE_S, TABLE, Event, State, Tell, step
from devices.drivers.suntech.protocol import Suntech
from devices.protocol import CuffControl, WireProtocol
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
    Measured,
    NibpFailure,
    Observation,
    Validity,
)

S = 1_000_000_000
MS = 1_000_000

START, ABORT = bytes.fromhex("3A20A6"), bytes.fromhex("3A7901004C")
PRESSURE, RESULT = bytes.fromhex("3A79050048"), bytes.fromhex("3A7903004A")
SELF_TEST_LX, SELF_TEST_A = bytes.fromhex("3A7910033A"), bytes.fromhex("3A7911003C")
PREPARE, FETCH = bytes.fromhex("3A00C6"), bytes.fromhex("3A7902400B")

O, K, A, B, E = (bytes.fromhex(h) for h in ("3E044F6F", "3E044B73", "3E04417D", "3E04427C", "3E044579"))  # noqa: E741
GOOD = bytes.fromhex("3E1873004A001E010000000000003107550058000000 00E9".replace(" ", ""))
NOTHING = bytes.fromhex("3E18" + "00" * 21 + "AA")


def sealed(*body):
    data = bytes(body)
    return data + bytes([-sum(data) % 256])


def cuff(mmhg):
    return sealed(0x3E, 0x05, *mmhg.to_bytes(2, "little", signed=True))


def failed(code):
    return sealed(0x3E, 0x18, *([0] * 18), code, 0, 0)


def values(events):
    return {
        e.metric.ref: e.reading.value if isinstance(e.reading, Measured) else e.reading
        for e in events
        if isinstance(e, Observation)
    }


SYS, DIA, MEAN = (f"MDC_PRESS_BLD_NONINV_{x}" for x in ("SYS", "DIA", "MEAN"))
PULSE, CUFF = "MDC_PULS_RATE_NON_INV", "MDC_PRESS_CUFF"


# Packets


def test_host_commands_have_the_published_bytes():
    table = {
        packets.Ask.START_ADULT: "3A20A6",
        packets.Ask.START_CHILD: "3A873F",
        packets.Ask.START_NEONATE: "3A289E",
        packets.Ask.ABORT: "3A7901004C",
        packets.Ask.PRESSURE: "3A79050048",
        packets.Ask.RESULT: "3A7903004A",
        packets.Ask.PREPARE_TEXTS: "3A00C6",
        packets.Ask.TEXTS: "3A7902400B",
        packets.Ask.SELF_TEST_LX: "3A7910033A",
        packets.Ask.SELF_TEST_A: "3A7911003C",
    }
    assert {ask: ask.value.hex().upper() for ask in packets.Ask if ask.value} == table
    assert packets.initial_inflation(160).hex().upper() == "3A17A0000F"


def test_what_can_be_sent_is_listed():
    names = {command.name for command in DRIVER.commands}
    assert names >= {
        "start",
        "abort",
        "initial inflation",
        "cuff pressure",
        "BP data",
        "module data",
        "self-test",
    }
    assert {c.name for c in DRIVER.commands if c.on_patient} == {"start", "abort", "initial inflation"}


def test_public_bp_data():
    events = run(DRIVER, [GOOD])
    assert values(events) == {SYS: 115, DIA: 74, MEAN: 88, PULSE: 85}
    assert len({e.t_ns for e in events}) == 1


def test_constructed_bp_data():
    frame = bytes.fromhex("3E188A005600160100000000000000004E00670000000 0FE".replace(" ", ""))
    assert values(run(DRIVER, [frame])) == {SYS: 138, DIA: 86, MEAN: 103, PULSE: 78}


def test_public_cuff_pressure_and_the_constructed_one():
    assert values(run(DRIVER, [bytes.fromhex("3E050201BA")])) == {CUFF: 258}
    assert values(run(DRIVER, [bytes.fromhex("3E058E002F")])) == {CUFF: 142}


@pytest.mark.parametrize(
    ("raw", "validity"), [(-1, Validity.NOT_AVAILABLE), (-300, Validity.INVALID), (9000, Validity.INVALID)]
)
def test_impossible_cuff_pressure_is_absent(raw, validity):
    assert values(run(DRIVER, [cuff(raw)])) == {CUFF: Absent(validity, float(raw))}


def test_constructed_failure_says_loose_cuff_and_no_numbers():
    events = run(DRIVER, [bytes.fromhex("3E18" + "00" * 18 + "57000053")])
    assert [(e.failure, e.raw) for e in events] == [(NibpFailure.CUFF_LOOSE, 87)]


@pytest.mark.parametrize(
    ("code", "failure"),
    [
        (1, "weak-signal"), (2, "motion"), (3, "out-of-range"), (4, "timeout"), (85, "blockage"),
        (86, "cancelled"), (87, "cuff-loose"), (88, "timeout"), (89, "overpressure"), (90, "module-fault"),
        (91, "module-fault"), (97, "module-fault"), (99, "module-fault"), (0x85, "unknown"), (50, "unknown"),
    ],
)  # fmt: skip
def test_error_codes_are_decimal(code, failure):
    events = run(DRIVER, [O, K, failed(code)])
    assert [(e.failure.value, e.raw) for e in events if isinstance(e, CuffFailed)] == [(failure, code)]
    assert values(events) == {}


def test_an_error_nobody_asked_for_and_nobody_knows_is_a_fault():
    assert [(e.kind, e.size) for e in run(DRIVER, [failed(50)])] == [(FaultKind.CONTENT, 24)]
    assert [e.raw for e in run(DRIVER, [failed(2)])] == [2]


def bp(systolic, diastolic, mean, pulse, status=1):
    return sealed(
        0x3E, 0x18, *systolic.to_bytes(2, "little"), *diastolic.to_bytes(2, "little"), 20, status, *([0] * 8),
        pulse, 0, *mean.to_bytes(2, "little"), 0, 0, 0,
    )  # fmt: skip


def test_bp_data_before_any_determination_is_no_value():
    absent = values(run(DRIVER, [NOTHING]))
    assert absent == dict.fromkeys((SYS, DIA, MEAN, PULSE), Absent(Validity.NOT_AVAILABLE, 0.0))


@pytest.mark.parametrize(
    ("frame", "absent"),
    [
        (bp(120, 80, 93, 70, status=0), {SYS, DIA, MEAN, PULSE}),
        (bp(0, 0, 0, 0), {SYS, DIA, MEAN, PULSE}),
        (bp(39, 25, 30, 70), {SYS, DIA, MEAN}),
        (bp(281, 100, 150, 70), {SYS, DIA, MEAN}),
        (bp(120, 19, 60, 70), {SYS, DIA, MEAN}),
        (bp(90, 81, 85, 70), {SYS, DIA, MEAN}),
        (bp(80, 120, 93, 70), {SYS, DIA, MEAN}),
        (bp(120, 80, 130, 70), {MEAN}),
        (bp(120, 80, 80, 70), {MEAN}),
        (bp(120, 80, 93, 19), {PULSE}),
        (bp(120, 80, 93, 0), {PULSE}),
        (bp(65535, 65535, 65535, 255), {SYS, DIA, MEAN}),
    ],
)
def test_implausible_numbers_are_absent_with_their_raw_word(frame, absent):
    found = values(run(DRIVER, [frame]))
    assert {ref for ref, value in found.items() if isinstance(value, Absent)} == absent
    assert all(value.raw is not None for value in found.values() if isinstance(value, Absent))


def test_unknown_ack_letter_is_a_fault():
    odd = sealed(0x3E, 0x04, 0x5A)
    assert run(DRIVER, [odd]) == [Fault(FaultKind.CONTENT, 4, 4, odd.hex())]


def test_listening_alone_follows_a_determination():
    events = run(DRIVER, [O, cuff(80), cuff(160), cuff(30), K, GOOD, O, cuff(100), A, K])
    assert [e.state for e in events if isinstance(e, CuffChanged)] == [
        CuffState.MEASURING, CuffState.IDLE, CuffState.MEASURING, CuffState.ABORTED, CuffState.IDLE,
    ]  # fmt: skip
    assert values(events)[SYS] == 115


@pytest.mark.parametrize("seed", range(4))
def test_a_megabyte_of_noise_is_no_reading(seed):
    events = run(DRIVER, [random.Random(seed).randbytes(1_000_000)])
    # A five-byte packet is found by chance once in 16 million places.
    assert [e for e in events if not isinstance(e, Fault)] == [] or len(values(events)) <= 1
    assert not set(values(events)) & {SYS, DIA, MEAN, PULSE}


# The table


def test_the_table_over_its_whole_product():
    for state, event in itertools.product(State, Event):
        after, tells = step(state, event)
        if after is State.STARTING and state is not State.STARTING:
            assert event is Event.START or (state, event) == (State.WAITING, Event.SETTLED)
        if event is Event.STOP:
            assert after is State.STOPPING, "a stop is always a stop"
        if event in (Event.START, Event.STOP):
            assert tells == (), "commands return nothing, so they can tell nothing"
        if state in (State.STOPPING, State.CONFIRMING) and event is Event.START:
            assert after is state
        if Tell.MEASURING in tells:
            assert after in (State.PUMPING, State.MEASURING)
        if tells:
            assert after is not state
    assert set(TABLE) == set(State)


def test_every_state_but_rest_ends():
    endless = {State.UNKNOWN, State.IDLE, State.ASLEEP}
    by_answers = {State.READING: Event.UNREAD, State.STOPPING: Event.ABORTED}
    for state in set(State) - endless:
        assert state in GUARD_S or step(state, by_answers[state])[0] is not state
    assert set(SETTLE_S) <= set(GUARD_S)


# Dialogues


class Bench:
    """A driver on a line whose other end is the test; time moves only when told to."""

    def __init__(self, **options):
        self.driver = Suntech(options)
        assert isinstance(self.driver, WireProtocol)
        assert isinstance(self.driver, CuffControl)
        self.now = 10 * S
        self.events = []
        self.sent = []
        self.driver.opened(self.now)
        self._take()

    def _take(self):
        if data := self.driver.data_to_send():
            self.sent.append((self.now, data))

    def hear(self, data, after=20 * MS):
        self.now += after
        self.events += self.driver.receive(data, self.now)
        self._take()

    def wait(self, seconds):
        """Let time pass, keeping every deadline."""
        until = self.now + int(seconds * S)
        while self.driver.deadline_ns is not None and self.driver.deadline_ns <= until:
            self.now = max(self.now, self.driver.deadline_ns)
            self.events += self.driver.on_deadline(self.now)
            self._take()
        self.now = until

    def wait_for(self, command, answers, limit_s=30.0):
        """Answer what is asked until `command` is sent; `answers` maps commands to answers."""
        end = self.now + int(limit_s * S)
        while self.now < end:
            if self.sent and self.sent[-1][1] == command:
                return
            asked = self.sent[-1][1] if self.sent else b""
            if asked in answers:
                self.sent[-1] = (self.sent[-1][0], b"answered")
                self.hear(answers[asked])
            self.wait(0.01)
        raise AssertionError(f"{command.hex()} was not sent; last {self.sent[-3:]}")

    def start(self):
        self.driver.start_cuff(self.now)
        self._take()

    def stop(self):
        self.driver.stop_cuff(self.now)
        self._take()

    def states(self):
        return [e.state for e in self.events if isinstance(e, CuffChanged)]

    def failures(self):
        return [e.failure for e in self.events if isinstance(e, CuffFailed)]


TEXTS = sealed(
    0x3E,
    0x43,
    *b"LX-1.07 ",
    *b"SFT-1.02",
    *b"LOT4711         ",
    *b"SN0815          ",
    *b"00000000000123",
    0,
    0,
)
ANSWERS = {SELF_TEST_LX: cuff(0), PREPARE: K, FETCH: TEXTS, PRESSURE: cuff(0)}


@pytest.fixture
def bench():
    ready = Bench()
    ready.wait_for(FETCH, ANSWERS)
    ready.wait_for(PRESSURE, ANSWERS)
    ready.hear(cuff(0))
    ready.sent.clear()
    return ready


def test_opening_asks_self_test_and_module_data_then_polls():
    line = Bench()
    for expected, answer in ((SELF_TEST_LX, cuff(0)), (PREPARE, K), (FETCH, TEXTS), (PRESSURE, cuff(0))):
        line.wait_for(expected, {})
        line.hear(answer)
    sent = [data for _, data in line.sent]
    assert sent == [SELF_TEST_LX, PREPARE, FETCH, PRESSURE]
    assert all(b - a >= 100 * MS for (a, _), (b, _) in itertools.pairwise(line.sent))
    assert line.events[0] == DeviceIdentified(
        line.events[0].t_ns, "SunTech", "Advantage LX", "SN0815", "LX-1.07"
    )
    assert line.states() == [CuffState.IDLE], "the first pressure tells that the cuff is empty"
    assert values(line.events) == {CUFF: 0}, "the self-test's answer is no pressure"


def test_the_other_modules_self_test_is_tried_if_the_first_is_unknown():
    line = Bench()
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
    assert all(S <= b - a < 1.2 * S for a, b in itertools.pairwise(at_rest))
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
    assert bench.states()[-2:] == [CuffState.MEASURING, CuffState.IDLE]
    assert values(bench.events)[SYS] == 115
    bench.wait_for(PRESSURE, {})
    bench.hear(cuff(0))
    assert bench.driver.state is State.IDLE
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
    assert bench.failures() == [NibpFailure.UNKNOWN]


def test_an_empty_result_after_a_determination_is_a_failure(bench):
    begin(bench)
    bench.hear(K)
    bench.wait_for(RESULT, {PRESSURE: cuff(0)})
    bench.hear(NOTHING)
    assert bench.failures() == [NibpFailure.UNKNOWN]
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
    assert bench.states()[-3:] == [CuffState.MEASURING, CuffState.ABORTED, CuffState.IDLE]


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
    assert bench.states()[-2:] == [CuffState.ABORTED, CuffState.IDLE]


def test_a_cuff_that_stays_inflated_after_an_abort_is_aborted_again(bench):
    begin(bench)
    bench.stop()
    bench.hear(A)
    bench.sent.clear()
    bench.wait_for(ABORT, {PRESSURE: cuff(60)}, limit_s=25)


def test_the_guard_aborts_a_determination_that_does_not_end(bench):
    bench.start()
    bench.wait_for(START, ANSWERS)
    began = bench.now
    bench.hear(O)
    bench.wait_for(ABORT, {PRESSURE: cuff(150)}, limit_s=160)
    assert 149 * S < bench.now - began < 151 * S
    assert bench.failures() == [NibpFailure.TIMEOUT]
    bench.hear(A)
    assert bench.failures() == [NibpFailure.TIMEOUT], "one determination fails once"


def test_a_start_without_an_answer_is_stopped_not_repeated(bench):
    bench.start()
    bench.wait_for(START, ANSWERS)
    bench.wait_for(ABORT, {}, limit_s=3)
    assert [data for _, data in bench.sent].count(START) == 1
    assert bench.failures() == [NibpFailure.TIMEOUT]


def test_a_busy_module_is_started_once_the_cuff_has_been_empty(bench):
    bench.start()
    bench.wait_for(START, ANSWERS)
    bench.hear(B)
    bench.sent.clear()
    with pytest.raises(AssertionError, match="was not sent"):
        bench.wait_for(START, {PRESSURE: cuff(40)}, limit_s=10)
    bench.wait_for(START, {PRESSURE: cuff(2)}, limit_s=10)
    bench.hear(O)
    assert bench.states()[-1] is CuffState.MEASURING


def test_a_module_that_stays_busy_is_given_up(bench):
    bench.start()
    bench.wait_for(START, ANSWERS)
    bench.hear(B)
    with pytest.raises(AssertionError, match="was not sent"):
        bench.wait_for(START * 2, {PRESSURE: cuff(40)}, limit_s=40)
    assert bench.failures() == [NibpFailure.UNKNOWN]
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
    line = Bench()
    line.hear(B)
    line.wait_for(PRESSURE, {PREPARE: B, FETCH: B, SELF_TEST_A: B})
    line.hear(cuff(120))
    assert line.states() == [CuffState.MEASURING]
    line.hear(K)
    line.wait_for(RESULT, {PRESSURE: cuff(0)})


def test_initial_inflation_is_set_before_the_first_start_and_not_right_after_an_abort():
    line = Bench(inflate_mmhg=160)
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
    line = Bench(patient=patient)
    line.start()
    line.wait_for(bytes.fromhex(command), ANSWERS)


@pytest.mark.parametrize("options", [{"patient": "cat"}, {"inflate_mmhg": 300}, {"inflate_mmhg": -1}])
def test_wrong_options_are_named(options):
    with pytest.raises(ConfigError):
        Suntech(options)


def test_a_half_packet_does_not_hold_up_the_next_ones(bench):
    bench.hear(b"\x3e\x43\x00")
    bench.hear(cuff(33))
    assert 33.0 not in values(bench.events).values()
    bench.wait(0.3)
    assert values(bench.events)[CUFF] == 33.0


def test_silence_is_a_fault_and_the_dialogue_goes_on():
    line = Bench()
    line.wait(20)
    assert {e.kind for e in line.events if isinstance(e, Fault)} == {FaultKind.TIMEOUT}
    assert len(line.sent) > 8


def test_a_sleeping_module_is_told():
    assert run(DRIVER, [bytes.fromhex("3E04536B")]) == [CuffChanged(CuffState.ASLEEP, 4)]


class Storm(RuleBasedStateMachine):
    """Whatever a module says and people press, at any time: one start for each press, and a stop wins."""

    packets = st.sampled_from(
        [O, K, A, B, E, GOOD, NOTHING, TEXTS, cuff(0), cuff(10), cuff(150), b"\x3e", b"\x00\x3e\x18"]
    )

    def __init__(self):
        super().__init__()
        self.line = Bench()
        self.presses = 0
        self.busy = 0

    @rule(data=packets, after=st.integers(1, 400))
    def module_speaks(self, data, after):
        self.busy += data == B
        self.line.hear(data, after * MS)

    @rule(seconds=st.floats(0.05, 40))
    def time_passes(self, seconds):
        self.line.wait(seconds)

    @rule()
    def start(self):
        self.presses += 1
        self.line.start()

    @rule()
    def stop(self):
        before = len(self.line.sent)
        self.line.stop()
        assert self.line.sent[before:] == [(self.line.now, ABORT)]

    @rule()
    def reopen(self):
        self.line.driver.closed(self.line.now)
        self.line.now += S
        self.line.driver.opened(self.line.now)
        self.line._take()

    @invariant()
    def starts_were_asked_for(self):
        starts = sum(data == START for _, data in self.line.sent)
        assert starts <= self.presses + self.busy

    @invariant()
    def only_listed_commands_are_sent(self):
        listed = {ask.value for ask in packets.Ask}
        assert {data for _, data in self.line.sent} <= listed

    @invariant()
    def no_number_from_an_empty_result(self):
        numbers = [
            e.reading.value
            for e in self.line.events
            if isinstance(e, Observation) and isinstance(e.reading, Measured)
        ]
        assert set(numbers) <= {115.0, 74.0, 88.0, 85.0, 0.0, 10.0, 150.0}

    @invariant()
    def commands_keep_their_distance(self):
        for (a, _), (b, data) in itertools.pairwise(self.line.sent):
            assert data == ABORT or b - a >= 100 * MS


TestStorm = Storm.TestCase
TestStorm.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
