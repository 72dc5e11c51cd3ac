"""GE / Datex-Ohmeda: the specification's frames, values and codes, cuff, alarms, waves, framing, requests."""

import pytest
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
    no_nibp,
    numbers,
    samples,
)
from hypothesis import given
from hypothesis import strategies as st

from devices.drivers.ge_dri import DRIVER, frames, requests
from devices.drivers.ge_dri.frames import FlagFrames
from devices.sim import ge_records as records
from devices.sim.ge_records import NO, Group, Shown
from devices.testing import run
from kapmonitor.errors import ConfigError
from kapmonitor.model import (
    NO_SAMPLE,
    AlertKind,
    CuffChanged,
    CuffFailed,
    CuffState,
    DeviceAlert,
    DeviceIdentified,
    Fault,
    FaultKind,
    Observation,
)

HR, SPO2, PULSE = "MDC_ECG_HEART_RATE", "MDC_PULS_OXIM_SAT_O2", "MDC_PULS_OXIM_PULS_RATE"
SYS, DIA, MEAN = (f"MDC_PRESS_BLD_NONINV_{which}" for which in ("SYS", "DIA", "MEAN"))
CUFF_PULSE, BREATHS, CO2_END = "MDC_PULS_RATE_NON_INV", "MDC_RESP_RATE", "MDC_CONC_AWAY_CO2_ET"
SKIN = "MDC_TEMP_SKIN"
BY_ECG, BY_PLETH = 1 << 3, 6 << 3
MEASURING, OLD = 0x20, 0x100


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


def test_the_line_is_set_as_the_monitor_wants_it():
    link = DRIVER.link
    assert (link.baud, link.bytesize, link.parity, link.stopbits, link.rtscts) == (19200, 8, "E", 1, True)
    assert not any(command.on_patient for command in DRIVER.commands)


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


def test_venous_saturation_is_not_taken_for_arterial():
    assert numbers(Bench().show(Shown(spo2=Group((7000, 72, NO, NO), 2)), 1)) == {}


