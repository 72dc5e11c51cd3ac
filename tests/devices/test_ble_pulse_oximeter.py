"""The Pulse Oximeter Service driver: published payloads, status words, its record access, any bytes."""

import itertools
from datetime import datetime, timedelta

import pytest
from ble_parts import in_room
from driver_events import readings, worded
from hypothesis import given
from hypothesis import strategies as st

from devices import racp
from devices.burst import HOLD_S
from devices.drivers.ble_pulse_oximeter import DRIVER
from devices.drivers.ble_pulse_oximeter.payloads import Features, Pair, continuous, features, spot_check
from devices.drivers.ble_pulse_oximeter.protocol import CONTINUOUS, FEATURES, SPOT_CHECK, PulseOximeter
from devices.gatt import BATTERY_LEVEL
from devices.gatt_clock import CURRENT_TIME, DATE_TIME
from devices.ieee11073 import date_time_of
from devices.protocol import GattAction, GattProtocol, GattSender, Streaming, Timed, WireProtocol
from devices.racp import CONTROL_POINT, LIMIT_S, Answer, State, StoredRecords
from devices.sim.ble import frames
from devices.sim.ble import oximeter as model
from devices.testing import GattSample, check_driver
from kapmonitor import mdc
from kapmonitor.model import (
    Absent,
    AlertKind,
    Direction,
    Fault,
    FaultKind,
    Measured,
    Observation,
    Validity,
    WireChunk,
)

S = 1_000_000_000
NAN = Absent(Validity.NOT_AVAILABLE, 0x7FF)


def pair(spo2, pulse):
    return Pair(Measured(float(spo2)), Measured(float(pulse)))


# payload, normal, fast, slow, status, sensor, amplitude
CONTINUOUS_PAYLOADS = [
    ("0064005a00", pair(100, 90), None, None, None, None, None),
    ("1c5f005a0020000000 0057f0", pair(95, 90), None, None, 0x0020, 0, 8.7),
    (
        "1fdef3caf3caf35af5d4f3b2f220010000007ae3",
        pair(99.0, 97.0),
        pair(97.0, 137.0),
        pair(98.0, 69.0),
        0x0120,
        0,
        8.90,
    ),
    ("0061004400", pair(97, 68), None, None, None, None, None),
    (
        "1f610044006000450062004300200030000029f0",
        pair(97, 68),
        pair(96, 69),
        pair(98, 67),
        0x0020,
        0x30,
        4.1,
    ),
    ("0cff07ff0720200008 00", Pair(NAN, NAN), None, None, 0x2020, 0x800, None),
]
# payload, normal, device time, status, sensor, amplitude
SPOT_PAYLOADS = [
    (
        "0facf3bef5e8070b1d1708392040220000 66e3",
        pair(94.0, 147.0),
        "2024-11-29T23:08:57",
        0x4020,
        0x22,
        8.70,
    ),
    ("0f60004700ea07030e091a358001200000ebe0", pair(96, 71), "2026-03-14T09:26:53", 0x0180, 0x20, 2.35),
    ("1160004700e8070b1d170839", pair(96, 71), None, None, None, None),
]


def oximeter(**options):
    protocol = PulseOximeter(options)
    protocol.opened(0)
    return protocol


@pytest.mark.parametrize(
    ("payload", "normal", "fast", "slow", "status", "sensor", "amplitude"), CONTINUOUS_PAYLOADS
)
def test_published_continuous_payloads(payload, normal, fast, slow, status, sensor, amplitude):
    heard = continuous(bytes.fromhex(payload))
    assert (heard.normal, heard.fast, heard.slow) == (normal, fast, slow)
    assert (heard.status, heard.sensor) == (status, sensor)
    assert heard.amplitude == (None if amplitude is None else Measured(amplitude))


@pytest.mark.parametrize(("payload", "normal", "when", "status", "sensor", "amplitude"), SPOT_PAYLOADS)
def test_published_spot_checks(payload, normal, when, status, sensor, amplitude):
    heard = spot_check(bytes.fromhex(payload))
    assert (heard.normal, heard.device_time, heard.status, heard.sensor) == (normal, when, status, sensor)
    assert heard.amplitude == (None if amplitude is None else Measured(amplitude))


