"""PAR NIBP2020: public commands and texts, the dialogue, and the simulator."""

import itertools
import random

import pytest
from cuff_line import MS, CuffLine, S, faults, numbers, values
from cuff_storm import Law, storm
from hypothesis import given
from hypothesis import strategies as st

from devices.drivers.par_nibp2020 import DRIVER, packets
from devices.drivers.par_nibp2020.packets import Ask
from devices.drivers.par_nibp2020.protocol import make
from devices.sim.par_nibp2020 import ParNibp2020, Result, status_text, text
from devices.sim.patient import Patient, Traits
from devices.sim.scenario import Bedside
from devices.testing import Sample, check_driver, converse, run
from kapmonitor.errors import ConfigError
from kapmonitor.model import (
    Absent,
    AlertKind,
    CuffFailed,
    DeviceAlert,
    Fault,
    Measured,
    Observation,
    Validity,
)

START, STATUS, ABORT = Ask.START.value, Ask.STATUS.value, Ask.ABORT.value
PUBLISHED = text("S1;A0;C00;M00;P135345234;R087;T6890;;D9")
GOOD = bytes.fromhex("0253303B41303B4330303B4D30303B503132343037383039333B523037323B54303033323B3B3432030D")
LOOSE = bytes.fromhex("0253303B41303B4330303B4D30363B502D2D2D2D2D2D2D2D2D3B522D2D2D3B54303031383B3B4644030D")
CUFF_142, END = bytes.fromhex("0231343243305333030D"), bytes.fromhex("02393939030D")
NOTHING = status_text(0, False, Result(), 0)
BUSY = status_text(3, False, Result(), 0)
NEW = status_text(0, False, Result(0, (131, 80, 97), 66), 30)
NUMBERS_OF_GOOD = [("NIBP sys", 124), ("NIBP dia", 78), ("NIBP mean", 93), ("Pulse (cuff)", 72)]


def module(first=NOTHING, **options):
    line = CuffLine(make(options))
    line.talk({STATUS: first}, 1.0)
    line.events.clear()
    line.sent.clear()
    return line


def begin(line):
    line.start()
    line.talk({STATUS: NOTHING, START: CUFF_142}, 1.5)


# Bytes


def test_commands_have_the_published_bytes():
    sums = {
        1: "D7", 3: "D9", 18: "DF", 19: "E0", 20: "D8", 21: "D9", 22: "DA", 23: "DB", 24: "DC", 25: "DD",
        14: "DB", 17: "DE",
    }  # fmt: skip
    for number, check in sums.items():
        assert packets.command(number) == b"\x02%02d;;%b\x03\r" % (number, check.encode())
    assert START.hex() == "0230313b3b4437030d"
    assert STATUS.hex() == "0231383b3b4446030d"
    assert ABORT.hex() == "580d"
    assert (Ask.ADULT.value + Ask.FROM_160.value).hex() == "0232343b3b4443030d" + "0232323b3b4441030d"


def test_worked_texts():
    assert packets.cuff(CUFF_142[:-1]).measuring
    assert values(run(DRIVER, [CUFF_142])) == {"Cuff pressure": 142}
    found = packets.status(GOOD[:-1])
    assert (found.measuring, found.message, found.proved) == (False, 0, True)
    assert numbers(run(DRIVER, [END + GOOD])) == NUMBERS_OF_GOOD
    loose = packets.status(LOOSE[:-1])
    assert (loose.message, loose.proved, loose.has_numbers) == (6, True, False)


def test_the_published_status_counts_if_it_comes_twice_and_its_numbers_cannot_be():
    found = packets.status(PUBLISHED[:-1])
    assert (found.proved, found.message, found.has_numbers) == (False, 0, False)
    assert found.pressures.systolic == Absent(Validity.INVALID, 135.0)
    events = run(DRIVER, [END + PUBLISHED])
    assert faults(events) == [("checksum", 41)]
    assert values(events) == {}
    found = values(run(DRIVER, [END + PUBLISHED * 2]))
    assert found["NIBP dia"] == Absent(Validity.INVALID, 345.0)
    assert found["NIBP mean"] == Absent(Validity.INVALID, 234.0)
    assert found["Pulse (cuff)"] == 87


@pytest.mark.parametrize(
    ("result", "absent"),
    [
        (Result(), {"NIBP sys", "NIBP dia", "NIBP mean", "Pulse (cuff)"}),
        (Result(0, (124, 78, 93), None), {"Pulse (cuff)"}),
        (Result(0, (124, 78, 93), 19), {"Pulse (cuff)"}),
        (Result(0, (124, 78, 130), 70), {"NIBP mean"}),
        (Result(0, (300, 78, 93), 70), {"NIBP sys", "NIBP dia", "NIBP mean"}),
        (Result(0, (85, 78, 80), 70), {"NIBP sys", "NIBP dia", "NIBP mean"}),
    ],
)
def test_what_cannot_be_is_absent(result, absent):
    found = values(run(DRIVER, [END + status_text(0, False, result, 20)]))
    assert {label for label, value in found.items() if isinstance(value, Absent)} == absent


