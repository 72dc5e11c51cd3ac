"""Berry PM6750: frames of the manual and of a recording, the cuff's table, and the dialogue."""

import itertools
import random

import pytest
from driver_events import worded
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from devices.cuff import CuffSafety
from devices.cuff_table import Activity
from devices.cuff_words import Action, Linked, Refusal, Request, SendStart, SendStop, Tick, news
from devices.drivers.berry_pm6750 import DRIVER, packets
from devices.drivers.berry_pm6750.machine import State
from devices.drivers.berry_pm6750.packets import Ask
from devices.drivers.berry_pm6750.protocol import Berry
from devices.protocol import CuffControl, WireProtocol
from devices.testing import Sample, check_driver, run
from kapmonitor.errors import ConfigError
from kapmonitor.model import (
    NO_SAMPLE,
    Absent,
    AlertKind,
    CuffChanged,
    CuffFailed,
    CuffState,
    Fault,
    FaultKind,
    Measured,
    NibpFailure,
    Observation,
    Validity,
    WaveformBlock,
)

S, MS = 1_000_000_000, 1_000_000
NA, INVALID = Validity.NOT_AVAILABLE, Validity.INVALID
SYS, DIA, MEAN = (f"MDC_PRESS_BLD_NONINV_{x}" for x in ("SYS", "DIA", "MEAN"))
HR, RR, ST, CUFF = "MDC_ECG_HEART_RATE", "MDC_RESP_RATE", "MDC_ECG_AMPL_ST", "MDC_PRESS_CUFF"
SPO2, PR, T1, T2 = "MDC_PULS_OXIM_SAT_O2", "MDC_PULS_OXIM_PULS_RATE", "MDC_TEMP_BODY", "MDC_TEMP"
LEADS = [f"KAP_ECG_UNSCALED_{lead}" for lead in ("I", "II", "III", "AVR", "AVL", "AVF", "V")]

MEASURING_120 = bytes.fromhex("55AA0803043C000000B4")
DONE_124 = bytes.fromhex("55AA080300007C5D4ECD")
LOOSE = bytes.fromhex("55AA08031000000000E4")
SPO2_97 = bytes.fromhex("55AA06040061484C")


def frame(kind, *data):
    size = len(data) + 3
    return bytes([0x55, 0xAA, size, kind, *data, ~(size + kind + sum(data)) & 0xFF])


def cuff(word, half_mmhg=0, systolic=0, mean=0, diastolic=0):
    return frame(3, word << 2, half_mmhg, systolic, mean, diastolic)


def values(events, stored=False):
    return {
        e.metric.ref: e.reading.value if isinstance(e.reading, Measured) else e.reading
        for e in events
        if isinstance(e, Observation) and e.stored == stored
    }


def waves(events):
    found = {}
    for e in events:
        if isinstance(e, WaveformBlock):
            found.setdefault(e.metric.ref, []).extend(int(s) for s in e.samples)
    return found


def states(events):
    return [e.state for e in events if isinstance(e, CuffChanged)]


def failures(events):
    return [e.failure for e in events if isinstance(e, CuffFailed)]


# Packets


def test_recorded_ecg_frame():
    events = run(DRIVER, [bytes.fromhex("55AA0A01F9890108F9183028")])
    samples = waves(events)
    assert [samples[ref] for ref in LEADS] == [[249], [137], [1], [8], [249], [24], [48]]
    assert {e.metric.offset for e in events} == {-128.0}


