"""Maibobo station: worked packets, the dialogue, and the simulator."""

import random
from datetime import date

import pytest
from cuff_line import MS, CuffLine, S, faults, numbers, values
from cuff_storm import Law, storm
from hypothesis import given
from hypothesis import strategies as st

from devices.drivers.maibobo import DRIVER, packets
from devices.drivers.maibobo.packets import Ask
from devices.drivers.maibobo.protocol import make
from devices.sim.maibobo import Maibobo, packet, result_packet
from devices.sim.patient import Patient, Traits
from devices.sim.scenario import Bedside
from devices.testing import Sample, check_driver, converse, run
from kapmonitor.model import Absent, CuffFailed, Fault, Observation

CONNECT, START, STOP = (
    bytes.fromhex(h) for h in ("CC80030301010000", "CC80030301020003", "CC80030301030002")
)
CONNECTED, STARTED, STOPPED = (packet(kind, b"\0") for kind in (1, 2, 3))
CUFF_142 = bytes.fromhex("AA8003040105008E8D")
RESULT = bytes.fromhex("AA80030F01060018011F0C2238007C004E004861")
NO_PULSE = bytes.fromhex("AA80030301070600")
LATER = result_packet((2024, 1, 31, 12, 44, 56), 131, 80, 66)
NUMBERS = [("NIBP sys", 124), ("NIBP dia", 78), ("Pulse (cuff)", 72)]


def station():
    line = CuffLine(make({}))
    line.talk({CONNECT: CONNECTED}, 2.5)
    line.events.clear()
    line.sent.clear()
    return line


def begin(line):
    line.start()
    line.talk({START: STARTED}, 0.1)
    line.hear(CUFF_142)


# Bytes


def test_commands_have_the_published_bytes():
    assert [ask.value for ask in Ask] == [CONNECT, START, STOP]


def test_worked_packets():
    assert values(run(DRIVER, [CUFF_142])) == {"Cuff pressure": 142}
    events = run(DRIVER, [CUFF_142 + RESULT])
    assert numbers(events) == NUMBERS
    assert {e.device_time for e in events if isinstance(e, Observation)} == {None, "2024-01-31T12:34:56"}
    failed = [e for e in run(DRIVER, [NO_PULSE]) if isinstance(e, CuffFailed)]
    assert [(e.failure.value, e.raw) for e in failed] == [("weak-signal", 6)]


def test_several_packets_in_one_read():
    assert numbers(run(DRIVER, [STARTED + CUFF_142 * 3 + RESULT + STARTED + CUFF_142 + LATER]))[:4] == [
        *NUMBERS,
        ("NIBP sys", 131),
    ]


@pytest.mark.parametrize("stamp", [(2000, 0, 0, 0, 0, 0), (2024, 2, 30, 1, 1, 1), (2024, 1, 1, 25, 0, 0)])
def test_a_clock_that_cannot_be_is_none(stamp):
    events = run(DRIVER, [CUFF_142 + result_packet(stamp, 124, 78, 72)])
    assert numbers(events) == NUMBERS
    assert {e.device_time for e in events if isinstance(e, Observation)} == {None}


@pytest.mark.parametrize(
    ("said", "absent"),
    [
        ((0, 0, 0), {"NIBP sys", "NIBP dia", "Pulse (cuff)"}),
        ((65535, 65535, 65535), {"NIBP sys", "NIBP dia", "Pulse (cuff)"}),
        ((120, 115, 70), {"NIBP sys", "NIBP dia", "Pulse (cuff)"}),
        ((80, 120, 70), {"NIBP sys", "NIBP dia", "Pulse (cuff)"}),
        ((120, 80, 0), {"Pulse (cuff)"}),
    ],
)
def test_what_cannot_be_is_absent(said, absent):
    events = run(DRIVER, [STARTED + result_packet((2024, 1, 31, 12, 0, 0), *said)])
    assert {label for label, value in values(events).items() if isinstance(value, Absent)} == absent
    assert bool([e for e in events if isinstance(e, CuffFailed)]) is ("NIBP sys" in absent)


@pytest.mark.parametrize(
    ("code", "failure"),
    [
        (1, "overpressure"),
        (2, "air-leak"),
        (5, "air-leak"),
        (6, "weak-signal"),
        (9, "timeout"),
        (77, "unknown"),
    ],
)
def test_error_codes(code, failure):
    line = station()
    begin(line)
    line.hear(packet(7, bytes([code])))
    assert line.failures == [(failure, code)]
    assert line.states == ["measuring", "idle"]


@pytest.mark.parametrize(
    ("wrong", "kind"),
    [
        (packet(5, b"\0"), "content"),
        (packet(6, bytes(12)), "content"),
        (packet(9, b"\0"), "content"),
        (RESULT[:-1] + b"\0", "checksum"),
        (b"\xaa\x80\x03\xff", "length"),
        (b"\xaa\x80\x04", "noise"),
    ],
)
def test_other_packets_are_faults(wrong, kind):
    events = run(DRIVER, [wrong])
    assert [k for k, _ in faults(events)] == [kind]
    assert values(events) == {}