@pytest.mark.parametrize(
    ("code", "failure"),
    [
        (2, "module-fault"), (5, "unknown"), (6, "cuff-loose"), (7, "air-leak"), (8, "module-fault"),
        (9, "weak-signal"), (10, "out-of-range"), (11, "motion"), (12, "overpressure"), (13, "unknown"),
        (15, "module-fault"), (99, "unknown"),
    ],
)  # fmt: skip
def test_message_codes_are_failures_without_numbers(code, failure):
    events = run(DRIVER, [END + status_text(0, False, Result(code, (124, 78, 93), 72), 20)])
    assert [(e.failure.value, e.raw) for e in events if isinstance(e, CuffFailed)] == [(failure, code)]
    assert numbers(events) == []


@pytest.mark.parametrize("wrong", ["142C0S", "14xC0S3", "99", "9990", "S0;A0", GOOD[1:-3].decode() + "G"])
def test_texts_of_no_known_form_are_faults(wrong):
    assert [kind for kind, _ in faults(run(DRIVER, [text(wrong)]))] == ["content"]


def test_a_damaged_status_is_questionable_at_most_and_only_when_the_line_ends():
    for place in range(1, len(GOOD) - 2):
        bad = GOOD[:place] + bytes([GOOD[place] ^ 1]) + GOOD[place + 1 :]
        line = module()
        line.hear(END)
        line.hear(bad)
        assert line.live == []
        assert len(line.faults) == 1
        line.reopen()
        found = [e.reading for e in line.events if isinstance(e, Observation)]
        assert {r.validity for r in found if isinstance(r, Measured)} <= {Validity.QUESTIONABLE}


def test_a_result_whose_sum_does_not_fit_is_questionable_if_nothing_follows():
    odd = GOOD[:-4] + b"00\x03\r"
    events = run(DRIVER, [END + odd])
    assert numbers(events) == NUMBERS_OF_GOOD
    assert {e.reading.validity for e in events if isinstance(e, Observation)} == {Validity.QUESTIONABLE}
    assert faults(events) == [("checksum", 41)]
    assert numbers(run(DRIVER, [END + odd + LOOSE])) == []
    assert numbers(run(DRIVER, [odd])) == [], "nobody knows when it was measured"
    assert numbers(run(DRIVER, [odd + END])) == []


# Readings, told once


def test_the_result_found_on_connecting_is_stored_and_told_once():
    line = CuffLine(make({}))
    line.talk({STATUS: GOOD}, 8)
    assert line.stored == NUMBERS_OF_GOOD
    assert (line.live, line.failures, line.states) == ([], [], ["idle"])


def test_a_result_made_while_the_line_was_lost_is_stored():
    line = module(GOOD)
    line.reopen()
    line.talk({STATUS: GOOD}, 3)
    assert line.stored == []
    line.reopen()
    line.talk({STATUS: NEW}, 3)
    assert [value for _, value in line.stored] == [131, 80, 97, 66]
    assert line.live == []


def test_a_determination_is_one_set_of_numbers():
    line = module()
    begin(line)
    assert line.states == ["measuring"]
    for _ in range(20):
        line.hear(CUFF_142, 200 * MS)
    assert line.count(STATUS) == 0, "while it measures, nothing is asked"
    line.hear(END)
    line.talk({STATUS: GOOD}, 8)
    assert line.live == NUMBERS_OF_GOOD
    assert (
        len({e.t_ns for e in line.events if isinstance(e, Observation) and e.metric.label != "Cuff pressure"})
        == 1
    )
    assert line.states == ["measuring", "idle"]
    assert (line.count(START), line.failures) == (1, [])


def test_the_same_numbers_twice_are_two_readings():
    line = module()
    for _ in range(2):
        line.hear(CUFF_142)
        line.hear(END)
        line.talk({STATUS: GOOD}, 4)
    assert line.live == NUMBERS_OF_GOOD * 2


def test_a_failed_determination_is_told_once():
    line = module()
    begin(line)
    line.hear(END)
    line.talk({STATUS: LOOSE}, 6)
    assert line.failures == [("cuff-loose", 6)]
    assert line.live == []


def test_a_lost_end_is_noticed_by_the_silence():
    line = module()
    begin(line)
    line.talk({STATUS: GOOD}, 4.5)
    assert line.live == NUMBERS_OF_GOOD