@pytest.mark.parametrize(
    ("label", "ref"),
    [(1, "ART"), (8, "ART_ABP"), (2, "VEN_CENT"), (16, None), (9, None)],
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


# The cuff


def readings(events):
    return [
        (e.reading.value, e.device_time, e.stored)
        for e in events
        if isinstance(e, Observation) and e.metric.ref == SYS
    ]


def test_numbers_found_on_opening_are_stored_and_told_once():
    bench = Bench()
    events = bench.show(nibp(OLD), 1) + bench.clock(T0 - 600, 2)
    for t_s in range(6, 60, 5):
        events += bench.show(nibp(OLD), t_s) + bench.clock(T0 - 600, t_s + 1)
    assert readings(events) == [(124.0, "2023-11-14T22:03:20", True)]
    assert [e.state for e in events if isinstance(e, CuffChanged)] == [CuffState.IDLE]


def test_without_its_time_the_stored_reading_comes_with_the_next_values():
    bench = Bench()
    assert readings(bench.show(nibp(OLD), 1)) == []
    assert readings(bench.show(nibp(OLD), 6)) == [(124.0, None, True)]


def test_a_determination_told_by_the_label_alone():
    bench = Bench()
    bench.show(nibp(OLD), 1)
    bench.show(nibp(OLD | MEASURING), 6)
    assert readings(bench.show(nibp(OLD | MEASURING), 11)) == []
    told = bench.show(nibp(systolic=131), 16)
    assert readings(told) == [(131.0, "2023-11-14T22:13:36", False)]
    later = bench.show(nibp(systolic=131), 21) + bench.show(nibp(OLD, systolic=131), 80)
    assert readings(later) == []
    states = [e.state for e in bench.events if isinstance(e, CuffChanged)]
    assert states == [CuffState.IDLE, CuffState.MEASURING, CuffState.IDLE]


def test_a_determination_with_the_same_numbers_is_a_new_reading():
    bench = Bench()
    bench.show(nibp(OLD), 1)
    bench.show(nibp(OLD | MEASURING), 6)
    assert [value for value, _, _ in readings(bench.show(nibp(), 36))] == [124.0]


def test_numbers_that_turn_young_are_new_even_if_the_measuring_was_not_seen():
    bench = Bench()
    bench.show(nibp(OLD), 1)
    bench.show(nibp(OLD), 6)
    assert [value for value, _, _ in readings(bench.show(nibp(systolic=140), 60))] == [140.0]


@pytest.mark.parametrize("clock_first", [True, False])
def test_with_its_clock_a_determination_is_one_reading_however_the_two_come(clock_first):
    bench = Bench()
    bench.show(nibp(OLD), 1)
    bench.clock(T0 - 600, 2)
    bench.show(nibp(OLD | MEASURING), 6)
    bench.clock(T0 - 600, 30)
    events = []
    for t_s in (36, 41, 46, 51, 100):
        if clock_first:
            events += bench.clock(T0 + 35, t_s)
        events += bench.show(nibp(OLD if t_s == 100 else 0, systolic=131), t_s)
        if not clock_first:
            events += bench.clock(T0 + 35, t_s)
    assert readings(events) == [(131.0, "2023-11-14T22:13:55", False)]


def test_a_stopped_determination_does_not_bring_the_last_numbers_again():
    bench = Bench()
    bench.show(nibp(OLD), 1)
    bench.clock(T0 - 600, 2)
    bench.show(nibp(MEASURING), 6)
    events = []
    for t_s in (11, 16, 21):
        events += bench.show(nibp(), t_s) + bench.clock(T0 - 600, t_s + 1)
    assert readings(events) == []


def test_an_old_mark_does_not_hide_a_reading_whose_time_is_new():
    bench = Bench()
    bench.show(nibp(OLD), 1)
    bench.clock(T0 - 600, 2)
    bench.show(nibp(OLD | MEASURING), 6)
    events = bench.show(nibp(OLD, systolic=131), 80) + bench.clock(T0 + 78, 81)
    assert [value for value, _, _ in readings(events)] == [131.0]


def test_the_first_determination_of_a_monitor_that_was_just_switched_on_is_told_once():
    bench = Bench()
    bench.show(no_nibp(), 1)
    bench.clock(0, 2)
    bench.show(no_nibp(MEASURING), 6)
    events = (
        bench.show(nibp(), 36) + bench.clock(T0 + 35, 37) + bench.show(nibp(), 41) + bench.show(nibp(), 46)
    )
    assert [value for value, _, _ in readings(events)] == [124.0]


def test_when_its_clock_is_not_told_any_more_the_label_decides():
    bench = Bench()
    bench.show(nibp(OLD), 1)
    bench.clock(T0 - 600, 2)
    bench.show(nibp(OLD | MEASURING), 40)
    assert [value for value, _, _ in readings(bench.show(nibp(systolic=131), 70))] == [131.0]


def test_a_determination_without_numbers_has_failed():
    bench = Bench()
    bench.show(nibp(OLD), 1)
    bench.show(nibp(OLD | MEASURING), 6)
    events = bench.show(no_nibp(), 36) + bench.clock(T0 + 35, 37) + bench.show(no_nibp(), 41)
    assert [(e.raw, e.t_ns) for e in events if isinstance(e, CuffFailed)] == [(NO, 36 * S)]
    assert SYS not in numbers(events)


def test_numbers_that_cannot_be_a_pressure_are_not_shown():
    bench = Bench()
    bench.show(no_nibp(MEASURING), 1)
    found = numbers(bench.show(nibp(systolic=80, diastolic=120), 6))
    assert found[SYS] == ("Inv", 80.0)
    assert found[DIA] == ("Inv", 120.0)


def test_one_code_among_the_pressures_takes_the_pair_down_but_a_missing_mean_falls_alone():
    bench = Bench()
    bench.show(no_nibp(MEASURING), 1)
    found = numbers(bench.show(Shown(nibp=Group((12400, -32764, 9300, 71))), 6))
    assert (found[SYS], found[DIA], found[MEAN]) == (("Inv", 124.0), ("Uflw", -32764.0), ("Inv", 93.0))
    bench.show(no_nibp(MEASURING), 11)
    found = numbers(bench.show(Shown(nibp=Group((12400, 7800, -32766, 71))), 16))
    assert (found[SYS], found[DIA], found[MEAN]) == (124.0, 78.0, ("NA", -32766.0))


# Alarms


def alerts(events):
    return [(e.kind, e.present, e.detail) for e in events if isinstance(e, DeviceAlert)]


def test_alarm_texts_are_passed_on_and_withdrawn():
    bench = Bench()
    assert alerts(bench.alarms([("HF ÖVRE GRÄNS", 3), ("SpO2 sensor", 1)], 1, silence=6)) == [
        (AlertKind.DEVICE_ALARM, True, "HF ÖVRE GRÄNS (red)"),
        (AlertKind.DEVICE_MESSAGE, True, "SpO2 sensor"),
        (AlertKind.ALARM_SILENCED, True, "all for 5 min"),
    ]
    assert alerts(bench.alarms([("HF ÖVRE GRÄNS", 3), ("SpO2 sensor", 1)], 2, silence=6)) == []
    assert alerts(bench.alarms([("HF ÖVRE GRÄNS", 2)], 3)) == [
        (AlertKind.DEVICE_ALARM, False, "HF ÖVRE GRÄNS (red)"),
        (AlertKind.DEVICE_ALARM, True, "HF ÖVRE GRÄNS (yellow)"),
        (AlertKind.DEVICE_MESSAGE, False, "SpO2 sensor"),
        (AlertKind.ALARM_SILENCED, False, "all for 5 min"),
    ]
    assert alerts(bench.protocol.closed(4 * S)) == [(AlertKind.DEVICE_ALARM, False, "HF ÖVRE GRÄNS (yellow)")]


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
    assert alerts(bench.show(shown, 1)) == [
        (AlertKind.ARTEFACT, True, "ECG"),
        (AlertKind.DEVICE_ALARM, True, "asystole; apnoea"),
    ]
    assert [present for _, present, _ in alerts(bench.show(Shown(), 6))] == [False, False]


# Waves


def test_an_ecg_is_told_under_the_lead_it_shows():
    bench = Bench()
    assert bench.wave(1, [1, 2], 1) == []
    bench.show(Shown(ecg=Group((70, NO, NO, NO, 14), 0x0210, BY_ECG)), 2)
    assert samples(bench.wave(1, [100, -100], 3), "ECG II") == [100, -100]
    assert samples(bench.wave(2, [5], 3), "ECG I") == [5]
    bench.show(Shown(ecg=Group((70, NO, NO, NO, 14), 0x0710, BY_ECG)), 4)
    assert samples(bench.wave(1, [7], 5), "ECG V") == [7]


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
    assert alerts(off) == [(AlertKind.LEAD_OFF, True, "ECG II")]
    assert alerts(bench.wave(1, [5, 6], 3)) == [(AlertKind.LEAD_OFF, False, "ECG II")]


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
        (b"\x7e\x29\x00\x7d\x41" + bytes(40) + b"\x7e", FaultKind.CONTENT),
        (b"\x7e\x02\x00\x02\x7e", FaultKind.LENGTH),
        (b"abc\x7e", FaultKind.NOISE),
        (b"\x7e" + bytes(50), FaultKind.LENGTH),
    ],
)
def test_what_is_no_frame_is_a_fault(data, kind):
    assert [e.kind for e in run(DRIVER, [data])] == [kind]