def test_a_half_packet_does_not_hold_up_the_next_ones():
    line = station()
    line.hear(b"\xaa\x80\x03\x1f\x01")
    line.hear(CUFF_142)
    assert values(line.events) == {}
    line.wait(0.3)
    assert values(line.events) == {"Cuff pressure": 142}


# Readings, told once


def test_a_result_before_anything_else_is_stored():
    line = CuffLine(make({}))
    line.hear(RESULT)
    assert (line.stored, line.live) == (NUMBERS, [])


def test_a_result_without_a_pressure_before_it_is_not_new():
    line = station()
    line.hear(RESULT)
    assert (line.stored, line.live) == (NUMBERS, [])


def test_a_result_that_the_station_repeats_after_a_break_is_not_told_again():
    line = station()
    begin(line)
    line.hear(RESULT)
    line.reopen()
    line.hear(RESULT)
    line.talk({CONNECT: CONNECTED}, 3)
    line.hear(RESULT)
    assert (line.live, line.stored) == (NUMBERS, [])
    line.hear(LATER)
    assert [value for _, value in line.stored] == [131, 80, 66]


def test_another_session_knows_no_result_of_this_one():
    line = station()
    begin(line)
    line.hear(RESULT)
    line.events.clear()
    line.driver.closed(line.now)
    line.now = 1 * S
    line.driver.opened(line.now)
    line.hear(RESULT)
    assert line.stored == NUMBERS


def test_a_repeated_result_is_one_reading_and_equal_determinations_are_two():
    line = station()
    begin(line)
    line.hear(RESULT)
    line.hear(RESULT)
    assert line.live == NUMBERS
    line.talk({CONNECT: CONNECTED}, 30)
    begin(line)
    line.hear(RESULT)
    assert line.live == NUMBERS * 2
    assert line.count(START) == 2


def test_a_determination_of_the_stations_own_key_is_followed():
    line = station()
    line.hear(CUFF_142)
    line.hear(LATER)
    assert line.states == ["measuring", "idle"]
    assert line.live[0] == ("NIBP sys", 131)


def test_a_cuff_that_empties_after_its_result_is_not_measuring_again():
    line = station()
    begin(line)
    line.hear(RESULT)
    line.hear(CUFF_142)
    assert line.states == ["measuring", "idle"]
    line.talk({CONNECT: CONNECTED}, 12)
    line.hear(CUFF_142)
    assert line.states[-1] == "measuring"


# The dialogue


def test_connecting_tells_idle_once_no_pressure_came_for_a_while():
    line = CuffLine(make({}))
    assert line.sent[0][1] == CONNECT
    line.talk({CONNECT: CONNECTED}, 1)
    assert line.states == []
    line.talk({CONNECT: CONNECTED}, 2)
    assert line.states == ["idle"]


def test_a_cuff_found_inflated_is_measuring():
    line = CuffLine(make({}))
    line.talk({CONNECT: CONNECTED}, 0.5)
    line.hear(CUFF_142)
    line.talk({CONNECT: CONNECTED}, 1.0)
    assert line.states == ["measuring"]


def test_a_start_is_repeated_until_it_is_echoed():
    line = station()
    line.start()
    line.wait(0.45)
    assert line.count(START) == 3
    line.hear(STARTED)
    line.wait(5)
    assert line.count(START) == 3
    assert line.states == ["measuring"]


def test_a_pressure_tells_as_much_as_an_echo():
    line = station()
    line.start()
    line.hear(CUFF_142)
    line.wait(3)
    assert line.count(START) == 1


def test_a_start_that_is_never_echoed_is_stopped():
    line = station()
    line.start()
    line.talk({STOP: STOPPED, CONNECT: CONNECTED}, 5)
    assert line.count(START) == 5
    assert line.failures == [("timeout", 0)]
    assert line.states == ["aborted", "idle"]


def test_a_stop_goes_out_at_once_and_again_until_it_is_echoed():
    line = station()
    begin(line)
    line.sent.clear()
    line.stop()
    assert line.sent == [(line.now, STOP)], "no queue, no pause"
    line.wait(1.5)
    assert line.count(STOP) > 5
    line.hear(STOPPED)
    line.hear(NO_PULSE)
    line.talk({CONNECT: CONNECTED}, 5)
    assert line.states == ["measuring", "aborted", "idle"]
    assert line.failures == [], "an error that follows from the stop is no news"


def test_a_stop_overtakes_a_start_that_was_not_sent_yet():
    line = station()
    line.driver.start_cuff(line.now)
    line.driver.stop_cuff(line.now)
    assert line.driver.data_to_send() == STOP
    line.talk({STOP: STOPPED, CONNECT: CONNECTED}, 5)
    assert line.count(START) == 0


def test_a_cuff_that_stays_inflated_after_a_stop_is_stopped_again():
    line = station()
    begin(line)
    line.stop()
    line.hear(STOPPED)
    line.sent.clear()
    for _ in range(105):
        line.hear(CUFF_142, 200 * MS)
        line.wait(0)
    assert line.count(STOP) >= 1


