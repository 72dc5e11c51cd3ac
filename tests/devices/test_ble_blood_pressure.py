"""The cuff driver against published payloads, bursts from a cuff's memory, and any bytes."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.blood_pressure_frame import decode, decode_enhanced, decode_enhanced_cuff
from devices.burst import HOLD_S
from devices.drivers.ble_blood_pressure import DRIVER
from devices.drivers.ble_blood_pressure.protocol import (
    ENHANCED,
    ENHANCED_INTERMEDIATE,
    FEATURE,
    INTERMEDIATE,
    MEASUREMENT,
    BloodPressureCuff,
)
from devices.gatt import BATTERY_LEVEL, FIRMWARE
from devices.protocol import GattAction, GattProtocol, Timed
from devices.sim.ble import frames
from kapmonitor import mdc
from kapmonitor.model import (
    Absent,
    AlertKind,
    CuffChanged,
    CuffFailed,
    CuffState,
    DeviceAlert,
    Fault,
    FaultKind,
    Measured,
    NibpFailure,
    Observation,
    Validity,
)

NAN = Absent(Validity.NOT_AVAILABLE, 0x7FF)
QUIET_NS = int(HOLD_S * 1e9)
SECOND = 1_000_000_000


def m(*values, validity=Validity.VALID):
    return tuple(Measured(float(value), validity) for value in values)


# payload, systolic/diastolic/mean, device time, pulse, user, status
PAYLOADS = [
    ("167d0050006600e10701100c27364000 0000", m(125, 80, 102), "2017-01-16T12:39:54", *m(64), None, 0),
    ("1686004d006400e10701100d00183d000000", m(134, 77, 100), "2017-01-16T13:00:24", *m(61), None, 0),
    ("16ff07ff07ff07e107010e162c04ff070000", (NAN, NAN, NAN), "2017-01-14T22:44:04", NAN, None, 0),
    ("00780050005d00", m(120, 80, 93), None, None, None, None),
    ("1e870055006600ea07030e091a35480001 0400", m(135, 85, 102), "2026-03-14T09:26:53", *m(72), 1, 4),
    ("05b0f06bf082f04000", m(132, 80, 98), None, *m(64), None, None),
    (
        "1e8e005b00ff07000000000000005800ff2b00",
        (*m(142, 91, validity=Validity.QUESTIONABLE), NAN),
        None,
        *m(88),
        None,
        0x2B,
    ),
    ("1076004c005a001000", m(118, 76, 90), None, None, None, 0x10),
]
FIRST, SECOND_READING, FAILED = (bytes.fromhex(PAYLOADS[i][0]) for i in range(3))
OFF_SPEC = bytes.fromhex("fe2027007500 55005f00e4070918 1009 3a69 0001".replace(" ", ""))


def cuff(**options):
    protocol = BloodPressureCuff(options)
    protocol.opened(0)
    return protocol


def observed(events, term):
    return [(e.reading, e.stored) for e in events if isinstance(e, Observation) and e.metric.term is term]


def of(events, kind):
    return [e for e in events if isinstance(e, kind)]


def all_of(protocol, payloads, t_ns=0, step_ns=50_000_000):
    """A burst of indications, then a hang-up."""
    events = []
    for payload in payloads:
        events += protocol.receive(MEASUREMENT, payload, t_ns)
        t_ns += step_ns
    return events + protocol.closed(t_ns)


def reading(minutes, systolic=120, **more):
    when = datetime(2026, 3, 14, 9, 0, 0) + timedelta(minutes=minutes)  # noqa: DTZ001
    return frames.blood_pressure((systolic, 80, 93), when=when, **more)


@pytest.mark.parametrize(("payload", "pressures", "when", "pulse", "user", "status"), PAYLOADS)
def test_published_payloads(payload, pressures, when, pulse, user, status):
    frame = decode(bytes.fromhex(payload), 3)
    assert frame is not None
    assert (frame.t_ns, frame.pressures, frame.device_time) == (3, pressures, when)
    assert (frame.pulse, frame.user, frame.status) == (pulse, user, status)


def test_published_payloads_of_version_1_1():
    whole = decode_enhanced(bytes.fromhex("7e80005200 61005de6473142000200006df44731".replace(" ", "")), 0)
    assert whole is not None
    assert whole.pressures == m(128, 82, 97)
    assert (whole.device_time, whole.pulse, whole.user, whole.status) == (
        "2026-03-14T10:26:53",
        *m(66),
        2,
        0,
    )
    since_1900 = decode_enhanced(bytes.fromhex("02800052006 1005da85fed".replace(" ", "")), 0)
    assert since_1900 is not None
    assert since_1900.device_time == "2026-03-14T09:26:53"
    one = decode_enhanced_cuff(bytes.fromhex("40a300"), 0)
    assert one is not None
    assert one.pressures == m(163)


def test_one_live_reading():
    events = all_of(cuff(), [FIRST], t_ns=5)
    assert observed(events, mdc.NIBP_SYS) == [(Measured(125.0), False)]
    assert observed(events, mdc.NIBP_DIA) == [(Measured(80.0), False)]
    assert observed(events, mdc.NIBP_MEAN) == [(Measured(102.0), False)]
    assert observed(events, mdc.NIBP_PULSE) == [(Measured(64.0), False)]
    assert len(events) == 4
    assert {(e.t_ns, e.device_time) for e in events} == {(5, "2017-01-16T12:39:54")}


@pytest.mark.parametrize(
    ("word", "validity"),
    [
        (b"\xff\x07", Validity.NOT_AVAILABLE),
        (b"\x00\x08", Validity.INVALID),
        (b"\xfe\x07", Validity.OVERFLOW),
        (b"\x02\x08", Validity.UNDERFLOW),
        (b"\x01\x08", Validity.INVALID),
    ],
)
def test_a_missing_mean_says_why(word, validity):
    raw = float(int.from_bytes(word, "little"))
    events = all_of(cuff(), [b"\x00\x78\x00\x50\x00" + word])
    assert observed(events, mdc.NIBP_MEAN) == [(Absent(validity, raw), False)]
    assert observed(events, mdc.NIBP_SYS) == [(Measured(120.0), False)]
    assert of(events, CuffFailed) == []


def test_a_failed_determination():
    events = all_of(cuff(), [FAILED], t_ns=4)
    assert observed(events, mdc.NIBP_SYS) == [(NAN, False)]
    assert observed(events, mdc.NIBP_PULSE) == [(NAN, False)]
    assert of(events, CuffFailed) == [CuffFailed(NibpFailure.UNKNOWN, 0, 4)]


@pytest.mark.parametrize(
    ("status", "failure"),
    [(1, NibpFailure.MOTION), (2, NibpFailure.CUFF_LOOSE), (4, NibpFailure.UNKNOWN)],
)
def test_a_failure_that_the_status_explains(status, failure):
    events = all_of(cuff(), [frames.blood_pressure((None, None, None), status=status)])
    assert of(events, CuffFailed) == [CuffFailed(failure, status, 0)]


def test_a_failure_out_of_range():
    events = all_of(cuff(), [bytes.fromhex("00fe07fe07fe07")])
    assert of(events, CuffFailed) == [CuffFailed(NibpFailure.OUT_OF_RANGE, 0, 0)]


@pytest.mark.parametrize("pressures", [(80, 120, 93), (80, 80, 80)])
def test_a_systolic_not_above_the_diastolic_is_no_reading(pressures):
    events = all_of(cuff(), [frames.blood_pressure(pressures)])
    assert observed(events, mdc.NIBP_SYS) == [(Absent(Validity.INVALID, pressures[0]), False)]
    assert len(of(events, CuffFailed)) == 1


@pytest.mark.parametrize("systolic", [0, -5, 351, 2045])
def test_a_pressure_no_cuff_can_measure_is_no_value(systolic):
    events = all_of(cuff(), [frames.blood_pressure((systolic, 80, 93))])
    assert observed(events, mdc.NIBP_SYS) == [(Absent(Validity.INVALID, systolic), False)]


def test_kilopascals_arrive_as_whole_mmhg():
    events = all_of(cuff(), [bytes.fromhex("05b0f06bf082f04000")])
    assert [observed(events, term)[0][0].value for term in (mdc.NIBP_SYS, mdc.NIBP_DIA)] == [132.0, 80.0]


def test_status_raises_and_withdraws_alerts():
    protocol = cuff()
    first = all_of(protocol, [bytes.fromhex("1e8e005b00ff07000000000000005800ff2b00")], t_ns=1)
    assert of(first, DeviceAlert) == [
        DeviceAlert(AlertKind.MOVEMENT, True, 1),
        DeviceAlert(AlertKind.CUFF_LOOSE, True, 1),
        DeviceAlert(AlertKind.PULSE_OUT_OF_RANGE, True, 1, "above"),
        DeviceAlert(AlertKind.POSITION, True, 1),
    ]
    second = all_of(protocol, [bytes.fromhex("1076004c005a001000")], t_ns=SECOND)
    assert of(second, DeviceAlert) == [
        DeviceAlert(AlertKind.MOVEMENT, False, SECOND),
        DeviceAlert(AlertKind.CUFF_LOOSE, False, SECOND),
        DeviceAlert(AlertKind.PULSE_OUT_OF_RANGE, True, SECOND, "below"),
        DeviceAlert(AlertKind.POSITION, False, SECOND),
    ]


@pytest.mark.parametrize(
    "payload",
    [b"", b"\x00", FIRST[:-1], FIRST + b"\0", OFF_SPEC, bytes(6), bytes(8), b"\x1f" * 20],
)
def test_a_wrong_length_is_a_fault_with_its_bytes(payload):
    events = all_of(cuff(), [payload], t_ns=8)
    assert events == [Fault(FaultKind.LENGTH, 8, len(payload), payload.hex())]


def test_a_check_sum_of_version_1_1_is_not_taken_for_a_value():
    protocol = cuff(enhanced=True)
    assert [type(e) for e in protocol.receive(ENHANCED, bytes.fromhex("00800052006100abcd"), 1)] == [Fault]


def test_stored_readings_come_first_and_are_told_from_the_live_one():
    events = all_of(cuff(), [reading(-120, 110), reading(-60, 115), reading(0, 120)])
    assert observed(events, mdc.NIBP_SYS) == [
        (Measured(110.0), True),
        (Measured(115.0), True),
        (Measured(120.0), False),
    ]


def test_newest_first_is_understood_too():
    events = all_of(cuff(), [reading(0, 120), reading(-60, 115), reading(-120, 110)])
    assert {r.value: stored for r, stored in observed(events, mdc.NIBP_SYS)} == {
        120.0: False,
        115.0: True,
        110.0: True,
    }


def test_inflations_within_a_minute_are_all_live():
    events = all_of(cuff(), [reading(0, 118), reading(0.8, 120), reading(1.6, 122)])
    assert [stored for _, stored in observed(events, mdc.NIBP_SYS)] == [False, False, False]


def test_a_reading_waits_for_the_next_no_longer_than_it_says():
    protocol = cuff()
    assert protocol.receive(MEASUREMENT, reading(0), 5) == []
    assert protocol.deadline_ns == 5 + QUIET_NS
    assert protocol.on_deadline(4 + QUIET_NS) == []
    events = protocol.on_deadline(5 + QUIET_NS)
    assert observed(events, mdc.NIBP_SYS) == [(Measured(120.0), False)]
    assert {e.t_ns for e in events} == {5}
    assert protocol.deadline_ns is None
    assert protocol.closed(9 * SECOND) == []


def test_a_reading_that_nobody_asked_for_in_time_comes_before_the_next():
    protocol = cuff()
    protocol.receive(MEASUREMENT, reading(0, 118), 0)
    late = protocol.receive(MEASUREMENT, reading(10, 122), 600 * SECOND)
    assert observed(late, mdc.NIBP_SYS) == [(Measured(118.0), False)]


def test_a_reading_without_time_is_live_at_once():
    events = cuff().receive(MEASUREMENT, bytes.fromhex("00780050005d00"), 1)
    assert observed(events, mdc.NIBP_SYS) == [(Measured(120.0), False)]


def test_a_repeated_reading_is_dropped_also_after_a_reconnection():
    protocol = cuff()
    first = all_of(protocol, [FIRST, FIRST, SECOND_READING])
    assert [r.value for r, _ in observed(first, mdc.NIBP_SYS)] == [125.0, 134.0]
    protocol.opened(5 * SECOND)
    again = all_of(protocol, [FIRST, SECOND_READING, reading(0)], t_ns=5 * SECOND)
    assert observed(again, mdc.NIBP_SYS) == [(Measured(120.0), False)]


def test_an_old_reading_behind_a_repeated_newer_one_is_stored():
    protocol = cuff()
    all_of(protocol, [reading(0)])
    protocol.opened(SECOND)
    again = all_of(protocol, [reading(0), reading(-60, 111)], t_ns=SECOND)
    assert observed(again, mdc.NIBP_SYS) == [(Measured(111.0), True)]


def test_equal_values_at_another_time_are_another_reading():
    events = all_of(cuff(), [reading(0), reading(5)])
    assert len(observed(events, mdc.NIBP_SYS)) == 2


def test_a_stored_reading_raises_no_alert_and_no_failure():
    events = all_of(
        cuff(),
        [
            reading(-60, None, status=0x25),
            frames.blood_pressure((None, None, None), when=datetime(2026, 3, 14, 8, 30), status=1),  # noqa: DTZ001
            reading(0, status=0),
        ],
    )
    assert of(events, DeviceAlert) == []
    assert of(events, CuffFailed) == []
    assert [stored for _, stored in observed(events, mdc.NIBP_SYS)] == [True, True, False]


def test_an_inflating_cuff_shows_its_pressure():
    protocol = cuff()
    events = protocol.receive(INTERMEDIATE, bytes.fromhex("009b00ff07ff07"), 1)
    events += protocol.receive(INTERMEDIATE, bytes.fromhex("049400ff07ff074600"), 2)
    events += protocol.receive(INTERMEDIATE, frames.cuff_pressure(0), 3)
    events += protocol.receive(INTERMEDIATE, bytes.fromhex("01b0f0ff07ff07"), 4)
    events += protocol.receive(MEASUREMENT, bytes.fromhex("00780050005d00"), 5)
    assert of(events, CuffChanged) == [
        CuffChanged(CuffState.MEASURING, 1),
        CuffChanged(CuffState.IDLE, 5),
    ]
    assert [reading for reading, _ in observed(events, mdc.CUFF_PRESSURE)] == list(
        m(155, 148, 0, 132, validity=Validity.ONGOING)
    )
    assert observed(events, mdc.NIBP_PULSE) == []


def test_an_inflation_cut_short_by_the_link_ends_with_it():
    protocol = cuff()
    protocol.receive(INTERMEDIATE, frames.cuff_pressure(90), 1)
    assert protocol.closed(2) == [CuffChanged(CuffState.IDLE, 2)]


def test_readings_of_another_user_are_set_aside():
    mine, other = reading(0, user=1), reading(5, 150, user=2)
    events = all_of(cuff(user=1), [mine, other, reading(10, 118)])
    assert [r.value for r, _ in observed(events, mdc.NIBP_SYS)] == [120.0, 118.0]
    assert of(events, Fault) == [Fault(FaultKind.CONTENT, 50_000_000, len(other), other.hex())]
    assert len(observed(all_of(cuff(), [mine, other]), mdc.NIBP_SYS)) == 2


def test_version_1_1_takes_the_place_of_the_others():
    assert BloodPressureCuff({}).opened(0)[0].uuid == MEASUREMENT
    steps = BloodPressureCuff({"enhanced": True}).opened(0)
    assert steps[0].uuid == ENHANCED
    assert {MEASUREMENT, INTERMEDIATE}.isdisjoint(step.uuid for step in steps)
    events = cuff(enhanced=True).receive(ENHANCED, bytes.fromhex("40800052006100"), 1)
    assert observed(events, mdc.NIBP_SYS) == [(Measured(128.0), False)]


def test_the_measurement_is_subscribed_first_and_nothing_else_is_needed():
    steps = BloodPressureCuff({}).opened(0)
    assert (steps[0].action, steps[0].optional) == (GattAction.SUBSCRIBE, False)
    assert all(step.optional for step in steps[1:])
    assert isinstance(BloodPressureCuff({}), GattProtocol)
    assert isinstance(BloodPressureCuff({}), Timed)


uuids = st.sampled_from(
    [MEASUREMENT, INTERMEDIATE, FEATURE, ENHANCED, ENHANCED_INTERMEDIATE, BATTERY_LEVEL, FIRMWARE, "", "x"]
)
payloads = st.binary(max_size=24) | st.sampled_from([bytes.fromhex(p[0]) for p in PAYLOADS])


@given(st.lists(st.tuples(uuids, payloads, st.integers(0, 3 * SECOND)), max_size=30))
def test_any_bytes_under_any_name_make_events_and_no_impossible_pressure(messages):
    protocol = cuff()
    t_ns, events = 0, []
    for uuid, data, pause_ns in messages:
        t_ns += pause_ns
        events += protocol.receive(uuid, data, t_ns)
    events += protocol.closed(t_ns)
    declared = {metric.ref for metric in DRIVER.metrics}
    for event in of(events, Observation):
        assert event.metric.ref in declared
        if event.metric.term in (mdc.NIBP_SYS, mdc.NIBP_DIA, mdc.NIBP_MEAN, mdc.CUFF_PRESSURE):
            assert isinstance(event.reading, Absent) or 0 <= event.reading.value <= 350
    assert protocol.deadline_ns is None


@given(st.lists(st.integers(0, 500), min_size=1, max_size=20, unique=True))
def test_whatever_the_order_only_readings_near_the_newest_are_live(minutes):
    """Those sent before a newer one was known cannot be told, except the last one held back."""
    events = all_of(cuff(), [reading(minute, 100 + minute % 50) for minute in minutes])
    told = observed(events, mdc.NIBP_SYS)
    assert len(told) == len(minutes)
    live = [e.device_time for e in of(events, Observation) if not e.stored]
    newest = max(e.device_time for e in of(events, Observation))
    assert newest in live
