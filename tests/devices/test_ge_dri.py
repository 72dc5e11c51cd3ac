"""GE / Datex-Ohmeda: the specification's frames, values and codes, cuff, alarms, waves, framing, requests."""

import pytest
from driver_events import worded
from ge_bench import (
    BASIC_5_S,
    PLETH_BLOCK,
    REPLY,
    START_ECG1,
    START_VALUES,
    STOP_VALUES,
    STOP_WAVES,
    T0,
    TREND_60_S,
    Bench,
    S,
    nibp,
    numbers,
    samples,
)
from hypothesis import given
from hypothesis import strategies as st

from devices.drivers.ge_dri import DRIVER, alarms, frames, requests
from devices.drivers.ge_dri.frames import FlagFrames
from devices.sim import ge_records as records
from devices.sim.ge_records import NO, Group, Shown
from devices.testing import run
from kapmonitor.model import (
    NO_SAMPLE,
    AlertKind,
    CuffChanged,
    CuffState,
    DeviceIdentified,
    Fault,
    FaultKind,
    Observation,
    Validity,
)

HR, SPO2, PULSE = "MDC_ECG_HEART_RATE", "MDC_PULS_OXIM_SAT_O2", "MDC_PULS_OXIM_PULS_RATE"
SYS, DIA, MEAN = (f"MDC_PRESS_BLD_NONINV_{which}" for which in ("SYS", "DIA", "MEAN"))
CUFF_PULSE, BREATHS, CO2_END = "MDC_PULS_RATE_NON_INV", "MDC_RESP_RATE", "MDC_CONC_AWAY_CO2_ET"
SKIN = "MDC_TEMP_SKIN"
BY_ECG, BY_PLETH = 1 << 3, 6 << 3
MEASURING = 0x20


def hexed(text):
    return bytes.fromhex(text)


# Requests


@pytest.mark.parametrize(
    ("printed", "made"),
    [
        (START_VALUES, requests.values(1, 10, classes=0x0E)),
        (STOP_VALUES, requests.values(1, 0)),
        (TREND_60_S, requests.values(3, 60, classes=0x0E)),
        (BASIC_5_S, requests.values(requests.DISPLAYED, 5)),
        (START_ECG1, requests.waves((1,))),
        (STOP_WAVES, requests.waves(())),
    ],
    ids=["start", "stop", "trend", "basic", "start wave", "stop waves"],
)
def test_requests_are_those_the_specification_prints(printed, made):
    assert made == hexed(printed)


def test_a_request_heard_back_says_nothing():
    assert run(DRIVER, [hexed(START_VALUES), hexed(START_ECG1), requests.alarms()]) == []


# The frames of the note


def test_the_reply_gives_the_values_it_was_made_of():
    events = run(DRIVER, [hexed(REPLY)])
    assert numbers(events) == {
        HR: 72.0, SPO2: 97.0, PULSE: 72.0, SKIN: 33.4,
        BREATHS: ("Inv", -32767.0), SYS: 124.0, DIA: 78.0, MEAN: 93.0, CUFF_PULSE: 71.0,
    }  # fmt: skip
    cuff = [e for e in events if isinstance(e, Observation) and e.metric.ref == SYS]
    assert [e.stored for e in cuff] == [True]
    assert {e.device_time for e in events if isinstance(e, Observation) and not e.stored} == {
        "2023-11-14T22:13:20"
    }
    assert [e.firmware for e in events if isinstance(e, DeviceIdentified)] == ["interface level 8 (2003)"]
    assert not [e for e in events if isinstance(e, Fault)]


def test_the_pleth_block_gives_its_ten_samples():
    events = run(DRIVER, [hexed(PLETH_BLOCK)])
    assert samples(events, "Pleth") == [0, 12, 25, 37, 50, 62, 75, 87, 100, 112]
    pleth = next(m for m in DRIVER.metrics if m.label == "Pleth")
    assert (pleth.fs, pleth.resolution) == (100.0, 0.0001)


def test_the_sender_is_told_and_told_again_when_it_is_another_one():
    part = (1, records.displayed(Shown(spo2=Group((9700, 72, NO, NO))), T0))
    data = [
        records.record(0, [part], level, sender=sender) for level, sender in ((8, 7), (8, 7), (8, 9), (11, 9))
    ]
    told = [(e.serial, e.firmware) for e in run(DRIVER, data) if isinstance(e, DeviceIdentified)]
    assert told == [
        ("sender 7", "interface level 8 (2003)"),
        ("sender 9", "interface level 8 (2003)"),
        ("sender 9", "interface level 11 (2015)"),
    ]