def test_a_line_that_was_silent_while_it_measures_is_measuring_again():
    line = module()
    begin(line)
    line.wait(5)
    line.talk({STATUS: BUSY}, 1.5)
    line.hear(CUFF_142)
    assert line.states == ["measuring", "measuring"]
    assert line.failures == []


def test_a_status_with_a_wrong_sum_is_asked_for_again():
    line = module()
    begin(line)
    line.hear(END)
    damaged = GOOD.replace(b"124", b"134")
    line.talk({STATUS: damaged}, 0.1)
    line.talk({STATUS: GOOD}, 3)
    assert line.live == NUMBERS_OF_GOOD
    assert line.faults == [("checksum", 41)]


def test_a_module_with_sums_of_its_own_is_understood():
    own = GOOD[:-4] + b"D9\x03\r"
    line = module()
    begin(line)
    line.hear(END)
    line.talk({STATUS: own}, 3)
    assert line.live == NUMBERS_OF_GOOD


def test_an_unread_result_ends_in_an_abort():
    line = module()
    begin(line)
    line.hear(END)
    line.wait(6)
    assert line.failures == [("unknown", 0)]
    assert line.count(STATUS) >= 4
    assert line.count(ABORT) >= 1


def test_faults_of_the_module_itself_are_alerts():
    line = module()
    line.talk({STATUS: status_text(0, False, Result(15), 0)}, 4)
    line.talk({STATUS: NOTHING}, 4)
    alerts = [e for e in line.events if isinstance(e, DeviceAlert)]
    assert [(e.kind, e.present) for e in alerts] == [
        (AlertKind.DEVICE_FAULT, True),
        (AlertKind.DEVICE_FAULT, False),
    ]
    assert "15" in alerts[0].detail


# The dialogue


@pytest.mark.parametrize(
    ("options", "commands"),
    [
        ({}, [Ask.ADULT, Ask.FROM_140]),
        ({"inflate_mmhg": 180}, [Ask.ADULT, Ask.FROM_180]),
        ({"patient": "neonate", "inflate_mmhg": 100}, [Ask.NEONATE, Ask.FROM_100]),
    ],
)
def test_each_start_is_preceded_by_its_settings(options, commands):
    line = module(**options)
    begin(line)
    assert [data for _, data in line.sent] == [ask.value for ask in (*commands, Ask.START)]
    assert all(b - a >= 100 * MS for (a, _), (b, _) in itertools.pairwise(line.sent))


@pytest.mark.parametrize(
    "options",
    [
        {"patient": "cat"},
        {"patient": "neonate", "inflate_mmhg": 160},
        {"inflate_mmhg": 100},
        {"inflate_mmhg": 150},
        {"inflate_mmhg": "high"},
    ],
)
def test_wrong_options_are_named(options):
    with pytest.raises(ConfigError):
        make(options)


def test_the_modules_own_cycle_is_ended_only_on_request():
    assert CuffLine(make({})).sent[0][1] == STATUS
    assert CuffLine(make({"end_cycle": True})).sent[0][1] == Ask.END_CYCLE.value


def test_an_abort_goes_out_at_once_and_again_until_the_module_ends():
    line = module()
    begin(line)
    line.sent.clear()
    line.stop()
    assert line.sent == [(line.now, ABORT)], "no queue, no pause"
    line.talk({STATUS: BUSY}, 3)
    assert line.count(ABORT) >= 3
    assert "aborted" not in line.states
    line.hear(END)
    line.talk({STATUS: NOTHING}, 3)
    assert line.states == ["measuring", "aborted", "idle"]
    assert (line.failures, line.live) == ([], [])


def test_an_abort_at_rest_is_confirmed_by_the_status():
    line = module()
    line.stop()
    line.talk({STATUS: NOTHING}, 4)
    assert line.states == ["aborted", "idle"]


def test_an_abort_overtakes_a_start_that_was_not_sent_yet():
    line = module()
    line.start()
    line.stop()
    line.talk({ABORT: END, STATUS: NOTHING}, 4)
    assert line.count(START) == 0


def test_a_module_that_is_slow_to_tell_pressures_is_asked_and_found_measuring():
    line = module()
    line.start()
    line.talk({STATUS: BUSY}, 2)
    assert line.states == ["measuring"]
    assert (line.count(START), line.failures) == (1, [])


def test_a_start_that_brings_no_pressure_is_aborted_not_repeated():
    line = module()
    line.start()
    line.talk({STATUS: NOTHING, ABORT: END}, 14)
    assert line.count(START) == 1
    assert line.failures == [("timeout", 0)]
    assert line.states == ["aborted", "idle"]


def test_the_guard_aborts_a_determination():
    line = module()
    begin(line)
    began = line.now
    while not line.failures:
        line.hear(CUFF_142, 200 * MS)
        line.wait(0)
        assert line.now - began < 151 * S
    assert line.failures == [("timeout", 0)]
    assert line.sent[-1][1] == ABORT