def test_published_features():
    assert features(bytes.fromhex("a3004010800100")) == Features(0xA3, 0x1040, 0x180)
    assert features(bytes.fromhex("4f00a001300800")) == Features(0x4F, 0x01A0, 0x0830)
    assert features(b"\x10\x00") == Features(0x10)
    assert features(b"\x01\x00") is None


def test_a_continuous_value_is_measured():
    events = oximeter().receive(CONTINUOUS, bytes.fromhex("1c5f005a00200000000057f0"), 7)
    assert readings(events, mdc.SPO2) == [Measured(95.0)]
    assert readings(events, mdc.PULSE_RATE) == [Measured(90.0)]
    assert readings(events, mdc.PERFUSION_INDEX) == [Measured(8.7)]
    assert len(events) == 3
    assert all(e.t_ns == 7 and not e.stored for e in events)


def test_a_finger_out_is_no_value_and_an_alert():
    protocol = oximeter()
    off = protocol.receive(CONTINUOUS, bytes.fromhex("0cff07ff072020000800"), 1)
    assert readings(off, mdc.SPO2) == [NAN]
    assert worded(off) == [(AlertKind.SENSOR_OFF, True, "")]
    on = protocol.receive(CONTINUOUS, bytes.fromhex("0c6100440020 00000000"), 2)
    assert worded(on) == [(AlertKind.SENSOR_OFF, False, "")]


@pytest.mark.parametrize(
    ("status", "sensor", "validity"),
    [
        (0x0020, 0, Validity.VALID),
        (0x001F, 0xFF0000, Validity.VALID),
        (0x0060, 0, Validity.ONGOING),
        (0x0080, 0, Validity.VALIDATED),
        (0x0100, 0, Validity.VALIDATED),
        (0x1000, 0, Validity.CALIBRATING),
        (0x4180, 0, Validity.QUESTIONABLE),
        (0x0400, 0, Validity.QUESTIONABLE),
        (0x0800, 0, Validity.QUESTIONABLE),
        *((0x0020, 1 << bit, Validity.QUESTIONABLE) for bit in (3, 4, 5, 6, 8, 12, 13)),
        *((0x0020, 1 << bit, Validity.VALID) for bit in (0, 2, 9, 10)),
    ],
)
def test_what_the_status_makes_of_a_number(status, sensor, validity):
    events = oximeter().receive(CONTINUOUS, frames.oxygen_now((97, 68), status=status, sensor=sensor), 1)
    assert readings(events, mdc.SPO2) == [Measured(97.0, validity)]
    assert readings(events, mdc.PULSE_RATE) == [Measured(68.0, validity)]


@pytest.mark.parametrize(
    ("status", "sensor", "validity"),
    [
        (0x8000, 0, Validity.INVALID),
        (0x2000, 0, Validity.NOT_AVAILABLE),
        *((0x0020, 1 << bit, Validity.NOT_AVAILABLE) for bit in (1, 7, 11, 14, 15)),
    ],
)
def test_a_number_is_blanked_whatever_it_is(status, sensor, validity):
    events = oximeter().receive(CONTINUOUS, frames.oxygen_now((97, 68), status=status, sensor=sensor), 1)
    assert readings(events, mdc.SPO2) == [Absent(validity, 97.0)]
    assert readings(events, mdc.PULSE_RATE) == [Absent(validity, 68.0)]


@pytest.mark.parametrize(
    ("bit", "kind", "detail"),
    [
        (1, AlertKind.DEVICE_FAULT, ""),
        (2, AlertKind.ARTEFACT, ""),
        (4, AlertKind.MARGINAL_PERFUSION, ""),
        (5, AlertKind.LOW_PERFUSION, ""),
        (7, AlertKind.NO_PULSE, ""),
        (10, AlertKind.ARTEFACT, "interference"),
        (12, AlertKind.SENSOR_FAULT, "unknown sensor"),
        (13, AlertKind.SENSOR_OFF, "displaced"),
        (15, AlertKind.SENSOR_OFF, "unplugged"),
    ],
)
def test_sensor_states_are_alerts_until_they_end(bit, kind, detail):
    protocol = oximeter()
    raised = protocol.receive(CONTINUOUS, frames.oxygen_now((97, 68), sensor=1 << bit), 1)
    assert worded(raised) == [(kind, True, detail)]
    assert worded(protocol.receive(CONTINUOUS, frames.oxygen_now((97, 68), sensor=1 << bit), 2)) == []
    assert worded(protocol.receive(CONTINUOUS, frames.oxygen_now((97, 68)), 3)) == []
    assert worded(protocol.closed(4)) == [(kind, False, "")]


