"""DINAMAP: public commands and worked replies, the dialogue, the PRO 1000's stream, and the simulators."""

import itertools
import random
from dataclasses import replace

import pytest
from cuff_line import CuffLine, S, faults, numbers, values
from cuff_storm import Law, storm
from hypothesis import given
from hypothesis import strategies as st

from devices.drivers.dinamap import DRIVER, replies, stream
from devices.drivers.dinamap.stream import crc8
from devices.drivers.dinamap.talk import make
from devices.protocol import DriverOption
from devices.sim.dinamap import FORMATS, Dinamap, Pro1000, block, nibp_line, sealed
from devices.sim.patient import Patient, Traits
from devices.sim.scenario import Bedside
from devices.testing import Sample, check_driver, converse, run
from kapmonitor.errors import ConfigError
from kapmonitor.model import (
    NO_SAMPLE,
    Absent,
    AlertKind,
    DeviceAlert,
    Fault,
    Measured,
    Observation,
    Validity,
    WaveformBlock,
)

START, STOP = bytes.fromhex("204E433021450D"), bytes.fromhex("204E4421350D")
NIBP, RATE = bytes.fromhex("204E4121320D"), bytes.fromhex("20524321380D")
STARTED, STOPPED = sealed(" NC0"), sealed(" ND")
VALID = bytes.fromhex("204E4131303030303033313234303738303933 26280D")
BUSY = bytes.fromhex("204E4132303030313837313234303738303933 26360D")
FAILED = bytes.fromhex("204E4134303030303031303030303030303030 25470D")
RATE_72 = bytes.fromhex("2052433130373222460D")
OLD = nibp_line(1, 186, 124, 78, 93)
NEW = nibp_line(1, 0, 131, 80, 97)
NONE_YET = nibp_line(0, None, 0, 0, 0)
REFUSAL = sealed(" ZZ9")
PRO_1000 = replace(DRIVER, options=(DriverOption("format", "pro-1000", "binary", ("ascii", "pro-1000")),))
REAL_BLOCK = bytes.fromhex("000E600006019C7F1FC7F1FC000000F609FF")

NUMBERS_OF_NEW = [("NIBP sys", 131), ("NIBP dia", 80), ("NIBP mean", 97), ("Pulse (cuff)", 72)]


def monitor(first=OLD):
    line = CuffLine(make())
    line.talk({NIBP: first}, 1.5)
    line.events.clear()
    return line


# Text


def test_commands_have_the_published_bytes():
    assert {ask.name: ask.value for ask in replies.Ask} == {
        "START": START, "STOP": STOP, "NIBP": NIBP, "RATE": RATE,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "check"),
    [(b" NC0", b"!E"), (b" NA", b"!2"), (b" ND", b"!5"), (b" RC", b"!8"), (b" RC1072", b'"F')],
)
def test_worked_check_characters(text, check):
    assert replies.check(text) == check


def test_a_long_text_wraps_its_sum_at_twelve_bits():
    text = b" " + b"Z" * 80
    total = 1 + 80 * (0x5A - 0x1F) - 0xFFF
    assert replies.check(text) == bytes([0x20 + (total >> 6), 0x20 + (total & 63)])


def test_worked_replies():
    found = replies.nibp(VALID)
    assert (found.status, found.age) == (1, 3)
    assert values(run(DRIVER, [VALID])) == {"NIBP sys": 124, "NIBP dia": 78, "NIBP mean": 93}
    assert (replies.nibp(BUSY).status, replies.nibp(BUSY).age) == (2, 187)
    assert replies.nibp(FAILED).status == 4
    assert replies.rate(RATE_72) == Measured(72.0)


@pytest.mark.parametrize(
    ("numbers", "absent"),
    [
        ((0, 0, 0), {"systolic", "diastolic", "mean"}),
        ((120, 0, 93), {"systolic", "diastolic", "mean"}),
        ((120, 80, 0), {"mean"}),
        ((120, 80, 130), {"mean"}),
        ((299, 80, 100), {"systolic", "diastolic", "mean"}),
        ((85, 80, 82), {"systolic", "diastolic", "mean"}),
    ],
)
def test_numbers_that_cannot_be_are_absent(numbers, absent):
    found = replies.nibp(nibp_line(1, 3, *numbers)).pressures
    fields = ("systolic", "diastolic", "mean")
    assert {name for name in fields if isinstance(getattr(found, name), Absent)} == absent