def test_manual_ecg_frame_is_the_base_line():
    events = run(DRIVER, [bytes.fromhex("55AA0A018080808080808074")])
    assert [s + e.metric.offset for e in events for s in e.samples] == [0.0] * 7


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (MEASURING_120, {CUFF: 120}),
        (MEASURING_120 + DONE_124, {CUFF: 0, SYS: 124, DIA: 78, MEAN: 93}),
        (LOOSE, {CUFF: 0}),
        (SPO2_97, {SPO2: 97, PR: 72}),
        (bytes.fromhex("55AA0604027FFF75"), {SPO2: Absent(NA, 127.0), PR: Absent(NA, 255.0)}),
        (bytes.fromhex("55AA0802184810000184"), {HR: 72, RR: 16, ST: 0}),
        (bytes.fromhex("55AA08050024060000C8"), {T1: 36.6, T2: Absent(INVALID, 0.0)}),
        (frame(4, 0, 127, 72), {SPO2: Absent(NA, 127.0), PR: 72}),
        (frame(4, 0, 97, 255), {SPO2: 97, PR: Absent(NA, 255.0)}),
        (frame(4, 1, 97, 72), {SPO2: Absent(INVALID, 97.0), PR: Absent(INVALID, 72.0)}),
        (frame(4, 3, 97, 72), {SPO2: 97, PR: 72}),
        (frame(4, 0, 39, 19), {SPO2: Absent(INVALID, 39.0), PR: Absent(INVALID, 19.0)}),
        (frame(2, 0, 0, 0, 0, 1), {HR: Absent(NA, 0.0), RR: Absent(NA, 0.0), ST: 0}),
        (
            frame(2, 2, 80, 15, 5, 1),
            {HR: Absent(INVALID, 80.0), RR: Absent(INVALID, 15.0), ST: Absent(INVALID, 0.05)},
        ),
        (frame(2, 0, 72, 16, 0xFA, 1), {HR: 72, RR: 16, ST: -0.06}),
        (frame(2, 0, 72, 16, 0x80, 1), {HR: 72, RR: 16, ST: -1.28}),
        (frame(2, 0, 251, 16, 0x7F, 1), {HR: Absent(INVALID, 251.0), RR: 16, ST: 1.27}),
        (frame(2, 0, 72, 251, 0, 1), {HR: 72, RR: Absent(INVALID, 251.0), ST: 0}),
        (frame(2, 0, 72), {HR: 72, RR: Absent(NA, 0.0)}),
        (frame(2, 0, 72, 16), {HR: 72, RR: 16}),
        (frame(5, 1, 36, 6, 37, 1), {T1: Absent(NA, 36.6), T2: 37.1}),
        (frame(5, 3, 0, 0, 0, 0), {T1: Absent(NA, 0.0), T2: Absent(NA, 0.0)}),
        (frame(5, 0, 22, 2), {T1: Absent(INVALID, 22.2)}),
        (frame(5, 0, 36, 11), {T1: Absent(INVALID, 37.1)}),
    ],
)
def test_numbers(data, found):
    assert values(run(DRIVER, [data])) == found


def test_slow_waves_and_marks():
    events = run(DRIVER, [frame(0xFE, 17) + frame(0x30) + frame(0x30, 0) + frame(0x31) + frame(0xFF, 140)])
    assert waves(events) == {"MDC_PULS_OXIM_PLETH": [17], "MDC_RESP": [140]}
    assert not [e for e in events if isinstance(e, Fault)]


@pytest.mark.parametrize(
    ("data", "alert"),
    [
        (frame(4, 1, 127, 255), (AlertKind.SENSOR_OFF, "")),
        (frame(4, 2, 127, 255), (AlertKind.NO_CONTACT, "")),
        (frame(4, 3, 127, 255), (AlertKind.NO_PULSE, "")),
        (frame(4, 4, 127, 255), (AlertKind.NO_PULSE, "")),
        (frame(2, 1, 72, 16, 0, 1), (AlertKind.ARTEFACT, "weak ECG")),
        (frame(2, 2, 0, 0, 0, 2), (AlertKind.LEAD_OFF, "")),
        (frame(2, 0, 30, 16, 0, 11), (AlertKind.DEVICE_ALARM, "bradycardia")),
    ],
)
def test_conditions_come_and_go(data, alert):
    good = frame(data[3], *((0, 97, 72) if data[3] == 4 else (0, 72, 16, 0, 1)))
    kind, detail = alert
    assert worded(run(DRIVER, [good + data * 3 + good * 2])) == [
        (kind, True, detail),
        (kind, False, ""),
    ]


def test_a_rhythm_that_turns_into_another_is_told_anew():
    events = run(DRIVER, [frame(2, 0, 30, 16, 0, 11) + frame(2, 0, 0, 16, 0, 2)])
    alarm = AlertKind.DEVICE_ALARM
    assert worded(events) == [
        (alarm, True, "bradycardia"),
        (alarm, False, ""),
        (alarm, True, "asystole"),
    ]