def test_demonstration_values_say_so():
    events = oximeter().receive(CONTINUOUS, frames.oxygen_now((97, 68), status=0x0420), 1)
    assert worded(events) == [(AlertKind.SIMULATED, True, "demonstration")]


@pytest.mark.parametrize(("spo2", "pulse"), [(0, 0), (101, 301), (39, 19), (255, 511)])
def test_what_cannot_be_a_value_is_none(spo2, pulse):
    events = oximeter().receive(CONTINUOUS, frames.oxygen_now((spo2, pulse)), 1)
    assert readings(events, mdc.SPO2) == [Absent(Validity.INVALID, spo2)]
    assert readings(events, mdc.PULSE_RATE) == [Absent(Validity.INVALID, pulse)]


@pytest.mark.parametrize(
    ("word", "validity"),
    [("ff07", Validity.NOT_AVAILABLE), ("0008", Validity.INVALID), ("0108", Validity.INVALID),
     ("fe07", Validity.OVERFLOW), ("0208", Validity.UNDERFLOW)],
)  # fmt: skip
def test_words_that_are_no_numbers(word, validity):
    events = oximeter().receive(CONTINUOUS, bytes.fromhex("00" + word + "4400"), 1)
    assert readings(events, mdc.SPO2)[0].validity is validity
    assert readings(events, mdc.PULSE_RATE) == [Measured(68.0)]


def test_a_spot_check_has_its_time_and_its_doubt():
    protocol = oximeter()
    assert protocol.receive(SPOT_CHECK, bytes.fromhex(SPOT_PAYLOADS[1][0]), 3) == []
    assert protocol.deadline_ns == 3 + int(HOLD_S * 1e9)
    events = protocol.on_deadline(protocol.deadline_ns)
    assert readings(events, mdc.SPO2) == [Measured(96.0, Validity.QUESTIONABLE)]
    assert {e.device_time for e in events if isinstance(e, Observation)} == {"2026-03-14T09:26:53"}
    ongoing = oximeter().receive(SPOT_CHECK, frames.oxygen_spot_check((96, 71), status=0x20), 3)
    assert readings(ongoing, mdc.SPO2) == [Measured(96.0, Validity.ONGOING)]


def test_a_spot_check_from_storage_is_stored_and_raises_nothing():
    events = oximeter().receive(
        SPOT_CHECK, frames.oxygen_spot_check((96, 71), status=0x0380, sensor=0x820), 3
    )
    assert [e.stored for e in events if isinstance(e, Observation)] == [True, True]
    assert worded(events) == []


def test_a_continuous_value_from_storage_is_stored_and_raises_nothing():
    events = oximeter().receive(CONTINUOUS, frames.oxygen_now((86, 71), status=0x0220, sensor=0x820), 3)
    assert [e.stored for e in events if isinstance(e, Observation)] == [True, True]
    assert worded(events) == []


def spot(minutes, spo2, **more):
    when = datetime(2026, 3, 14, 9, 0, 0) + timedelta(minutes=minutes)  # noqa: DTZ001
    return frames.oxygen_spot_check((spo2, 71), when=when, **more)


def test_spot_checks_from_the_memory_are_told_from_the_new_one_though_the_status_does_not():
    protocol = oximeter()
    events = []
    for t_ns, payload in enumerate([spot(-600, 86, sensor=0x20), spot(-60, 88), spot(0, 97), spot(-60, 88)]):
        events += protocol.receive(SPOT_CHECK, payload, t_ns)
    events += protocol.closed(9)
    told = [
        (e.reading.value, e.stored)
        for e in events
        if isinstance(e, Observation) and e.metric.term is mdc.SPO2
    ]
    assert told == [(86.0, True), (88.0, True), (97.0, False)]
    assert worded(events) == []
    protocol.opened(10)
    assert readings([*protocol.receive(SPOT_CHECK, spot(0, 97), 11), *protocol.closed(12)], mdc.SPO2) == []