def test_blanks_are_no_value():
    found = replies.nibp(sealed(" NA100" + " " * 13))
    assert found.age is None
    assert found.pressures.systolic == Absent(Validity.NOT_AVAILABLE, 0.0)
    assert isinstance(replies.rate(sealed(" RC1   ")), Absent)
    assert isinstance(replies.rate(sealed(" RC1000")), Absent)


def test_a_short_reply_of_power_up_is_a_fault():
    assert faults(run(DRIVER, [sealed(" NA1")])) == [("content", 7)]


def test_a_reply_with_one_wrong_character_is_no_reply():
    for place in range(1, len(VALID) - 1):
        bad = VALID[:place] + bytes([VALID[place] ^ 1]) + VALID[place + 1 :]
        assert values(run(DRIVER, [bad])) == {}


@pytest.mark.parametrize("letters", [" ZZ9", " *E1", " N*", " EC04"])
def test_a_reply_of_other_letters_is_shown_raw(letters):
    reply = sealed(letters)
    assert [(e.kind.value, e.head) for e in run(DRIVER, [reply])] == [("content", reply.hex())]


def test_a_rate_joins_the_pressures_before_it_in_a_capture_and_stands_alone_else():
    events = run(DRIVER, [VALID + RATE_72])
    assert numbers(events, stored=True) == [
        ("NIBP sys", 124), ("NIBP dia", 78), ("NIBP mean", 93), ("Pulse (cuff)", 72),
    ]  # fmt: skip
    assert len({e.t_ns for e in events if isinstance(e, Observation)}) == 1
    assert numbers(run(DRIVER, [RATE_72]), stored=True) == [("Pulse (cuff)", 72)]
    line = monitor()
    line.hear(RATE_72)
    assert (line.live, line.stored) == ([], []), "an answer that comes late belongs to nothing"


@given(
    st.sampled_from([0, 1, 2, 3, 4, 9]), st.none() | st.integers(0, 9999),
    st.integers(0, 999), st.integers(0, 999), st.integers(0, 999),
)  # fmt: skip
def test_every_answer_comes_back_or_is_absent(status, age, systolic, diastolic, mean):
    found = replies.nibp(nibp_line(status, age, systolic, diastolic, mean))
    assert (found.status, found.age) == (status, age)
    pair = 40 <= systolic <= 280 and 20 <= diastolic <= 220 and systolic - diastolic >= 10
    between = pair and 25 <= mean <= 240 and diastolic < mean < systolic
    said = ((found.pressures.systolic, systolic, pair), (found.pressures.diastolic, diastolic, pair))
    for reading, sent, good in (*said, (found.pressures.mean, mean, between)):
        assert reading == Measured(float(sent)) if good else reading.raw == sent


@given(st.integers(0, 999))
def test_every_rate_comes_back_or_is_absent(rate):
    reading = replies.rate(sealed(f" RC1{rate:03d}"))
    assert reading == Measured(float(rate)) if 20 <= rate <= 300 else reading.raw == rate


# Readings, told once


def test_the_reading_found_on_connecting_is_stored_and_told_once():
    line = CuffLine(make())
    line.talk({NIBP: VALID}, 6)
    assert line.stored == [("NIBP sys", 124), ("NIBP dia", 78), ("NIBP mean", 93)]
    assert line.live == []
    assert line.states == ["idle"]


def test_a_reading_made_while_the_line_was_lost_is_stored():
    line = monitor()
    line.reopen()
    line.talk({NIBP: nibp_line(1, 190, 124, 78, 93)}, 3)
    assert line.stored == []
    line.reopen()
    line.talk({NIBP: nibp_line(1, 40, 131, 80, 97)}, 3)
    line.reopen()
    line.talk({NIBP: nibp_line(1, 20, 131, 80, 97)}, 3)
    assert [value for _, value in line.stored] == [131, 80, 97] * 2
    assert line.live == []


def test_a_monitor_without_any_reading_tells_none():
    line = CuffLine(make())
    line.talk({NIBP: NONE_YET}, 4)
    assert (line.stored, line.live, line.states, line.failures) == ([], [], ["idle"], [])


def test_a_determination_is_one_set_of_numbers_with_one_time():
    line = monitor()
    line.start()
    line.talk({NIBP: BUSY, START: STARTED}, 5)
    assert line.states == ["measuring"]
    line.talk({NIBP: NEW, RATE: RATE_72}, 6)
    assert line.live == NUMBERS_OF_NEW
    assert len({e.t_ns for e in line.events if isinstance(e, Observation)}) == 1
    assert line.states == ["measuring", "idle"]
    assert (line.count(START), line.count(RATE), line.failures) == (1, 1, [])