# Values and codes


@pytest.mark.parametrize(
    ("word", "validity"),
    [
        (-32767, "Inv"),
        (-32766, "NA"),
        (-32764, "Uflw"),
        (-32763, "Oflw"),
        (-32762, "Calib"),
        (-32001, "Inv"),
        (-32768, "Inv"),
    ],
)
def test_codes_are_no_numbers(word, validity):
    shown = Shown(
        ecg=Group((word, word, word, word, word), 0x0210, BY_ECG),
        spo2=Group((word, word, word, word)),
        co2=Group((word, word, word, word)),
        temperatures={0: Group((word,), 7)},
        pressures={0: Group((word, word, word, word), 1)},
    )
    found = numbers(Bench().show(shown, 1))
    assert len(found) == 9
    assert set(found.values()) == {(validity, float(word))}


def test_a_heart_rate_from_the_pleth_is_no_heart_rate():
    bench = Bench()
    by_pleth = Shown(ecg=Group((71, NO, NO, NO, 14), 0x0210, BY_PLETH), ecg_hr=NO)
    assert numbers(bench.show(by_pleth, 1))[HR] == ("Inv", -32767.0)
    both = Shown(ecg=Group((71, NO, NO, NO, 14), 0x0210, BY_PLETH), ecg_hr=70)
    assert numbers(bench.show(both, 6))[HR] == 70.0


def test_breaths_come_from_the_gas_before_the_impedance():
    bench = Bench()
    ecg = Group((70, NO, NO, NO, 15), 0, BY_ECG)
    assert numbers(bench.show(Shown(ecg=ecg, co2=Group((510, 0, 12, 7600))), 1))[BREATHS] == 12.0
    assert numbers(bench.show(Shown(ecg=ecg, co2=Group((510, 0, NO, 7600))), 6))[BREATHS] == 15.0
    assert numbers(bench.show(Shown(ecg=ecg), 11))[BREATHS] == 15.0


def test_a_module_that_was_never_there_says_nothing_and_one_that_leaves_says_so():
    bench = Bench()
    assert numbers(bench.show(Shown(), 1)) == {}
    assert numbers(bench.show(Shown(spo2=Group((9700, 72, NO, NO))), 6)) == {SPO2: 97.0, PULSE: 72.0}
    assert numbers(bench.show(Shown(), 11)) == {SPO2: ("NA", None), PULSE: ("NA", None)}


def test_what_a_module_shows_while_it_does_not_measure_is_no_number():
    asleep = 0b10
    shown = Shown(
        ecg=Group((72, 100, NO, NO, 14), 0x0210, BY_ECG, asleep),
        spo2=Group((9700, 72, 150, NO), without=asleep),
        co2=Group((510, 20, 14, 7600), without=asleep),
        temperatures={0: Group((3660,), 15, without=asleep)},
        pressures={0: Group((12000, 8000, 9300, 70), 1, 0x08, asleep)},
        gases={0: Group((1600, 2100), without=asleep)},
    )
    found = numbers(Bench().show(shown, 1))
    assert len(found) == 11
    assert {validity for validity, _ in found.values()} == {"NA"}


@pytest.mark.parametrize("bit", [0x80, 0x100, 0x200], ids=["noise", "artefact", "learning"])
def test_a_heart_rate_the_monitor_is_not_sure_of_is_in_question(bit):
    shown = Shown(ecg=Group((72, NO, NO, NO, 14), 0x0210, BY_ECG | bit))
    validity = {
        e.metric.ref: e.reading.validity for e in Bench().show(shown, 1) if isinstance(e, Observation)
    }
    assert validity[HR] is Validity.QUESTIONABLE
    assert validity[BREATHS] is Validity.VALID


def test_st_levels_amplitude_and_gases():
    shown = Shown(
        ecg=Group((72, -120, 0, 250, 14), 0x0210, BY_ECG),
        spo2=Group((9700, 72, 345, NO)),
        co2=Group((510, 3, 14, 7600), 1),
        gases={0: Group((1650, 2100)), 1: Group((4900, 5000)), 2: Group((110, 130, 9))},
    )
    found = numbers(Bench().show(shown, 1))
    assert [found.pop(f"KAP_ECG_ST_{n}") for n in (1, 2, 3)] == [-1.2, 0.0, 2.5]
    assert {ref: value for ref, value in found.items() if "CONC" in ref or "AMPLITUDE" in ref} == {
        "KAP_PULS_OXIM_AMPLITUDE": 0.0345,
        CO2_END: 5.1,
        "MDC_CONC_AWAY_CO2_INSP": 0.03,
        "MDC_CONC_AWAY_O2_ET": 16.5,
        "MDC_CONC_AWAY_O2_INSP": 21.0,
        "MDC_CONC_AWAY_N2O_ET": 49.0,
        "MDC_CONC_AWAY_N2O_INSP": 50.0,
        "MDC_CONC_AWAY_AGENT_ET": 1.1,
        "MDC_CONC_AWAY_AGENT_INSP": 1.3,
    }