def test_a_determination_of_the_modules_own_is_followed():
    line = module()
    line.hear(CUFF_142)
    line.hear(END)
    line.talk({STATUS: NEW}, 1)
    assert line.states == ["measuring", "idle"]
    assert line.live[0] == ("NIBP sys", 131)


def test_opening_again_starts_nothing():
    line = module()
    line.start()
    line.reopen()
    line.sent.clear()
    line.talk({STATUS: NOTHING}, 10)
    assert line.count(START) == 0


def test_silence_is_a_fault_and_has_news_at_its_end():
    line = module()
    line.wait(10)
    assert {kind for kind, _ in line.faults} == {"timeout"}
    line.talk({STATUS: NOTHING}, 3)
    assert line.states == ["idle"]


TestStorm = storm(
    Law(
        lambda: CuffLine(make({})),
        [PUBLISHED, GOOD, LOOSE, CUFF_142, END, NOTHING, BUSY, NEW, b"\x02", b"\r", b"\x0214", b"\x03\xff"],
        start=START,
        stop=ABORT,
        others=[STATUS, Ask.ADULT.value, Ask.FROM_140.value],
        numbers=[124, 78, 93, 72, 131, 80, 97, 66, 87, 142],
        gap_ms=100,
    )
)


# The kit, speed

TRAFFIC = b"".join(
    [PUBLISHED, *[CUFF_142] * 5, END, GOOD, GOOD, CUFF_142, END, LOOSE, END, PUBLISHED, PUBLISHED]
)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_conformance_with_traffic(seed):
    own_key = converse(DRIVER, ParNibp2020(Bedside(Patient(4, TRAITS)), own_key_s=90), 59.5)
    check_driver(DRIVER, [Sample("two determinations", TRAFFIC), own_key], seed)


@pytest.mark.parametrize("seed", range(3))
def test_a_megabyte_of_noise_is_no_reading(seed):
    assert all(isinstance(e, Fault) for e in run(DRIVER, [random.Random(seed).randbytes(1_000_000)]))


def test_every_byte_of_noise_is_counted():
    noise = bytes(b for b in random.Random(3).randbytes(20_000) if b != 0x0D)
    assert sum(size for _, size in faults(run(DRIVER, [noise]))) == len(noise)


# The simulator with the driver

TRAITS = Traits(systolic=120, diastolic=76, rises=(0, 0, 0), anxiety=0, dips=False)


@given(
    st.none() | st.tuples(*[st.integers(0, 999)] * 3), st.none() | st.integers(0, 999),
    st.integers(0, 9999), st.booleans(),
)  # fmt: skip
def test_every_result_comes_back_or_is_absent(said, pulse, used, neonate):
    found = values(run(DRIVER, [END + status_text(0, neonate, Result(0, said, pulse), used)]))
    systolic, diastolic, mean = said or (0, 0, 0)
    pair = 40 <= systolic <= 280 and 20 <= diastolic <= 220 and systolic - diastolic >= 10
    between = pair and 25 <= mean <= 240 and diastolic < mean < systolic
    raw = said or (None, None, None)
    for label, sent, good in zip(
        ("NIBP sys", "NIBP dia", "NIBP mean"), raw, (pair, pair, between), strict=True
    ):
        assert found[label] == sent if good else found[label].raw == sent
    assert found["Pulse (cuff)"] == pulse if 20 <= (pulse or 0) <= 300 else found["Pulse (cuff)"].raw == pulse
    if pulse is not None and pulse < 20:
        assert found["Pulse (cuff)"].validity is Validity.NOT_AVAILABLE


@given(st.integers(0, 999), st.integers(0, 9), st.integers(0, 9))
def test_every_cuff_pressure_comes_back_or_is_absent(mmhg, cuff, state):
    found = values(run(DRIVER, [text(f"{mmhg:03d}C{cuff}S{state}")]))["Cuff pressure"]
    assert found == mmhg if mmhg <= 350 else found.raw == mmhg


def test_the_simulator_takes_only_what_is_whole_and_aborts_at_once():
    sim = ParNibp2020(Bedside(Patient(4, TRAITS)))
    assert sim.advance(0).startswith(b"\x02S1;")
    for wrong in (b"\x0201;;D8\x03\r", b"01;;D7\x03\r", b"\x0201;;d7\x03\r", bytes(100)):
        sim.receive(wrong, 0)
    sim.receive(START, S)
    assert sim.advance(2 * S).startswith(b"\x02002C0S3\x03\r")
    sim.receive(b"X", 2 * S)
    assert sim.advance(2 * S) == END
    sim.receive(STATUS, 2 * S)
    assert b"P---------" in sim.advance(2 * S)