def test_parts_outside_the_record_are_a_fault():
    for place in (9999, -1):
        record = bytearray(bytes.fromhex("2A00") + bytes(40))
        record[16:18] = place.to_bytes(2, "little", signed=True)
        record[18] = 1
        record[21] = 0xFF
        assert [e.kind for e in run(DRIVER, [records.frame(bytes(record))])] == [FaultKind.CONTENT]


# What is asked


def asked(protocol, until_s, answer=None, t_s=0.0):
    """Requests sent up to a time: (second, main type, body)."""
    out = []
    while protocol.deadline_ns is not None and protocol.deadline_ns <= until_s * S:
        sent, _ = records.take_requests(protocol.data_to_send())
        out += [(round(t_s, 2), r.main_type, r.body) for r in sent]
        t_s = protocol.deadline_ns / S
        protocol.on_deadline(protocol.deadline_ns)
    sent, _ = records.take_requests(protocol.data_to_send())
    return out + [(round(t_s, 2), r.main_type, r.body) for r in sent]


def test_only_values_are_asked_for_until_they_come_each_time_with_another_level():
    protocol = DRIVER.protocol({})
    protocol.opened(0)
    levels = []
    for _ in range(7):
        levels.append(protocol.data_to_send()[4])
        protocol.on_deadline(protocol.deadline_ns)
    assert levels == [0, 11, 10, 9, 8, 6, 0]
    fresh = DRIVER.protocol({})
    fresh.opened(0)
    assert {(kind, body[0]) for _, kind, body in asked(fresh, 100)} == {(0, 1)}


@pytest.mark.parametrize(
    ("level", "waves", "kinds"),
    [
        (8, "usual", [(0, b"\x04\x05\x00"), (1, b"\x00\x00\x00\x00\x01\x08\x0f\xff")]),
        (11, "pleth", [(0, b"\x04\x05\x00"), (1, b"\x00\x00\x00\x00\x08\xff"), (4, b"\x02\x00")]),
        (8, "none", [(0, b"\x04\x05\x00"), (1, b"\x01\x00\x00\x00\xff")]),
    ],
)
def test_once_values_come_the_rest_is_asked_for(level, waves, kinds):
    bench = Bench(waves=waves)
    bench.protocol.data_to_send()
    bench.show(nibp(), 1, level)
    sent = asked(bench.protocol, 2)
    assert [
        (kind, body[: len(expected)]) for (_, kind, body), (_, expected) in zip(sent, kinds, strict=True)
    ] == kinds


def test_silence_starts_the_asking_anew():
    bench = Bench()
    bench.show(nibp(), 1)
    asked(bench.protocol, 2)
    again = asked(bench.protocol, 16.1)
    assert (16.0, 0, 1) in [(t_s, kind, body[0]) for t_s, kind, body in again]
    bench.show(nibp(), 17)
    assert {kind for _, kind, _ in asked(bench.protocol, 18)} == {0, 1}


def test_waves_that_stop_are_asked_for_again_and_what_a_monitor_lacks_only_a_few_times():
    bench = Bench()
    sent = []
    for t_s in range(1, 200, 5):
        bench.show(nibp(), t_s, level=11)
        sent += asked(bench.protocol, t_s + 4.9)
    kinds = [kind or body[0] + 10 for _, kind, body in sent]
    assert kinds.count(1) > 10
    assert kinds.count(4) == 4
    assert kinds.count(14) == 4


def test_an_unknown_set_of_waves_is_refused():
    with pytest.raises(ConfigError, match="usual, pleth, all, none"):
        DRIVER.protocol({"waves": "both"})