def test_numbers_that_come_along_are_missed_only_once_they_were_there():
    bench = Bench()
    ecg, spo2 = Group((72, NO, NO, NO, 14), 0x0210, BY_ECG), Group((9700, 72, NO, NO))
    assert set(numbers(bench.show(Shown(ecg=ecg, spo2=spo2), 1))) == {HR, BREATHS, SPO2, PULSE}
    bench.show(Shown(ecg=Group((72, 50, NO, NO, 14), 0x0210, BY_ECG), spo2=Group((9700, 72, 200, NO))), 6)
    later = numbers(bench.show(Shown(ecg=ecg, spo2=spo2), 11))
    assert later["KAP_ECG_ST_1"] == later["KAP_PULS_OXIM_AMPLITUDE"] == ("Inv", -32767.0)
    assert "KAP_ECG_ST_2" not in later


@pytest.mark.parametrize("bit", [0x08, 0x10], ids=["calibrating", "zeroing"])
def test_a_gas_module_that_calibrates_has_no_number(bit):
    found = numbers(Bench().show(Shown(co2=Group((510, 3, 14, 7600), 1, bit)), 1))
    assert found == {CO2_END: ("Calib", 5.1), BREATHS: ("Calib", 14.0)}
    with_ecg = Shown(ecg=Group((72, NO, NO, NO, 15), 0, BY_ECG), co2=Group((510, 3, 14, 7600), 1, bit))
    assert numbers(Bench().show(with_ecg, 1))[BREATHS] == 15.0


@pytest.mark.parametrize(
    ("status", "validity", "value"),
    [(0x08, "Vld", 120.0), (0, "Qst", 120.0), (0x04, "Calib", None), (0x0C, "Calib", None)],
)
def test_an_invasive_pressure_counts_from_its_zero(status, validity, value):
    shown = Shown(pressures={0: Group((12000, 8000, 9300, 70), 1, status)})
    first = next(e for e in Bench().show(shown, 1) if isinstance(e, Observation))
    assert (first.reading.validity.value, getattr(first.reading, "value", None)) == (validity, value)


def test_of_two_probes_at_one_site_the_one_with_a_number_counts():
    for words, value in (((NO, 3660), 36.6), ((3660, NO), 36.6), ((3660, 3700), 36.6), ((NO, NO), None)):
        shown = Shown(temperatures={n: Group((word,), 15) for n, word in enumerate(words)})
        found = numbers(Bench().show(shown, 1))
        assert found == {"MDC_TEMP_BODY": ("Inv", -32767.0) if value is None else value}


def test_a_count_below_nothing_is_no_count():
    assert numbers(Bench().show(Shown(ecg=Group((72, NO, NO, NO, -3), 0, BY_ECG)), 1))[BREATHS] == (
        "Inv",
        -3.0,
    )


def test_venous_saturation_is_not_taken_for_arterial():
    assert numbers(Bench().show(Shown(spo2=Group((7000, 72, NO, NO), 2)), 1)) == {}


@pytest.mark.parametrize(
    ("label", "ref"),
    [(1, "ART"), (8, "ART_ABP"), (2, "VEN_CENT"), (3, "ART_PULM"), (16, None), (9, None)],
)
def test_invasive_pressures_have_the_name_of_their_label(label, ref):
    shown = Shown(pressures={4: Group((12050, 8000, 9350, 70), label)})
    name = f"MDC_PRESS_BLD_{ref}" if ref else "MDC_PRESS_BLD"
    assert numbers(Bench().show(shown, 1)) == {
        f"{name}_SYS": 120.5,
        f"{name}_DIA": 80.0,
        f"{name}_MEAN": 93.5,
    }


