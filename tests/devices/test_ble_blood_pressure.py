"""The cuff driver against published payloads, bursts from a cuff's memory, and any bytes."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices import racp
from devices.blood_pressure_frame import decode, decode_enhanced, decode_enhanced_cuff, has_check_sum
from devices.burst import HOLD_S
from devices.drivers.ble_blood_pressure import DRIVER
from devices.drivers.ble_blood_pressure.omron import COMPANY, OBJECTION
from devices.drivers.ble_blood_pressure.protocol import (
    ENHANCED,
    ENHANCED_INTERMEDIATE,
    FEATURE,
    INTERMEDIATE,
    MEASUREMENT,
    RECORD,
    BloodPressureCuff,
)
from devices.drivers.ble_blood_pressure.records import Record, Records
from devices.gatt import BATTERY_LEVEL, FIRMWARE
from devices.gatt_clock import CURRENT_TIME, DATE_TIME
from devices.ieee11073 import date_time_of
from devices.protocol import GattAction, GattProtocol, GattSender, Timed, WireProtocol
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
    assert isinstance(BloodPressureCuff({}), GattSender)
    assert not isinstance(BloodPressureCuff({}), WireProtocol)


# The cuff's clock


def test_the_clock_is_asked_set_and_asked_again_once_the_measurement_is_subscribed():
    steps = BloodPressureCuff({}).opened(0)
    when = datetime(2026, 3, 14, 9, 26, 53, 500_000)  # noqa: DTZ001
    about = [(s.action.value, s.uuid[4:8]) for s in steps if s.uuid in {DATE_TIME, CURRENT_TIME}]
    assert about == [
        ("subscribe", "2a2b"),
        *((action, uuid) for uuid in ("2a08", "2a2b") for action in ("read", "write", "read")),
    ]
    written = {step.uuid: step.clock(when).hex() for step in steps if step.clock}
    assert written == {DATE_TIME: "ea07030e091a35", CURRENT_TIME: "ea07030e091a35068001"}


def test_the_clock_may_be_left_alone():
    steps = BloodPressureCuff({"set_clock": False}).opened(0)
    assert [s.uuid for s in steps if s.action is GattAction.READ][:2] == [DATE_TIME, CURRENT_TIME]
    assert not [step for step in steps if step.action is GattAction.WRITE]


def test_an_old_reading_that_was_never_fetched_is_no_new_one():
    protocol = cuff()
    events = protocol.receive(DATE_TIME, date_time_of(datetime(2026, 3, 14, 12, 0, 0)), 0)  # noqa: DTZ001
    events += all_of(protocol, [reading(-60, 188, status=4)], t_ns=SECOND)
    assert observed(events, mdc.NIBP_SYS) == [(Measured(188.0), True)]
    assert of(events, DeviceAlert) == []


def test_a_fresh_reading_is_new_though_the_clock_is_years_off():
    protocol = cuff()
    protocol.receive(CURRENT_TIME, bytes.fromhex("e1070110 0c2800 01 00 00".replace(" ", "")), 0)
    events = all_of(protocol, [FIRST], t_ns=SECOND)
    assert observed(events, mdc.NIBP_SYS) == [(Measured(125.0), False)]


# Version 1.1: check sums and records


@pytest.mark.parametrize("packet", ["ea07031c0a1f2a80ff0873", "0ec3f900f40b000074e00a00e0f1"])
def test_the_check_sum_is_that_of_published_packets_of_another_device(packet):
    assert has_check_sum(bytes.fromhex(packet))
    assert not has_check_sum(bytes.fromhex("01" + packet[2:]))


WITH_SUM = bytes.fromhex("00800052006100")


def summed(data):
    import binascii

    return data + binascii.crc_hqx(data, 0xFFFF).to_bytes(2, "little")


@pytest.mark.parametrize("features", [None, b"\x5f\x00"])
def test_a_right_check_sum_is_taken_off(features):
    protocol = cuff()
    if features:
        assert protocol.receive(FEATURE, features, 0) == []
    events = protocol.receive(ENHANCED, summed(WITH_SUM), 1)
    assert observed(events, mdc.NIBP_SYS) == [(Measured(128.0), False)]
    events = protocol.receive(ENHANCED_INTERMEDIATE, summed(bytes.fromhex("40a300")), 2)
    assert [r.value for r, _ in observed(events, mdc.CUFF_PRESSURE)] == [163.0]


@pytest.mark.parametrize(
    ("uuid", "payload"),
    [
        (ENHANCED, WITH_SUM),
        (ENHANCED_INTERMEDIATE, b"\x40\xa3\x00"),
        (RECORD, b"\x03\x07\x00\x35\x2a" + WITH_SUM),
    ],
)
def test_a_check_sum_that_is_promised_must_be_right(uuid, payload):
    protocol = cuff()
    protocol.receive(FEATURE, b"\x40\x00", 0)
    for data in (payload, payload + b"\xab\xcd"):
        assert protocol.receive(uuid, data, 1) == [Fault(FaultKind.CHECKSUM, 1, len(data), data.hex())]
    assert observed(protocol.receive(MEASUREMENT, WITH_SUM, 2), mdc.NIBP_SYS) == [(Measured(128.0), False)]


def test_a_check_sum_that_is_not_promised_is_none():
    protocol = cuff()
    protocol.receive(FEATURE, b"\x1f\x00", 0)
    assert [e.kind for e in protocol.receive(ENHANCED, summed(WITH_SUM), 1)] == [FaultKind.LENGTH]


@pytest.mark.parametrize("data", [b"", b"\x1f"])
def test_features_that_are_none(data):
    assert cuff().receive(FEATURE, data, 1) == [Fault(FaultKind.LENGTH, 1, len(data), data.hex())]


def record(data, segment=3, number=7, uuid=0x2A35):
    return bytes([segment]) + number.to_bytes(2, "little") + uuid.to_bytes(2, "little") + data


def test_a_record_is_a_stored_reading_of_either_version():
    protocol = cuff()
    assert observed(protocol.receive(RECORD, bytes.fromhex("030700352a00780050005d00"), 1), mdc.NIBP_SYS) == [
        (Measured(120.0), True)
    ]
    enhanced = record(bytes.fromhex("028000520061005da85fed"), uuid=0x2B34)
    events = protocol.receive(RECORD, summed(enhanced), 2)
    assert [(e.stored, e.device_time) for e in of(events, Observation)] == [(True, "2026-03-14T09:26:53")] * 3
    assert protocol.receive(RECORD, enhanced, 3) == []
    assert observed(all_of(protocol, [], t_ns=4), mdc.NIBP_SYS) == []


def test_a_record_in_pieces():
    protocol = cuff()
    assert protocol.receive(RECORD, record(FIRST[:10], segment=0b101_01), 1) == []
    assert protocol.receive(RECORD, record(FIRST[10:15], segment=0b110_00), 2) == []
    events = protocol.receive(RECORD, record(FIRST[15:], segment=0b111_10), 3)
    assert observed(events, mdc.NIBP_SYS) == [(Measured(125.0), True)]


@pytest.mark.parametrize(
    ("segment", "number", "uuid"),
    [(0b010_10, 7, 0x2A35), (0b001_10, 8, 0x2A35), (0b001_10, 7, 0x2B34), (0b000_10, 7, 0x2A35)],
)
def test_pieces_that_do_not_fit_make_no_reading(segment, number, uuid):
    protocol = cuff()
    protocol.receive(RECORD, record(FIRST[:10], segment=0b000_01), 1)
    wrong = record(FIRST[10:], segment=segment, number=number, uuid=uuid)
    assert protocol.receive(RECORD, wrong, 2) == [Fault(FaultKind.CONTENT, 2, len(wrong), wrong.hex())]


@pytest.mark.parametrize(
    "data", [b"", b"\x03\x07\x00", record(b""), record(FIRST, uuid=0x2A36), record(b"\0")]
)
def test_a_record_of_nothing_known_is_a_fault(data):
    assert [e.kind for e in cuff().receive(RECORD, data, 1)] == [FaultKind.CONTENT]


def test_a_record_without_end_is_given_up():
    records = Records()
    for counter in range(64):
        taken = records.take(bytes([counter << 2 | (counter == 0)]) + bytes.fromhex("0700352a") + bytes(20))
        if taken is None:
            break
    assert counter < 40
    assert records.take(record(b"\x01")) == Record(7, 0x2A35, b"\x01")


def test_kept_readings_are_fetched_only_when_wanted():
    assert cuff().steps_to_take(1) == ()
    protocol = BloodPressureCuff({"stored": True})
    subscribed = [step.uuid for step in protocol.opened(0) if step.action is GattAction.SUBSCRIBE]
    assert {RECORD, racp.CONTROL_POINT} <= set(subscribed)
    assert [step.data for step in protocol.steps_to_take(1)] == [racp.COUNT]
    assert protocol.receive(racp.CONTROL_POINT, bytes.fromhex("05000100"), 2) == []
    assert [step.data for step in protocol.steps_to_take(2)] == [racp.REPORT]
    assert [step.data for step in protocol.last_steps()] == [racp.ABORT]
    events = protocol.receive(RECORD, record(bytes.fromhex("00780050005d00")), 3)
    assert observed(events, mdc.NIBP_SYS) == [(Measured(120.0), True)]
    assert protocol.receive(racp.CONTROL_POINT, bytes.fromhex("06000101"), 4) == []
    assert protocol.deadline_ns is None


def test_records_that_do_not_come_are_a_fault_and_hold_nothing_up():
    protocol = BloodPressureCuff({"stored": True})
    protocol.opened(0)
    protocol.steps_to_take(0)
    late_ns = protocol.deadline_ns
    assert protocol.on_deadline(late_ns) == [Fault(FaultKind.TIMEOUT, late_ns, 0)]
    assert observed(protocol.receive(MEASUREMENT, WITH_SUM, late_ns), mdc.NIBP_SYS) == [
        (Measured(128.0), False)
    ]


# Omron


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ({COMPANY: bytes.fromhex("0109b80064000000")}, OBJECTION),
        ({COMPANY: bytes.fromhex("0101d00264110011")}, OBJECTION),
        ({COMPANY: bytes.fromhex("0121d00264110011")}, ""),
        ({COMPANY: b"\x01"}, ""),
        ({COMPANY: b""}, ""),
        ({0x006B: b"\x01\x00"}, ""),
        ({}, ""),
    ],
)
def test_cuffs_behind_omrons_own_memory_service_are_told_apart(said, word):
    assert DRIVER.link.objection(said) == word


uuids = st.sampled_from(
    [
        MEASUREMENT,
        INTERMEDIATE,
        FEATURE,
        ENHANCED,
        ENHANCED_INTERMEDIATE,
        RECORD,
        DATE_TIME,
        CURRENT_TIME,
        racp.CONTROL_POINT,
        BATTERY_LEVEL,
        FIRMWARE,
        "",
        "x",
    ]
)
payloads = (
    st.binary(max_size=24)
    | st.sampled_from([bytes.fromhex(p[0]) for p in PAYLOADS])
    | st.sampled_from([summed(WITH_SUM), record(FIRST), record(FIRST[:9], 1), record(FIRST[9:], 6)])
)


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


pressures = st.none() | st.integers(40, 280)


@given(
    pressures,
    pressures,
    pressures,
    st.none() | st.integers(20, 250),
    st.none() | st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1)),  # noqa: DTZ001
    st.none() | st.integers(0, 255),
    st.none() | st.integers(0, 63),
)
def test_what_the_emulated_cuff_sends_is_what_the_driver_hears(sys, dia, mean, pulse, when, user, status):
    when = when and when.replace(microsecond=0)
    sent = (sys, dia, mean)
    payload = frames.blood_pressure(sent, when=when, pulse=pulse, user=user, status=status)
    events = all_of(cuff(), [payload])
    told = [observed(events, term)[0][0] for term in (mdc.NIBP_SYS, mdc.NIBP_DIA, mdc.NIBP_MEAN)]
    values = [r.value if isinstance(r, Measured) else None if r == NAN else r.raw for r in told]
    assert values == list(sent)
    crossed = sys is not None and dia is not None and sys <= dia
    doubtful = (status or 0) & 0x23
    for reading in told:
        if reading != NAN and crossed:
            assert reading.validity is Validity.INVALID
        elif reading != NAN:
            assert reading.validity is (Validity.QUESTIONABLE if doubtful else Validity.VALID)
    assert [r.value for r, _ in observed(events, mdc.NIBP_PULSE)] == ([] if pulse is None else [pulse])
    assert {e.device_time for e in of(events, Observation)} == {when and when.isoformat()}
    failed = all(isinstance(reading, Absent) for reading in told)
    assert len(of(events, CuffFailed)) == failed


@given(st.integers(0, 350))
def test_the_pressure_of_the_emulated_cuff_is_what_the_driver_hears(mmhg):
    events = cuff().receive(INTERMEDIATE, frames.cuff_pressure(mmhg), 1)
    assert [r for r, _ in observed(events, mdc.CUFF_PRESSURE)] == [Measured(float(mmhg), Validity.ONGOING)]
