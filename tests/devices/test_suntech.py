"""SunTech packets and table: frames of a public unit test, and frames constructed from the packet table."""

import random

import pytest
from suntech_bench import (
    CUFF,
    DIA,
    GOOD,
    MEAN,
    NOTHING,
    PULSE,
    SYS,
    A,
    K,
    O,
    cuff,
    failed,
    sealed,
    values,
)

from devices.drivers.suntech import DRIVER, packets
from devices.testing import run
from kapmonitor.model import (
    Absent,
    CuffChanged,
    CuffFailed,
    CuffState,
    Fault,
    FaultKind,
    NibpFailure,
    Observation,
    Validity,
)

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


def test_a_result_that_arrives_twice_is_one_and_equal_determinations_are_two():
    events = run(DRIVER, [O, cuff(80), K, GOOD, GOOD, cuff(0), O, cuff(80), K, GOOD])
    assert len([e for e in events if isinstance(e, Observation) and e.metric.ref == SYS]) == 2
    events = run(DRIVER, [O, cuff(80), K, failed(87), failed(87)])
    assert [e.raw for e in events if isinstance(e, CuffFailed)] == [87]


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