def test_of_two_pressures_with_one_name_the_first_counts_and_an_intracranial_one_is_not_read():
    shown = Shown(
        pressures={0: Group((1200, 800, 900, NO), 7), 1: Group((1, 1, 1, 1), 1), 2: Group((2, 2, 2, 2), 1)}
    )
    found = numbers(Bench().show(shown, 1))
    assert set(found.values()) == {0.01}


@pytest.mark.parametrize(
    ("label", "ref"), [(1, "MDC_TEMP_BODY"), (7, SKIN), (15, "MDC_TEMP_BODY"), (11, "MDC_TEMP"), (9, None)]
)
def test_temperatures_by_site(label, ref):
    found = numbers(Bench().show(Shown(temperatures={2: Group((3660,), label)}), 1))
    assert found == ({ref: 36.6} if ref else {})


def test_other_classes_and_trends_are_not_taken_for_displayed_values():
    part = bytearray(records.displayed(Shown(spo2=Group((9700, 72, NO, NO))), T0))
    for kind, high in ((1, 1), (1, 2), (2, 0), (3, 0)):
        part[277] = high
        assert numbers(run(DRIVER, [records.record(0, [(kind, bytes(part))], 8)])) == {}


def test_a_record_may_carry_several_parts():
    basic = records.displayed(Shown(spo2=Group((9700, 72, NO, NO))), T0)
    other = bytearray(basic)
    other[277] = 1
    data = records.record(0, [(1, bytes(other)), (4, records.auxiliary(T0)), (1, basic)], 8)
    assert numbers(run(DRIVER, [data])) == {SPO2: 97.0, PULSE: 72.0}


# Alarms


def test_alarm_texts_are_passed_on_and_withdrawn():
    bench = Bench()
    assert worded(bench.alarms([("HF ÖVRE GRÄNS", 3), ("SpO2 sensor", 1)], 1, silence=6)) == [
        (AlertKind.DEVICE_ALARM, True, "HF ÖVRE GRÄNS (red)"),
        (AlertKind.DEVICE_MESSAGE, True, "SpO2 sensor"),
        (AlertKind.ALARM_SILENCED, True, "all for 5 min"),
    ]
    assert worded(bench.alarms([("HF ÖVRE GRÄNS", 3), ("SpO2 sensor", 1)], 2, silence=6)) == []
    assert worded(bench.alarms([("HF ÖVRE GRÄNS", 2)], 3)) == [
        (AlertKind.DEVICE_ALARM, False, "HF ÖVRE GRÄNS (red)"),
        (AlertKind.DEVICE_ALARM, True, "HF ÖVRE GRÄNS (yellow)"),
        (AlertKind.DEVICE_MESSAGE, False, "SpO2 sensor"),
        (AlertKind.ALARM_SILENCED, False, "all for 5 min"),
    ]
    assert worded(bench.protocol.closed(4 * S)) == [(AlertKind.DEVICE_ALARM, False, "HF ÖVRE GRÄNS (yellow)")]


@pytest.mark.parametrize("wide", [1, 2, 4])
def test_an_alarm_record_is_read_whatever_the_width_of_its_colours(wide):
    status = records.alarm_status([("HR HIGH", 3), ("LEADS OFF", 1)], 2, wide)
    events = run(DRIVER, [records.record(4, [(1, status)], 11)])
    assert worded(events)[:3] == [
        (AlertKind.DEVICE_ALARM, True, "HR HIGH (red)"),
        (AlertKind.DEVICE_MESSAGE, True, "LEADS OFF"),
        (AlertKind.ALARM_SILENCED, True, "asystole"),
    ]


@pytest.mark.parametrize("silence", range(1, 8))
def test_every_way_of_silencing_has_words(silence):
    assert [detail for _, _, detail in worded(Bench().alarms([], 1, silence))] == [alarms.SILENCES[silence]]


def test_what_the_gas_module_says_of_itself():
    bench = Bench()
    blocked = Shown(co2=Group((NO, NO, NO, NO), 1, 0x20 | 0x40 | 0x100))
    assert worded(bench.show(blocked, 1)) == [
        (AlertKind.DEVICE_MESSAGE, True, "CO2 line blocked; CO2 line leaks"),
        (AlertKind.ALARM_SILENCED, True, "apnoea alarm off"),
    ]
    both = worded(bench.alarms([("SpO2 sensor", 1)], 2, silence=2))
    assert both[-1] == (AlertKind.ALARM_SILENCED, True, "apnoea alarm off; asystole")
    assert [present for _, present, _ in worded(bench.show(Shown(), 6))] == [
        False,
        True,
        False,
        True,
    ]