def test_the_oximeters_clock_tells_how_old_a_spot_check_is():
    protocol = oximeter()
    protocol.receive(CURRENT_TIME, date_time_of(datetime(2026, 3, 14, 10, 0, 0)) + b"\0\0\0", 0)  # noqa: DTZ001
    events = [*protocol.receive(SPOT_CHECK, spot(0, 86), 1), *protocol.receive(SPOT_CHECK, spot(59, 97), 2)]
    events += protocol.closed(3)
    assert [e.stored for e in events if isinstance(e, Observation) and e.metric.term is mdc.SPO2] == [
        True,
        False,
    ]


@pytest.mark.parametrize("uuid", [CONTINUOUS, SPOT_CHECK, FEATURES])
@pytest.mark.parametrize("payload", ["", "00", "1f610044", "0061004400" + "00", "ff" * 40])
def test_a_wrong_length_is_a_fault_alone(uuid, payload):
    data = bytes.fromhex(payload)
    assert [type(e) for e in oximeter().receive(uuid, data, 1)] == [Fault]


def test_silence_counts_once_there_is_a_continuous_value():
    protocol = oximeter()
    assert isinstance(protocol, Streaming)
    protocol.receive(SPOT_CHECK, frames.oxygen_spot_check((96, 71)), 1)
    assert not protocol.streaming
    protocol.receive(CONTINUOUS, frames.oxygen_now((96, 71)), 2)
    assert protocol.streaming
    protocol.closed(3)
    protocol.opened(4)
    assert not protocol.streaming


def test_it_is_what_the_link_wants():
    protocol = PulseOximeter({})
    assert isinstance(protocol, GattProtocol)
    assert isinstance(protocol, Timed)
    assert isinstance(protocol, GattSender)
    assert not isinstance(protocol, WireProtocol)
    steps = protocol.opened(0)
    assert [step.uuid for step in steps[:3]] == [CONTINUOUS, SPOT_CHECK, FEATURES]
    assert [step.action for step in steps[:3]] == [
        GattAction.SUBSCRIBE,
        GattAction.SUBSCRIBE,
        GattAction.READ,
    ]


# Record access


def fetching():
    protocol = oximeter(stored=True)
    protocol.receive(FEATURES, bytes.fromhex("4f00a001300800"), 1)
    return protocol


def asked(protocol, now_ns):
    return [step.data for step in protocol.steps_to_take(now_ns)]


def test_kept_readings_are_fetched_only_when_wanted_and_possible():
    unwanted = oximeter()
    unwanted.receive(FEATURES, bytes.fromhex("4f00a001300800"), 1)
    assert asked(unwanted, 1) == []
    impossible = oximeter(stored=True)
    impossible.receive(FEATURES, b"\x10\x00", 1)
    assert asked(impossible, 1) == []
    assert asked(fetching(), 1) == [racp.COUNT]


def test_a_whole_procedure():
    protocol = fetching()
    assert asked(protocol, 1) == [racp.COUNT]
    assert asked(protocol, 1) == []
    assert protocol.receive(CONTROL_POINT, bytes.fromhex("05000200"), 2) == []
    assert asked(protocol, 2) == [racp.REPORT]
    stored = protocol.receive(SPOT_CHECK, frames.oxygen_spot_check((96, 71)), 3)
    assert [e.stored for e in stored] == [True, True]
    assert protocol.receive(CONTROL_POINT, bytes.fromhex("06000101"), 4) == []
    assert protocol.deadline_ns is None
    live = protocol.receive(SPOT_CHECK, frames.oxygen_spot_check((96, 71)), 5)
    assert [e.stored for e in live] == [False, False]