def test_the_first_reading_ever_has_no_counter_before_it():
    line = monitor(NONE_YET)
    line.start()
    line.talk({NIBP: nibp_line(2, None, 0, 0, 0), START: STARTED}, 5)
    line.talk({NIBP: NEW, RATE: RATE_72}, 3)
    assert line.live == NUMBERS_OF_NEW


def test_a_counter_that_begins_anew_with_the_start_does_not_hide_the_reading():
    line = monitor()
    line.start()
    line.talk({NIBP: nibp_line(2, 0, 124, 78, 93), START: STARTED}, 2)
    line.talk({NIBP: nibp_line(2, 25, 124, 78, 93)}, 2)
    line.talk({NIBP: nibp_line(1, 26, 131, 80, 97), RATE: RATE_72}, 3)
    assert line.live == NUMBERS_OF_NEW


def test_a_monitor_that_keeps_saying_valid_while_it_measures_is_understood():
    line = monitor()
    line.start()
    line.talk({NIBP: nibp_line(1, 200, 124, 78, 93), START: STARTED}, 20)
    assert (line.live, line.states) == ([], ["measuring"])
    line.talk({NIBP: NEW, RATE: RATE_72}, 3)
    assert line.live == NUMBERS_OF_NEW


def test_the_same_numbers_twice_are_two_readings():
    line = monitor()
    for _ in range(2):
        line.talk({NIBP: BUSY}, 3)
        line.talk({NIBP: NEW, RATE: RATE_72}, 3)
    assert line.live == NUMBERS_OF_NEW * 2


def test_a_reading_of_the_monitors_own_key_is_taken():
    line = monitor()
    line.talk({NIBP: NEW, RATE: RATE_72}, 3)
    assert line.live == NUMBERS_OF_NEW
    assert line.count(START) == 0


def test_the_counters_end_is_no_new_reading():
    line = monitor(nibp_line(1, 9998, 124, 78, 93))
    line.talk({NIBP: nibp_line(1, 0, 124, 78, 93)}, 3)
    assert line.live == []


def test_pressures_without_a_rate_are_told_after_two_questions():
    line = monitor()
    line.talk({NIBP: BUSY}, 2)
    line.talk({NIBP: NEW}, 8)
    assert line.count(RATE) == 2
    assert line.live == NUMBERS_OF_NEW[:3]


def test_a_repeated_status_does_not_part_the_pressures_from_their_rate():
    line = monitor()
    line.hear(NEW + NEW + RATE_72)
    assert line.live == NUMBERS_OF_NEW


def test_pressures_that_wait_for_their_rate_are_not_lost_with_the_line():
    line = monitor()
    line.hear(NEW)
    assert line.live == []
    line.reopen()
    assert line.live == NUMBERS_OF_NEW[:3]


def test_a_failure_is_told_once_and_an_old_one_not_at_all():
    line = monitor(FAILED)
    assert line.failures == []
    line.start()
    line.talk({NIBP: FAILED, START: STARTED}, 2.5)
    assert line.failures == [], "the monitor may still show how the determination before ended"
    line.talk({NIBP: BUSY}, 3)
    line.talk({NIBP: FAILED}, 5)
    assert line.failures == [("unknown", 4)]
    assert line.states[-1] == "idle"
    assert line.live == []


def test_a_failure_that_never_looked_otherwise_counts_after_a_while():
    line = monitor(nibp_line(4, 500, 0, 0, 0))
    line.start()
    line.talk({NIBP: nibp_line(4, 500, 0, 0, 0), START: STARTED}, 15)
    assert line.failures == [("unknown", 4)]


def test_a_determination_ended_at_the_monitor_leaves_no_reading():
    line = monitor()
    line.talk({NIBP: nibp_line(2, 190, 124, 78, 93)}, 10)
    line.talk({NIBP: nibp_line(1, 220, 124, 78, 93)}, 3)
    assert (line.live, line.failures, line.states[-1]) == ([], [("unknown", 1)], "idle")


# The dialogue


def test_the_first_state_is_known_before_a_start_is_sent():
    line = CuffLine(make())
    line.start()
    line.wait(1)
    assert line.count(START) == 0
    line.talk({NIBP: OLD, START: STARTED}, 4)
    assert line.count(START) == 1