def test_breathing_that_stopped_by_the_impedance_needs_no_gas_module():
    shown = Shown(co2=Group((NO, NO, NO, NO), 0, 0x80, without=0b11))
    assert worded(Bench().show(shown, 1)) == [(AlertKind.DEVICE_ALARM, True, "apnoea")]


def test_an_alarm_record_of_another_layout_is_no_alarm():
    status = bytearray(records.alarm_status([("LOW", 2)]))
    for place, value in ((8, 99), (92, 7)):
        changed = bytes(status[:place]) + bytes([value]) + bytes(status[place + 1 :])
        events = run(DRIVER, [records.record(4, [(1, changed)], 11)])
        assert [type(e) for e in events] == [Fault]
    assert [e.kind for e in run(DRIVER, [records.record(4, [(1, bytes(400))], 11)])] == [FaultKind.CONTENT]


def test_status_bits_are_alarms_and_artefacts():
    bench = Bench()
    ecg = Group((NO, NO, NO, NO, NO), 0x0210, BY_ECG | 0x04 | 0x80)
    shown = Shown(ecg=ecg, co2=Group((0, 0, 0, 7600), 1, 0x04))
    assert worded(bench.show(shown, 1)) == [
        (AlertKind.ARTEFACT, True, "ECG"),
        (AlertKind.DEVICE_ALARM, True, "asystole; apnoea"),
    ]
    assert [present for _, present, _ in worded(bench.show(Shown(), 6))] == [False, False]


# Waves


def test_an_ecg_is_told_under_the_lead_it_shows():
    bench = Bench()
    assert samples(bench.wave(1, [1, 2], 1), "ECG") == [1, 2]
    assert bench.wave(2, [1, 2], 1) == []
    bench.show(Shown(ecg=Group((70, NO, NO, NO, 14), 0x0210, BY_ECG)), 2)
    assert samples(bench.wave(1, [100, -100], 3), "ECG II") == [100, -100]
    assert samples(bench.wave(2, [5], 3), "ECG I") == [5]
    bench.show(Shown(ecg=Group((70, NO, NO, NO, 14), 0x0710, BY_ECG)), 4)
    assert samples(bench.wave(1, [7], 5), "ECG V") == [7]


def test_a_channel_that_is_off_does_not_stand_in_the_way_of_one_that_shows_its_lead():
    bench = Bench()
    bench.show(Shown(ecg=Group((70, NO, NO, NO, 14), 0x0220, BY_ECG)), 1)
    assert samples(bench.wave(1, [1], 2), "ECG II") == [1]
    assert bench.wave(2, [2], 2) == []
    bench.show(Shown(ecg=Group((70, NO, NO, NO, 14), 0x0220, BY_ECG | 0x0800)), 3)
    assert samples(bench.wave(2, [3], 4), "ECG II") == [3]


def test_a_pressure_wave_has_the_name_of_its_channel():
    bench = Bench()
    bench.show(Shown(pressures={1: Group((12000, 8000, 9300, 70), 1)}), 1)
    assert samples(bench.wave(5, [8000, 9000], 2), "ART") == [8000, 9000]
    assert bench.wave(4, [1], 2) == []


def test_codes_gaps_and_leads_off_are_breaks():
    bench = Bench()
    assert samples(bench.wave(8, [1, -32000, -32767, 2], 1, status=1), "Pleth") == [
        1,
        NO_SAMPLE,
        NO_SAMPLE,
        2,
    ]
    assert samples(bench.wave(8, [3], 2, status=1), "Pleth") == [NO_SAMPLE, 3]
    assert samples(bench.wave(8, [4], 3, status=4), "Pleth") == [4]
    assert samples(bench.wave(8, [5], 4, status=8), "Pleth") == [NO_SAMPLE]


def test_a_lead_that_is_off_is_told():
    bench = Bench()
    bench.show(Shown(ecg=Group((70, NO, NO, NO, 14), 0x0210, BY_ECG)), 1)
    off = bench.wave(1, [5, 6], 2, status=8)
    assert samples(off, "ECG II") == [NO_SAMPLE, NO_SAMPLE]
    assert worded(off) == [(AlertKind.LEAD_OFF, True, "ECG II")]
    assert worded(bench.wave(1, [5, 6], 3)) == [(AlertKind.LEAD_OFF, False, "ECG II")]