def test_published_commands():
    assert Ask.CUFF_START.value.hex().upper() == "55AA040201F8"
    assert Ask.CUFF_STOP.value.hex().upper() == "55AA040200F9"
    assert Ask.ECG_ON.value.hex().upper() == "55AA040101F9"
    assert Ask.SATURATION_ON.value.hex().upper() == "55AA040301F7"
    assert Ask.TEMPERATURE_ON.value.hex().upper() == "55AA040401F6"
    assert Ask.PLETH_ON.value.hex().upper() == "55AA04FE01FC"
    assert Ask.RESP_ON.value.hex().upper() == "55AA04FF01FB"
    assert packets.command(packets.ECG_GAIN, 3).hex().upper() == "55AA040703F1"
    assert packets.command(packets.ECG_FILTER, 2).hex().upper() == "55AA040802F1"
    assert packets.command(packets.PATIENT, 2).hex().upper() == "55AA040902F0"
    assert packets.command(packets.TARGET, 80).hex().upper() == "55AA040A50A1"
    assert packets.command(packets.RESP_GAIN, 3).hex().upper() == "55AA040F03E9"


def test_nothing_dangerous_can_be_sent():
    forbidden = {0x0B, 0x0C, 0x0D, 0x0E, 0x10}
    settings_codes = {
        packets.ECG_GAIN,
        packets.ECG_FILTER,
        packets.PATIENT,
        packets.TARGET,
        packets.RESP_GAIN,
    }
    assert not ({ask.value[3] for ask in Ask} | settings_codes) & forbidden
    assert {c.name for c in DRIVER.commands if c.on_patient} == {"start", "stop", "patient", "target"}


def test_damaged_ecg_frames_are_gaps_of_as_many_samples():
    ecg = frame(1, *[128] * 7)
    damaged = bytearray(ecg)
    damaged[6] ^= 0x10
    events = run(DRIVER, [ecg * 15 + damaged + ecg * 15])
    for samples in waves(events).values():
        assert len(samples) == 31
        assert samples[15] == NO_SAMPLE
    assert [(e.kind, e.size) for e in events if isinstance(e, Fault)] == [(FaultKind.CHECKSUM, 12)]


def test_noise_alone_is_nothing_at_all():
    for seed in range(4):
        events = run(DRIVER, [random.Random(seed).randbytes(300_000)])
        assert {type(e) for e in events} == {Fault}
        assert sum(e.size for e in events) > 299_900


STREAM = b"".join(
    frame(1, *[128 + i % 9] * 7) + (frame(0xFE, 40 + i) + frame(0xFF, 120 + i) if i % 5 == 0 else b"")
    for i in range(60)
)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_conformance(seed):
    numbers = SPO2_97 + frame(2, 0, 72, 16, 0, 1) + frame(5, 0, 36, 6, 36, 9) + frame(0x30) + frame(0x31)
    samples = [
        Sample("streams", STREAM + numbers + STREAM),
        Sample("determinations", MEASURING_120 * 3 + DONE_124 * 2 + MEASURING_120 + LOOSE),
    ]
    check_driver(DRIVER, samples, seed)


# What the cuff says, heard alone


def test_listening_alone_follows_determinations():
    events = run(
        DRIVER,
        [cuff(10) + MEASURING_120 * 4 + DONE_124 * 3 + MEASURING_120 + LOOSE + MEASURING_120 + cuff(2)],
    )
    assert states(events) == [
        CuffState.IDLE, CuffState.MEASURING, CuffState.IDLE, CuffState.MEASURING, CuffState.IDLE,
        CuffState.MEASURING, CuffState.ABORTED, CuffState.IDLE,
    ]  # fmt: skip
    assert [e.reading.value for e in events if isinstance(e, Observation) and e.metric.ref == SYS] == [124]
    assert failures(events) == [NibpFailure.CUFF_LOOSE]


def test_two_results_with_the_same_numbers_are_two():
    events = run(DRIVER, [(MEASURING_120 * 2 + DONE_124 * 2) * 2])
    assert len([e for e in events if isinstance(e, Observation) and e.metric.ref == SYS]) == 2


def test_nothing_measured_yet_is_no_result():
    events = run(DRIVER, [cuff(0) * 3])
    assert values(events) == {CUFF: 0}
    assert failures(events) == []


def test_a_result_from_before_the_connection_is_stored_once():
    events = run(DRIVER, [DONE_124 * 4])
    assert values(events, stored=True) == {SYS: 124, DIA: 78, MEAN: 93}
    assert values(events) == {CUFF: 0}
    assert len([e for e in events if isinstance(e, Observation) and e.stored]) == 3