def test_each_record_has_its_time_and_silence_ends_it():
    protocol = fetching()
    asked(protocol, 0)
    protocol.receive(CONTROL_POINT, bytes.fromhex("05000200"), 0)
    asked(protocol, 0)
    protocol.receive(SPOT_CHECK, frames.oxygen_spot_check((96, 71)), 9 * S)
    assert protocol.deadline_ns == 9 * S + int(LIMIT_S * 1e9)
    assert protocol.on_deadline(19 * S - 1) == []
    assert protocol.on_deadline(19 * S) == [Fault(FaultKind.TIMEOUT, 19 * S, 0)]
    assert asked(protocol, 19 * S) == [racp.ABORT]
    assert protocol.receive(CONTROL_POINT, bytes.fromhex("06000301"), 20 * S) == []
    assert protocol.deadline_ns is None


def test_a_report_is_called_off_before_hanging_up():
    protocol = fetching()
    asked(protocol, 0)
    assert protocol.last_steps() == ()
    protocol.receive(CONTROL_POINT, bytes.fromhex("05000200"), 0)
    assert [step.data for step in protocol.last_steps()] == [racp.ABORT]


def test_a_refusal_ends_it_and_is_a_fault():
    protocol = fetching()
    asked(protocol, 0)
    assert protocol.receive(CONTROL_POINT, bytes.fromhex("06000402"), 1) == [
        Fault(FaultKind.CONTENT, 1, 4, "06000402")
    ]
    assert protocol.deadline_ns is None


ANSWERS = {
    Answer.SOME: lambda _state: b"\x05\x00\x03\x00",
    Answer.NONE: lambda state: bytes([6, 0, request(state), 6]),
    Answer.DONE: lambda state: bytes([6, 0, request(state), 1]),
    Answer.REFUSED: lambda state: bytes([6, 0, request(state), 2]),
}


def request(state):
    return {State.COUNTING: 4, State.REPORTING: 1, State.STOPPING: 3}.get(state, 1)


@pytest.mark.parametrize(("state", "answer"), list(itertools.product(State, Answer)))
def test_every_answer_in_every_state(state, answer):
    records = StoredRecords()
    records.state = state
    records.deadline_ns = 0 if state is not State.IDLE else None
    heard = records.on_deadline(0) if answer is Answer.SILENCE else records.receive(ANSWERS[answer](state), 0)
    after, sent = racp.TABLE.get((state, answer), (state, b""))
    if (state, answer) == (State.COUNTING, Answer.DONE):
        after = State.IDLE  # a success is no answer to the question how many: it ends there
    elif (state, answer) == (State.STOPPING, Answer.NONE):
        after = State.IDLE
    assert records.state is after
    assert [step.data for step in records.steps_to_take(1)] == ([sent] if sent else [])
    assert all(isinstance(event, Fault) for event in heard)


@given(st.lists(st.tuples(st.booleans(), st.binary(max_size=6)), max_size=40))
def test_any_answers_leave_a_procedure_that_ends(answers):
    records = StoredRecords()
    records.begin()
    now_ns = 0
    for silent, data in answers:
        records.steps_to_take(now_ns)
        now_ns += S
        if silent:
            now_ns = max(now_ns, records.deadline_ns or 0)
            records.on_deadline(now_ns)
        else:
            records.receive(data, now_ns)
    for _ in range(4):
        records.steps_to_take(now_ns)
        now_ns = max(now_ns, records.deadline_ns or 0)
        records.on_deadline(now_ns)
    assert records.state is State.IDLE
    assert records.deadline_ns is None


# Any bytes, and the emulated oximeter

uuids = st.sampled_from([CONTINUOUS, SPOT_CHECK, FEATURES, CONTROL_POINT, DATE_TIME, BATTERY_LEVEL, "", "x"])


@given(st.lists(st.tuples(uuids, st.binary(max_size=24)), max_size=30), st.booleans())
def test_any_bytes_under_any_name_make_events_and_no_impossible_value(messages, stored):
    protocol = oximeter(stored=stored)
    events = []
    for t_ns, (uuid, data) in enumerate(messages):
        events += protocol.receive(uuid, data, t_ns)
        protocol.steps_to_take(t_ns)
    events += protocol.closed(99)
    for reading in readings(events, mdc.SPO2):
        assert isinstance(reading, Absent) or 40 <= reading.value <= 100
    for reading in readings(events, mdc.PULSE_RATE):
        assert isinstance(reading, Absent) or 20 <= reading.value <= 300