def test_a_record_that_was_lost_leaves_a_break():
    bench = Bench()
    block = records.record(1, [(8, records.wave([1, 2]))], 8)
    bench.send(block, 1)
    spoiled = bytes([*block[:45], block[45] ^ 1, *block[46:]])
    assert [e.kind for e in bench.send(spoiled + b"\x7e", 2)] == []
    assert samples(bench.send(block, 3), "Pleth") == [NO_SAMPLE, 1, 2]
    assert samples(bench.send(block, 4), "Pleth") == [1, 2]
    assert [e.kind for e in bench.events if isinstance(e, Fault)] == [FaultKind.CHECKSUM]


@pytest.mark.parametrize("body", [b"", b"\x05\x00\x00\x00\x00\x00\x01\x00", b"\xff\xff\x00\x00\x00\x00"])
def test_a_wave_block_of_the_wrong_length_is_a_fault(body):
    data = records.record(1, [(8, body)], 8)
    assert [e.kind for e in run(DRIVER, [data])] == [FaultKind.CONTENT]


# Framing


@given(st.lists(st.binary(min_size=0, max_size=300), min_size=1, max_size=5), st.data())
def test_any_record_comes_back_as_it_was_however_it_is_cut(bodies, data):
    plain = [(41 + len(b)).to_bytes(2, "little") + bytes(38) + b"\x7e" + b for b in bodies]
    made = b"".join(records.frame(record) for record in plain)
    assert made == b"".join(frames.frame(record) for record in plain)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(made)), max_size=6)))
    found = FlagFrames()
    out = []
    for a, b in zip([0, *cuts], [*cuts, len(made)], strict=True):
        out += found.feed(made[a:b], b)
    assert out == plain


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\x7e" + bytes(40) + b"\x01\x7e", FaultKind.CHECKSUM),
        (b"\x7e" + bytes(40) + b"\x00\x7e", FaultKind.LENGTH),
        (b"\x7e\x29\x00\x7d\x61" + bytes(40) + b"\x7e", FaultKind.CONTENT),
        (b"\x7e\x02\x00\x02\x7e", FaultKind.LENGTH),
        (b"abc\x7e", FaultKind.NOISE),
        (b"\x7e" + bytes(50), FaultKind.LENGTH),
    ],
)
def test_what_is_no_frame_is_a_fault(data, kind):
    assert [e.kind for e in run(DRIVER, [data])] == [kind]


@given(st.data())
def test_a_byte_may_be_escaped_without_need_if_that_takes_its_bit_5(data):
    plain = (60).to_bytes(2, "little") + bytes(38) + data.draw(st.binary(min_size=20, max_size=20))
    sealed = plain + bytes([sum(plain) % 256])
    spared = [n for n, byte in enumerate(sealed) if byte & 0x20]
    chosen = set(data.draw(st.lists(st.sampled_from(spared), max_size=5))) if spared else set()
    chosen |= {n for n, byte in enumerate(sealed) if byte in (0x7D, 0x7E)}
    body = b"".join(bytes([0x7D, b & ~0x20]) if n in chosen else bytes([b]) for n, b in enumerate(sealed))
    assert FlagFrames().feed(b"\x7e" + body + b"\x7e", 0) == [plain]


@pytest.mark.parametrize(("size", "good"), [(1490, True), (1491, False)])
def test_no_record_is_longer_than_the_specification_allows(size, good):
    plain = size.to_bytes(2, "little") + bytes(size - 2)
    found = FlagFrames().feed(records.frame(plain), 0)
    assert (found == [plain]) is good
    assert good or {fault.kind for fault in found} <= {FaultKind.LENGTH}


def test_a_record_with_one_part_too_short_says_nothing_at_all():
    bench = Bench()
    values = (1, records.displayed(nibp(MEASURING), T0))
    broken = records.record(0, [values, (4, records.auxiliary(T0)[:113])], 8)
    assert [e.kind for e in bench.send(broken, 1)] == [FaultKind.CONTENT]
    events = bench.send(records.record(0, [values], 8), 2)
    assert [e.state for e in events if isinstance(e, CuffChanged)] == [CuffState.MEASURING]
    assert [e.kind for e in bench.send(records.record(0, [(1, values[1][:277])], 8), 3)] == [
        FaultKind.CONTENT
    ]


def test_parts_outside_the_record_are_a_fault():
    for place in (9999, -1):
        record = bytearray(bytes.fromhex("2A00") + bytes(40))
        record[16:18] = place.to_bytes(2, "little", signed=True)
        record[18] = 1
        record[21] = 0xFF
        assert [e.kind for e in run(DRIVER, [records.frame(bytes(record))])] == [FaultKind.CONTENT]