def test_a_result_that_was_told_before_the_line_was_lost_is_not_told_again():
    bench = ready()
    bench.hear(MEASURING_120 + DONE_124)
    bench.events.clear()
    for _ in range(2):
        bench.events += bench.driver.closed(bench.now)
        bench.driver.opened(bench.now)
        bench.hear(DONE_124)
        assert not set(values(bench.events, stored=True)) & {SYS, DIA, MEAN}
    bench.driver.closed(bench.now)
    bench.driver.opened(bench.now)
    bench.hear(cuff(0, 0, 131, 97, 80))
    assert values(bench.events, stored=True) == {SYS: 131, DIA: 80, MEAN: 97}
    bench.events.clear()
    bench.driver.closed(bench.now)
    bench.driver.opened(1)
    bench.hear(cuff(0, 0, 131, 97, 80))
    assert values(bench.events, stored=True) == {SYS: 131, DIA: 80, MEAN: 97}, "another session"


@pytest.mark.parametrize(
    ("word", "failure"),
    [
        (3, "overpressure"),
        (4, "cuff-loose"),
        (5, "timeout"),
        (6, "module-fault"),
        (7, "motion"),
        (8, "unknown"),
    ],
)
def test_failures(word, failure):
    events = run(DRIVER, [MEASURING_120 + cuff(word)])
    assert [(e.failure.value, e.raw) for e in events if isinstance(e, CuffFailed)] == [(failure, word)]
    assert states(events)[-1] is CuffState.IDLE


@pytest.mark.parametrize(
    ("numbers", "absent"),
    [
        ((0, 0, 0), None),
        ((39, 30, 25), {SYS, DIA, MEAN}),
        ((90, 85, 81), {SYS, DIA, MEAN}),
        ((120, 130, 80), {MEAN}),
        ((80, 93, 120), {SYS, DIA, MEAN}),
    ],
)
def test_results_that_cannot_be(numbers, absent):
    events = run(DRIVER, [MEASURING_120 + cuff(0, 0, *numbers)])
    found = {ref: value for ref, value in values(events).items() if ref != CUFF}
    assert {ref for ref, value in found.items() if isinstance(value, Absent)} == (absent or set())
    assert len(found) == (3 if absent else 0)
    assert failures(events) == ([] if absent == {MEAN} else [NibpFailure.UNKNOWN])


def test_a_state_that_does_not_exist_is_a_fault():
    events = run(DRIVER, [cuff(12)])
    assert [e.kind for e in events] == [FaultKind.CONTENT]


# The dialogue


class Bench:
    """A driver whose module is the test; the saturation packets show that it is there."""

    def __init__(self, **options):
        self.driver = Berry(options)
        assert isinstance(self.driver, WireProtocol)
        assert isinstance(self.driver, CuffControl)
        self.now, self.sent, self.events = 10 * S, [], []
        self.driver.opened(self.now)
        self.take()

    def take(self):
        if data := self.driver.data_to_send():
            assert len(data) == 6, "one command at a time"
            self.sent.append((self.now, data))

    def hear(self, data):
        self.events += self.driver.receive(data, self.now)
        self.take()

    def wait(self, seconds, saying=b"", every=0.5):
        until = self.now + int(seconds * S)
        speak = self.now
        while True:
            due = self.driver.deadline_ns
            assert due > self.now or due == self.now, "deadlines move on"
            now = min(due, speak) if saying else due
            if now > until:
                break
            self.now = max(self.now, now)
            if saying and self.now >= speak:
                speak = self.now + int(every * S)
                self.hear(saying)
            if self.driver.deadline_ns <= self.now:
                self.events += self.driver.on_deadline(self.now)
                self.take()
        self.now = until

    def wait_closed(self, seconds):
        self.now += int(seconds * S)

    def start(self):
        self.driver.start_cuff(self.now)
        self.take()

    def stop(self):
        self.driver.stop_cuff(self.now)
        self.take()

    def codes(self):
        codes = [(data[3], data[4]) for _, data in self.sent]
        self.sent.clear()
        return codes


ALL_ON = [(7, 3), (8, 2), (0x0F, 3), (1, 1), (3, 1), (4, 1), (0xFE, 1), (0xFF, 1)]
ALIVE = SPO2_97 + frame(1, *[128] * 7) + frame(5, 0, 36, 6) + frame(0xFE, 1) + frame(0xFF, 1)