def test_a_stop_goes_out_at_once_and_again_until_it_is_taken():
    line = monitor()
    line.start()
    line.talk({NIBP: BUSY, START: STARTED}, 3.05)
    line.sent.clear()
    line.stop()
    assert line.sent == [(line.now, STOP)], "no queue, no pause"
    line.talk({NIBP: BUSY}, 3)
    assert line.count(STOP) >= 3
    assert "aborted" not in line.states
    line.hear(STOPPED)
    line.talk({NIBP: nibp_line(4, 190, 0, 0, 0)}, 2)
    assert line.states[-3:] == ["measuring", "aborted", "idle"]
    assert line.failures == [], "a failure that follows from the stop is no news"


def test_a_stop_overtakes_a_start_that_was_not_sent_yet():
    line = monitor()
    line.driver.start_cuff(line.now)
    line.driver.stop_cuff(line.now)
    assert line.driver.data_to_send() == STOP
    line.talk({NIBP: OLD, STOP: STOPPED}, 5)
    assert line.count(START) == 0


def test_a_stop_at_rest_that_the_monitor_refuses_comes_to_an_end():
    line = monitor()
    line.stop()
    line.talk({NIBP: OLD, STOP: REFUSAL}, 5)
    assert line.states == ["aborted", "idle"]


def test_a_cuff_that_goes_on_measuring_after_a_stop_is_stopped_again():
    line = monitor()
    line.start()
    line.talk({NIBP: BUSY, START: STARTED}, 2)
    line.stop()
    line.talk({NIBP: BUSY, STOP: STOPPED}, 17)
    assert line.count(STOP) == 2


def test_the_guard_ends_a_determination():
    line = monitor()
    line.start()
    line.talk({NIBP: BUSY, START: STARTED, STOP: STOPPED}, 182)
    assert line.failures == [("timeout", 0)]
    assert line.count(STOP) == 1
    assert line.count(START) == 1


def test_a_start_without_an_answer_is_stopped_not_repeated():
    line = monitor()
    line.start()
    line.talk({NIBP: OLD}, 5)
    assert line.count(START) == 1
    assert line.count(STOP) > 1
    assert line.failures == [("timeout", 0)]


def test_a_refused_start_is_a_failure_and_shown_raw():
    line = monitor()
    line.start()
    line.talk({NIBP: OLD, START: REFUSAL}, 5)
    assert line.failures == [("module-fault", 0)]
    assert [e.head for e in line.events if isinstance(e, Fault)] == [REFUSAL.hex()]
    assert line.count(START) == 1


def test_opening_again_starts_nothing():
    line = monitor()
    line.start()
    line.reopen()
    line.sent.clear()
    line.talk({NIBP: OLD, START: STARTED}, 10)
    assert line.count(START) == 0


def test_a_line_that_was_silent_has_news_when_it_comes_back():
    line = monitor()
    line.wait(10)
    assert {kind for kind, _ in line.faults} == {"timeout"}
    line.talk({NIBP: OLD}, 3)
    assert line.states == ["idle"]


def test_polling_is_once_a_second():
    line = monitor()
    line.talk({NIBP: OLD}, 10)
    times = [t for t, data in line.sent if data == NIBP][1:]
    assert all(S <= b - a <= 1.2 * S for a, b in itertools.pairwise(times))


TestStorm = storm(
    Law(
        lambda: CuffLine(make()),
        [
            VALID,
            BUSY,
            FAILED,
            OLD,
            NEW,
            NONE_YET,
            RATE_72,
            STARTED,
            STOPPED,
            REFUSAL,
            b" ",
            b"\r",
            b" NA1\xff",
        ],
        start=START,
        stop=STOP,
        others=[NIBP, RATE],
        numbers=[124, 78, 93, 131, 80, 97, 72],
    )
)


# The PRO 1000's stream


def samples(events):
    return [int(s) for e in events if isinstance(e, WaveformBlock) for s in e.samples]


def blocks(first, count, status=0):
    return [
        block((first + i) % 200, status, [i] * 4, [4 * i, 4 * i + 1, 4 * i + 2, 4 * i + 3], bytes(3))
        for i in range(count)
    ]


def test_the_real_block():
    assert crc8(REAL_BLOCK[1:15]) == REAL_BLOCK[15] == 0xF6
    assert stream.ten_bits(REAL_BLOCK[2:7]) == [384, 0, 384, 412]
    assert stream.ten_bits(REAL_BLOCK[7:12]) == [508] * 4
    assert block(0, 0x0E, [384, 0, 384, 412], [508] * 4, bytes(3)) == REAL_BLOCK
    following = block(1, 0x0E, [0] * 4, [509] * 4, bytes(3))
    assert samples(run(PRO_1000, [REAL_BLOCK + following])) == [508] * 4 + [509] * 4


