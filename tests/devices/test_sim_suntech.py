"""The simulated cuff module, against frames written by hand, and with the real driver."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wire_parts import KeepingSink

from devices.drivers.suntech import DRIVER
from devices.drivers.suntech.protocol import make
from devices.sim.fastforward import FastForward, Joined
from devices.sim.patient import Patient, Traits
from devices.sim.scenario import Bedside
from devices.sim.suntech import SunTech, bp_packet, sealed
from devices.testing import run
from kapmonitor.model import CuffFailed, DeviceIdentified, Measured, Observation

S = 1_000_000_000
START, ABORT, PRESSURE, RESULT = "3A20A6", "3A7901004C", "3A79050048", "3A7903004A"
OK, STARTED, BUSY, ABORTED, UNKNOWN, DISTURBED, ASLEEP = (
    sealed(b"\x3e\x04" + c).hex() for c in (b"K", b"O", b"B", b"A", b"N", b"D", b"S")
)
TRAITS = Traits(systolic=120, diastolic=76, rises=(0, 0, 0), anxiety=0, dips=False)


def module(*incidents):
    return SunTech(Bedside(Patient(4, TRAITS), incidents))


def ask(sim, command, t_s=0.0):
    sim.receive(bytes.fromhex(command), int(t_s * S))
    return sim.advance(int(t_s * S)).hex()


def test_public_test_vectors_are_what_the_encoder_writes():
    assert sealed(bytes.fromhex("3E050201")).hex() == "3e050201ba"
    assert OK == "3e044b73"
    assert STARTED == "3e044f6f"
    expected = "3e188a00560016010000000000000000" + "4e006700000000fe"
    assert bp_packet(138, 86, 103, 78, 22, 1, 0).hex() == expected
    assert bp_packet(0, 0, 0, 0, 0, 0, 87).hex() == "3e18" + "00" * 18 + "57000053"


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("3A8100000001" + "44", OK),
        ("3A810000000045", OK),
        ("3A8153544F50FF", ASLEEP),
        ("3A17A0000F", OK),
        ("3A00C6", OK),
        ("3A0C000101B8", OK),
        ("3A0400C2", OK),
        ("3A8A3C", OK),
        ("3A79020348", "3e06000000bc"),
        ("3A7910033A", "3e050000bd"),
        ("3A7911003C", "3e050000bd"),
        (PRESSURE, "3e050000bd"),
        (RESULT, bp_packet(0, 0, 0, 0, 0, 0, 0).hex()),
        (ABORT, ABORTED + OK),
        ("3A20A7", DISTURBED),
        ("3A55", UNKNOWN),
        (START, STARTED),
        ("00FF" + START, STARTED),
    ],
)
def test_every_command_of_the_note_is_answered(command, answer):
    assert ask(module(), command) == answer


def test_the_module_says_who_it_is():
    answer = bytes.fromhex(ask(module(), "3A7902400B"))
    assert len(answer) == 0x43
    assert answer[:2] == b"\x3e\x43"
    assert answer[2:4] == b"LX"
    assert sum(answer) & 0xFF == 0
    other = SunTech(Bedside(Patient(4, TRAITS)), serial="SN0816")
    assert bytes.fromhex(ask(other, "3A7902400B"))[34:50] == b"SN0816          "


def test_a_determination_pumps_up_bleeds_down_and_ends_with_done():
    sim = module()
    assert ask(sim, START) == STARTED
    pressures, t_s, ended = [], 0.0, None
    while ended is None and t_s < 90:
        t_s += 0.5
        answer = ask(sim, PRESSURE, t_s)
        if answer.startswith(OK):
            ended = t_s
        else:
            pressures.append(int.from_bytes(bytes.fromhex(answer)[2:4], "little"))
    assert 20 <= ended <= 50
    assert max(pressures) == pytest.approx(160, abs=4)
    assert pressures.index(max(pressures)) == pytest.approx(160 / 12 * 2, abs=2)
    result = bytes.fromhex(ask(sim, RESULT, t_s))
    systolic, diastolic = int.from_bytes(result[2:4], "little"), int.from_bytes(result[4:6], "little")
    assert abs(systolic - 120) < 12
    assert abs(diastolic - 76) < 12
    assert result[7] == 1
    assert result[20] == 0
    assert sum(result) & 0xFF == 0


def test_a_high_pressure_makes_it_pump_again():
    sim = SunTech(Bedside(Patient(4, Traits(systolic=190, diastolic=100, rises=(0, 0, 0), anxiety=0))))
    ask(sim, START)
    top = max(int.from_bytes(bytes.fromhex(ask(sim, PRESSURE, t / 2))[2:4], "little") for t in range(1, 60))
    assert top > 200
    sim.advance(90 * S)
    assert 175 < int.from_bytes(bytes.fromhex(ask(sim, RESULT, 91))[2:4], "little") < 210


def test_while_it_measures_it_is_busy_but_can_be_aborted():
    sim = module()
    ask(sim, START)
    assert ask(sim, START, 3) == BUSY
    assert ask(sim, "3A17A0000F", 3) == BUSY
    assert ask(sim, ABORT, 4) == ABORTED + OK
    assert ask(sim, PRESSURE, 4.1) == "3e050000bd"
    assert bytes.fromhex(ask(sim, RESULT, 4.2))[20] == 86
    assert ask(sim, START, 10) == STARTED


def test_half_a_command_is_forgotten():
    sim = module()
    assert ask(sim, START[:2], 0) == ""
    assert ask(sim, START, 2) == STARTED


@given(st.lists(st.binary(max_size=12), max_size=20))
def test_any_bytes_are_survived_and_answers_always_add_up(chunks):
    sim = module()
    for number, chunk in enumerate(chunks):
        sim.receive(chunk, number * S)
        out = sim.advance(number * S)
        while out:
            packet, out = out[: out[1]], out[out[1] :]
            assert packet[0] == 0x3E
            assert sum(packet) & 0xFF == 0


def drive(sim, cuffs_s, until_s):
    sink = KeepingSink()
    FastForward([Joined("cuff", sim, make({}))], sink, 0).run(
        0, until_s * S, lambda t: None, [(t * S, "cuff") for t in cuffs_s]
    )
    return sink


def test_the_real_driver_learns_the_serial_number():
    told = [
        (e.model, e.serial)
        for sim in (module(), SunTech(Bedside(Patient(4, TRAITS)), serial="SN0816"))
        for e in drive(sim, [], 5).events
        if isinstance(e, DeviceIdentified)
    ]
    assert told == [("Advantage LX", "SIM0000000000001"), ("Advantage LX", "SN0816")]


WORDS = st.integers(0, 65535)


def told(packet):
    """Label to number, or to the raw word of an Absent; and the failures."""
    events = run(DRIVER, [packet])
    readings = {
        e.metric.label: e.reading.value if isinstance(e.reading, Measured) else (e.reading.raw,)
        for e in events
        if isinstance(e, Observation)
    }
    return readings, [(e.failure, e.raw) for e in events if isinstance(e, CuffFailed)]


@given(WORDS, WORDS, WORDS, st.integers(0, 255), st.integers(0, 255), st.sampled_from([0, 1, 1, 1]))
def test_every_bp_data_packet_comes_back_or_is_absent(systolic, diastolic, mean, pulse, beats, status):
    readings, failures = told(bp_packet(systolic, diastolic, mean, pulse, beats, status, 0))
    pair = 40 <= systolic <= 280 and 20 <= diastolic <= 220 and systolic - diastolic >= 10 and status == 1
    between = pair and 25 <= mean <= 240 and diastolic < mean < systolic
    assert readings == {
        "NIBP sys": systolic if pair else (systolic,),
        "NIBP dia": diastolic if pair else (diastolic,),
        "NIBP mean": mean if between else (mean,),
        "Pulse (cuff)": pulse if pulse >= 20 and status == 1 else (pulse,),
    }
    assert failures == []


@given(st.integers(40, 280), st.integers(10, 200), st.integers(20, 255))
def test_every_plausible_result_comes_back(systolic, width, pulse):
    diastolic = max(20, min(systolic - width, 220))
    mean = min(diastolic + max(1, (systolic - diastolic) // 3), 240)
    readings, _ = told(bp_packet(systolic, diastolic, mean, pulse, 20, 1, 0))
    assert list(readings.values()) == [systolic, diastolic, (mean,) if mean < 25 else mean, pulse]


@given(st.integers(-32768, 32767))
def test_every_cuff_pressure_comes_back_or_is_absent(mmhg):
    readings, _ = told(sealed(b"\x3e\x05" + mmhg.to_bytes(2, "little", signed=True)))
    assert readings == {"Cuff pressure": mmhg if -20 <= mmhg <= 350 and mmhg != -1 else (mmhg,)}


@pytest.mark.parametrize("code", [1, 2, 3, 4, 85, 86, 87, 88, 89, 90, 91, 97, 99])
def test_every_error_code_is_a_failure_without_numbers(code):
    readings, failures = told(bp_packet(120, 80, 93, 70, 20, 1, code))
    assert readings == {}
    assert [raw for _, raw in failures] == [code]