def ready():
    bench = Bench()
    bench.wait(1, ALIVE)
    bench.codes()
    bench.events.clear()
    return bench


def test_opening_switches_everything_on_and_touches_no_cuff():
    bench = Bench()
    bench.wait(2, ALIVE)
    assert all(b - a >= 50 * MS for (a, _), (b, _) in itertools.pairwise(bench.sent))
    assert bench.codes() == ALL_ON
    bench.wait(60, ALIVE)
    assert bench.codes() == []


def test_options_are_sent():
    bench = Bench(ecg_gain="0.5", ecg_filter="diagnostic", resp_gain="2")
    bench.wait(1)
    assert bench.codes()[:3] == [(7, 2), (8, 3), (0x0F, 4)]
    bench = Bench(ecg=False)
    bench.wait(1)
    assert bench.codes() == [(1, 0), (0xFF, 0), (3, 1), (4, 1), (0xFE, 1)]


@pytest.mark.parametrize(
    "options",
    [
        {"patient": "cat"},
        {"inflate_mmhg": 310},
        {"inflate_mmhg": 30},
        {"ecg_gain": "3"},
        {"ecg_filter": "none"},
    ],
)
def test_wrong_options_are_refused(options):
    with pytest.raises(ConfigError):
        Berry(options)
    with pytest.raises(ConfigError, match="40 to 140"):
        Berry({"patient": "neonate", "inflate_mmhg": 200})


def test_a_stream_that_does_not_come_is_switched_on_again():
    bench = ready()
    bench.wait(10, ALIVE.replace(SPO2_97, b""))
    assert set(bench.codes()) == {(3, 1)}


def test_a_module_that_was_switched_off_is_set_up_again():
    bench = ready()
    bench.wait(7)
    assert bench.codes()[: len(ALL_ON)] == ALL_ON
    assert {type(e) for e in bench.events} == {Fault}
    assert {e.kind for e in bench.events} == {FaultKind.TIMEOUT}


def test_a_start_says_whom_it_is_for_and_ends_with_a_stop():
    bench = Bench(patient="child", inflate_mmhg=120)
    bench.wait(1, ALIVE)
    bench.codes()
    bench.start()
    bench.wait(0.3, ALIVE)
    assert bench.codes() == [(9, 2), (10, 60), (2, 1)]
    bench.wait(20, ALIVE + MEASURING_120)
    bench.hear(DONE_124)
    bench.wait(5, ALIVE + DONE_124)
    assert bench.codes() == [(2, 0)]
    assert states(bench.events) == [CuffState.MEASURING, CuffState.IDLE]
    assert values(bench.events)[SYS] == 124
    assert failures(bench.events) == []
    assert bench.driver.machine.state is State.IDLE


def test_the_result_before_is_not_taken_for_that_of_the_start():
    bench = ready()
    bench.hear(MEASURING_120 + DONE_124)
    bench.events.clear()
    bench.start()
    bench.wait(1, ALIVE + DONE_124)
    assert not set(values(bench.events)) & {SYS, DIA, MEAN}
    assert states(bench.events) == []


def test_a_module_that_does_not_start_is_stopped_and_not_started_again():
    bench = ready()
    bench.start()
    bench.wait(60, ALIVE)
    assert failures(bench.events) == [NibpFailure.TIMEOUT]
    assert states(bench.events) == [CuffState.ABORTED, CuffState.IDLE]
    codes = bench.codes()
    assert codes.count((2, 1)) == 1
    assert codes.count((2, 0)) >= 2


def test_a_stop_comes_first_and_again_until_the_module_shows_it():
    bench = ready()
    bench.start()
    bench.stop()
    assert bench.codes()[-1] == (2, 0)
    bench.wait(0.5, ALIVE)
    assert (2, 1) not in bench.codes(), "the start that still waited is dropped"
    bench.hear(MEASURING_120)
    bench.wait(4, ALIVE + MEASURING_120)
    assert bench.codes() == [(2, 0)] * 4
    assert bench.driver.machine.state is State.STOPPING
    bench.hear(cuff(2))
    assert states(bench.events)[-2:] == [CuffState.ABORTED, CuffState.IDLE]
    bench.wait(5, ALIVE)
    assert bench.codes() == []