numbers = st.none() | st.integers(40, 100)
rates = st.none() | st.integers(20, 300)


@given(numbers, rates, st.none() | st.integers(0, 2000), st.none() | st.tuples(numbers, rates), st.booleans())
def test_what_the_emulated_oximeter_sends_is_what_the_driver_hears(spo2, pulse, hundredths, fast, spot):
    amplitude = None if hundredths is None else hundredths / 100
    when = datetime(2026, 3, 14, 9, 26, 53)  # noqa: DTZ001
    payload = (
        frames.oxygen_spot_check((spo2, pulse), when=when, amplitude=amplitude, sensor=0)
        if spot
        else frames.oxygen_now((spo2, pulse), fast=fast, amplitude=amplitude, sensor=0)
    )
    protocol = oximeter()
    events = protocol.receive(SPOT_CHECK if spot else CONTINUOUS, payload, 1) + protocol.closed(2)
    told = [None if isinstance(e.reading, Absent) else e.reading.value for e in events]
    assert told == [spo2, pulse] + ([] if amplitude is None else [amplitude])


def test_conformance():
    check_driver(
        DRIVER,
        [
            GattSample("continuous", tuple((CONTINUOUS, bytes.fromhex(p[0])) for p in CONTINUOUS_PAYLOADS)),
            GattSample("spot-checks", tuple((SPOT_CHECK, bytes.fromhex(p[0])) for p in SPOT_PAYLOADS)),
        ],
    )


FINGER = model.Finger(97.4, 71.6, 2.35)


def test_an_emulated_oximeter_is_heard():
    async def test(room):
        device = model.Oximeter(room.air, lambda _t_ns: FINGER, room.clock)
        room.start(device.run())
        ledger, _ = room.pump(DRIVER, model.ADDRESS)
        await ledger.until(lambda: len(ledger.values(mdc.SPO2.ref)) >= 2)
        assert set(ledger.values(mdc.SPO2.ref)) == {97.0}
        assert set(ledger.values(mdc.PULSE_RATE.ref)) == {72.0}
        assert set(ledger.values(mdc.PERFUSION_INDEX.ref)) == {2.35}
        assert ledger.values(mdc.BATTERY.ref) == [75.0]

    in_room(test)


def test_kept_readings_are_fetched_through_the_real_link():
    async def test(room):
        device = model.Oximeter(room.air, lambda _t_ns: FINGER, room.clock)
        for _ in range(3):
            device.remember(room.clock.now_ns())
        await device.peripheral.switch_on()
        ledger, _ = room.pump(DRIVER, model.ADDRESS, options={"stored": True})
        await ledger.until(lambda: len(ledger.values(mdc.SPO2.ref)) == 3)
        assert all(e.stored and e.device_time for e in ledger.of(Observation) if e.metric.term is mdc.SPO2)
        written = [c.data for c in ledger.of(WireChunk) if c.direction is Direction.OUT]
        assert written == [racp.COUNT, racp.REPORT]
        done = bytes.fromhex("06000101")
        await ledger.until(lambda: done in [c.data for c in ledger.of(WireChunk)])

    in_room(test)


def test_an_oximeter_that_never_answers_is_given_up_and_still_heard(monkeypatch):
    monkeypatch.setattr(racp, "LIMIT_S", 0.3)

    async def test(room):
        device = model.Oximeter(room.air, lambda _t_ns: FINGER, room.clock)
        device.silent = True
        await device.peripheral.switch_on()
        ledger, _ = room.pump(DRIVER, model.ADDRESS, options={"stored": True})
        await ledger.until(lambda: [f.kind for f in ledger.of(Fault)] == [FaultKind.TIMEOUT])
        assert ledger.values(mdc.SPO2.ref) == []
        await device.peripheral.push(model.CONTINUOUS, device.message(0))
        await ledger.until(lambda: ledger.values(mdc.SPO2.ref))
        assert ledger.readings(mdc.SPO2.ref) == [(97.0, False)]
        assert [f.kind for f in ledger.of(Fault)] == [FaultKind.TIMEOUT]
        written = [c.data for c in ledger.of(WireChunk) if c.direction is Direction.OUT]
        assert written == [racp.COUNT], "what was given up is not asked again"

    in_room(test)