def test_one_block_is_believed_only_if_the_stream_ends_with_it():
    assert samples(run(PRO_1000, [REAL_BLOCK])) == [508] * 4
    for more in (b"\xff", b"\x00\x01", REAL_BLOCK):
        assert faults(run(PRO_1000, [REAL_BLOCK + more]))[0] == ("content", 18)


def test_the_numbers_go_round():
    events = run(PRO_1000, [b"".join(blocks(195, 10))])
    assert samples(events) == list(range(40))
    assert faults(events) == []


def test_missing_and_damaged_blocks_are_gaps():
    whole = blocks(10, 12)
    events = run(PRO_1000, [b"".join(whole[:4] + whole[6:])])
    assert samples(events) == [*range(16), *[NO_SAMPLE] * 8, *range(24, 48)]
    assert faults(events) == [("lost", 36)]
    bad = whole[5][:9] + bytes([whole[5][9] ^ 4]) + whole[5][10:]
    events = run(PRO_1000, [b"".join([*whole[:5], bad, *whole[6:]])])
    assert samples(events) == [*range(20), *[NO_SAMPLE] * 4, *range(24, 48)]


def test_alarms_of_the_monitor_are_raised_and_withdrawn():
    data = b"".join(blocks(0, 3) + blocks(3, 3, 0x20) + blocks(6, 3, 0x60) + blocks(9, 3))
    alerts = [e for e in run(PRO_1000, [data]) if isinstance(e, DeviceAlert)]
    assert {e.kind for e in alerts} == {AlertKind.DEVICE_ALARM}
    assert [(e.present, e.detail) for e in alerts] == [(True, "warning"), (True, "crisis"), (False, "")]


@pytest.mark.parametrize("seed", range(3))
def test_a_megabyte_of_noise_is_no_wave_and_no_reading(seed):
    noise = random.Random(seed).randbytes(1_000_000)
    for spec in (DRIVER, PRO_1000):
        assert all(isinstance(e, Fault) for e in run(spec, [noise]))


@given(st.lists(st.tuples(*[st.integers(0, 1023)] * 4), min_size=2, max_size=30), st.integers(0, 199))
def test_waves_come_back_as_they_were_sent(waves, first):
    data = b"".join(
        block((first + i) % 200, 0, [0] * 4, list(wave), bytes(3)) for i, wave in enumerate(waves)
    )
    assert samples(run(PRO_1000, [data])) == [s for wave in waves for s in wave]


# The kit, speed, options

TRAFFIC = b"".join(
    [OLD, STARTED, BUSY, nibp_line(1, 1, 131, 80, 97), RATE_72, FAILED, STOPPED, NONE_YET, REFUSAL]
)
WAVE = b"".join(blocks(150, 120, 0x20))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_conformance_of_both_formats(seed):
    own_key = converse(DRIVER, Dinamap(Bedside(Patient(4, TRAITS)), own_key_s=90), 59.5)
    check_driver(DRIVER, [Sample("text", TRAFFIC), own_key], seed)
    check_driver(PRO_1000, [Sample("blocks", WAVE)], seed)


def test_an_unknown_format_is_named():
    with pytest.raises(ConfigError):
        DRIVER.protocol({"format": "morse"})
    assert DRIVER.options[0].choices == FORMATS


# The simulators with the driver

TRAITS = Traits(systolic=120, diastolic=76, rises=(0, 0, 0), anxiety=0, dips=False)


def test_the_simulator_answers_only_what_is_whole():
    sim = Dinamap(Bedside(Patient(4, TRAITS)))
    for wrong in (b" NC0!F\r", b"NC0!E\r", b" XX\r", b"\r", b" \xff\xff\xff\xff\xff\r", bytes(200)):
        sim.receive(wrong, 0)
        assert sim.advance(0) == b""
    sim.receive(b"\r\x00\x01" + NIBP[:3], 0)
    sim.receive(NIBP[3:], 0)
    assert sim.advance(0) == NONE_YET


def test_the_simulated_ecg_beats_at_the_patients_rate_without_a_gap():
    sim = Pro1000(Bedside(Patient(4, TRAITS)))
    sim.advance(60 * S)
    data = b"".join(sim.advance(int((60 + t / 4) * S)) for t in range(1, 241))
    wave = samples(run(PRO_1000, [data]))
    assert len(wave) == 12_000
    assert NO_SAMPLE not in wave
    high = [s > 680 for s in wave]
    beats = sum(b and not a for a, b in itertools.pairwise(high))
    assert beats == pytest.approx(TRAITS.pulse, abs=6)