def test_a_stop_of_an_empty_cuff_ends_by_the_modules_silence():
    bench = ready()
    bench.stop()
    bench.wait(10, ALIVE)
    assert states(bench.events) == [CuffState.ABORTED, CuffState.IDLE]
    assert bench.driver.machine.state is State.IDLE


def test_a_stop_is_not_taken_for_done_while_nothing_comes_from_the_module():
    bench = ready()
    bench.hear(MEASURING_120)
    bench.stop()
    bench.wait(60)
    assert bench.driver.machine.state is State.STOPPING
    assert CuffState.ABORTED not in states(bench.events)


def test_a_determination_that_does_not_end_is_stopped():
    bench = ready()
    bench.start()
    bench.wait(155, ALIVE + MEASURING_120)
    assert failures(bench.events) == [NibpFailure.TIMEOUT]
    assert bench.driver.machine.state is State.STOPPING
    assert (2, 0) in bench.codes()


def test_a_module_that_forgets_its_cuff_is_stopped():
    bench = ready()
    bench.start()
    bench.wait(5, ALIVE + MEASURING_120)
    bench.wait(12, ALIVE)
    assert failures(bench.events) == [NibpFailure.TIMEOUT]
    assert (2, 0) in bench.codes()


def test_a_result_that_comes_after_the_stop_still_counts():
    bench = ready()
    bench.start()
    bench.hear(MEASURING_120)
    bench.stop()
    bench.hear(DONE_124)
    assert values(bench.events)[SYS] == 124
    bench.hear(MEASURING_120)
    bench.stop()
    bench.hear(cuff(0))
    assert failures(bench.events) == []


def test_the_safety_layer_gets_a_cuff_back_after_the_cable_was_out():
    bench, safety = ready(), CuffSafety()
    safety.on(Linked(True), bench.now)
    safety.on(Request(Action.TURN_ON, "A"), bench.now)
    assert SendStart("A") in safety.on(Request(Action.START, "A"), bench.now)
    bench.start()
    bench.hear(MEASURING_120)
    assert safety.on(Request(Action.START, "A"), bench.now)[0].reason is Refusal.BUSY
    tell(bench, safety)
    assert safety.activity is Activity.INFLATED
    safety.on(Linked(False), bench.now)
    assert safety.activity is Activity.UNKNOWN
    bench.driver.closed(bench.now)
    bench.wait_closed(20)
    bench.driver.opened(bench.now)
    safety.on(Linked(True), bench.now)
    bench.wait(6, ALIVE)
    decisions = safety.on(Tick(), max(bench.now, safety.deadline_ns))
    assert any(isinstance(d, SendStop) for d in decisions), "the module itself says nothing of an empty cuff"
    bench.stop()
    bench.wait(6, ALIVE)
    tell(bench, safety)
    assert safety.activity is Activity.IDLE


def tell(bench, safety):
    for event in bench.events:
        if (what := news(event)) is not None:
            safety.on(what, bench.now)
    bench.events.clear()


class AnyOrder(RuleBasedStateMachine):
    """Whatever happens: a start is sent only when asked for, and a stop is always sent."""

    def __init__(self):
        super().__init__()
        self.bench = Bench()
        self.asked = 0
        self.starts = 0

    def count(self):
        self.starts += self.bench.codes().count((2, 1))

    @rule()
    def start(self):
        self.asked += 1
        self.bench.start()

    @rule()
    def stop(self):
        self.bench.wait(0.06)
        self.count()
        self.bench.stop()
        assert (2, 0) in [(d[3], d[4]) for _, d in self.bench.sent]

    @rule(word=st.integers(0, 12), pressure=st.sampled_from([0, 60]))
    def say(self, word, pressure):
        self.bench.hear(cuff(word, pressure, *((124, 93, 78) if word == 0 else ())))

    @rule(seconds=st.sampled_from([0.1, 1, 6, 20, 160]), alive=st.booleans())
    def wait(self, seconds, alive):
        self.bench.wait(seconds, ALIVE if alive else b"")

    @rule()
    def reopen(self):
        self.bench.events += self.bench.driver.closed(self.bench.now)
        self.bench.driver.opened(self.bench.now)
        self.bench.take()

    @invariant()
    def started_only_when_asked(self):
        self.count()
        assert self.starts <= self.asked
        assert self.bench.driver.deadline_ns >= self.bench.now


AnyOrder.TestCase.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
test_any_order = AnyOrder.TestCase