def test_silence_in_a_determination_ends_it():
    line = station()
    begin(line)
    line.talk({STOP: STOPPED}, 9)
    assert line.failures == [("unknown", 0)]
    assert line.states == ["measuring", "aborted"]


def test_a_pause_in_a_determination_has_news_at_its_end():
    line = station()
    begin(line)
    line.wait(4)
    line.hear(CUFF_142)
    assert line.states == ["measuring", "measuring"]


def test_the_guard_ends_a_determination():
    line = station()
    begin(line)
    while not line.failures:
        line.hear(CUFF_142, S)
        line.wait(0)
        assert line.now < 200 * S
    assert line.failures == [("timeout", 0)]
    assert line.sent[-1][1] == STOP


def test_silence_is_a_fault_and_has_news_at_its_end():
    line = station()
    line.wait(10)
    assert {kind for kind, _ in line.faults} == {"timeout"}
    line.talk({CONNECT: CONNECTED}, 3)
    assert line.states == ["idle"]


def test_opening_again_starts_nothing():
    line = station()
    line.start()
    line.reopen()
    line.sent.clear()
    line.talk({CONNECT: CONNECTED, START: STARTED}, 10)
    assert line.count(START) == 0


TestStorm = storm(
    Law(
    lambda: CuffLine(make({})),
    [
        CONNECTED, STARTED, STOPPED, CUFF_142, RESULT, LATER, NO_PULSE, packet(5, b"\0\0"),
        b"\xaa", b"\xaa\x80\x03",
    ],
    start=START,
    stop=STOP,
    others=[CONNECT],
    numbers=[124, 78, 72, 131, 80, 66, 142, 0],
    starts=5,
    )
)  # fmt: skip


# The kit, speed

TRAFFIC = b"".join(
    [CONNECTED, STARTED, *[CUFF_142] * 5, RESULT, RESULT, STARTED, CUFF_142, NO_PULSE, STOPPED]
)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_conformance_with_traffic(seed):
    own_key = converse(DRIVER, Maibobo(Bedside(Patient(4, TRAITS)), own_key_s=90), 59.5)
    check_driver(DRIVER, [Sample("two determinations", TRAFFIC), own_key], seed)


@pytest.mark.parametrize("seed", range(3))
def test_a_megabyte_of_noise_is_no_reading(seed):
    noise = random.Random(seed).randbytes(1_000_000)
    events = run(DRIVER, [noise])
    assert all(isinstance(e, Fault) for e in events)
    assert sum(size for _, size in faults(events)) == len(noise)


# The simulator with the driver

TRAITS = Traits(systolic=120, diastolic=76, rises=(0, 0, 0), anxiety=0, dips=False)


WORDS = st.integers(0, 65535)


@given(WORDS, WORDS, WORDS, st.dates(date(2000, 1, 1), date(2255, 12, 31)), st.times())
def test_every_result_comes_back_or_is_absent(systolic, diastolic, pulse, day, clock):
    stamp = (day.year, day.month, day.day, clock.hour, clock.minute, clock.second)
    events = run(DRIVER, [STARTED + result_packet(stamp, systolic, diastolic, pulse)])
    pair = 40 <= systolic <= 280 and 20 <= diastolic <= 220 and systolic - diastolic >= 10
    found = values(events)
    for label, sent, good in (
        ("NIBP sys", systolic, pair),
        ("NIBP dia", diastolic, pair),
        ("Pulse (cuff)", pulse, pair and 20 <= pulse <= 300),
    ):
        assert found[label] == sent if good else found[label].raw == sent
    times = {e.device_time for e in events if isinstance(e, Observation)}
    assert times == {f"{day.isoformat()}T{clock:%H:%M:%S}"}


@given(st.integers(40, 280), st.integers(10, 200), st.integers(20, 300))
def test_every_plausible_result_comes_back(systolic, width, pulse):
    said = (systolic, max(20, min(systolic - width, 220)), pulse)
    events = run(DRIVER, [STARTED + result_packet((2031, 12, 31, 23, 59, 59), *said)])
    assert [value for _, value in numbers(events)] == list(said)


@given(WORDS)
def test_every_cuff_pressure_comes_back_or_is_absent(mmhg):
    found = values(run(DRIVER, [packet(5, mmhg.to_bytes(2, "big"))]))["Cuff pressure"]
    assert found == mmhg if mmhg <= 350 else found.raw == mmhg


def test_the_simulator_takes_only_what_is_whole():
    sim = Maibobo(Bedside(Patient(4, TRAITS)))
    for wrong in (START[:-1] + b"\0", START[1:], b"\xcc\x80\x03\x03\x01\x09\x00\x08", bytes(100)):
        sim.receive(wrong, 0)
        assert sim.advance(0) == b""
    sim.receive(START[:3], 0)
    sim.receive(START[3:], 0)
    assert sim.advance(0) == STARTED
    assert packets.sub(sim.advance(S)[:9]) is packets.Sub.PRESSURE
